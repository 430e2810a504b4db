/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The containers that run on this host, as far as the caller may look at them. */
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
	char id[CONTAINER_ID_LENGTH + 1]; /* by its cgroup or its mounts; "" if it has none */
	struct mounts mounts;
	dev_t namespace_dev; /* of its mount namespace */
	ino_t namespace_ino;
};

struct containers {
	int proc;	     /* the host's, O_PATH */
	struct mounts host;  /* the caller's own mount table */
	dev_t namespace_dev; /* of the caller's mount namespace */
	ino_t namespace_ino;
	struct found_container *items;
	size_t count;
	size_t capacity;
};

void containers_done(struct containers *containers);

#define AUTO_CONTAINERS CLEANUP(containers_done) struct containers

/* Nothing found yet. The caller calls containers_done(). Errors: STATUS_SYSTEM, STATUS_INPUT. */
int containers_begin(struct error *error, struct containers *ret_containers);

/* Adds the container that a process is in. Errors: STATUS_INPUT: it is gone, the caller may not
 * look at it, or it is in no container. */
int containers_add(struct containers *containers, pid_t pid, struct error *error);

/*
 * Adds all that are found, each with its first process: mount namespaces whose root is another than
 * the caller's, or that have a mount of the hook's. What the caller may not look at, and what goes
 * away meanwhile, is left out. Errors: STATUS_SYSTEM.
 */
int containers_find(struct containers *containers, struct error *error);

/* Is it a mount that the hook made? Its source alone is not enough: it must be the whole of a tmpfs
 * or an overlay that is mounted nowhere in the caller's namespace. */
bool containers_mount_is_hooks(const struct containers *containers,
			       const struct mounts_entry *mount);

/* The first run of 64 hexadecimal digits in text. Returns whether there is one. */
bool containers_id_in(const char *text, char ret_id[static CONTAINER_ID_LENGTH + 1]);

#endif
