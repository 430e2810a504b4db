/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the containers that run on this host, if the caller may inspect them. */
#ifndef ORH_TOOL_CONTAINERS_H
#define ORH_TOOL_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/memory.h"
#include "mounts.h"

#define CONTAINER_ID_LENGTH 64

struct found_container {
	pid_t pid;
	int process;			  /* /proc/PID, O_PATH */
	char id[CONTAINER_ID_LENGTH + 1]; /* from its cgroup or its mounts; "" if unknown */
	struct mounts mounts;
	dev_t namespace_dev; /* of its mount namespace */
	ino_t namespace_ino;
};

struct containers {
	int proc;	     /* the host's /proc, O_PATH */
	struct mounts host;  /* the caller's own mount table */
	dev_t namespace_dev; /* of the caller's mount namespace */
	ino_t namespace_ino;
	struct found_container *items;
	size_t count;
	size_t capacity;
};

void containers_done(struct containers *containers);

#define AUTO_CONTAINERS CLEANUP(containers_done) struct containers

/* Starts with no containers. The caller calls containers_done(). Errors: STATUS_SYSTEM,
 * STATUS_INPUT. */
int containers_begin(struct error *error, struct containers *ret_containers);

/* Adds the container of a process. Errors: STATUS_INPUT if the process has exited, the caller may
 * not inspect it, or it is not in a container. */
int containers_add(struct containers *containers, pid_t pid, struct error *error);

/*
 * Adds all containers found, each with its first process. A container is a mount namespace whose
 * root differs from the caller's, or that has a mount of the hook. Processes that the caller may
 * not inspect, or that exit meanwhile, are left out. Errors: STATUS_SYSTEM.
 */
int containers_find(struct containers *containers, struct error *error);

/* Has the process exited? What was read of it last may then be wrong. */
bool containers_has_exited(const struct found_container *container);

/* Was the mount made by the hook? Its source is not enough: it must also be the root of a tmpfs or
 * of an overlay that is not mounted in the caller's namespace. */
bool containers_mount_is_hooks(const struct containers *containers,
			       const struct mounts_entry *mount);

/* Finds the first run of 64 hexadecimal digits in text. Returns whether there is one. */
bool containers_id_in(const char *text, char ret_id[static CONTAINER_ID_LENGTH + 1]);

#endif
