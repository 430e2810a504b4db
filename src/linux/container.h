/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's process: the parent opens its files in /proc, and the worker enters its
 * namespaces. */
#ifndef ORH_LINUX_CONTAINER_H
#define ORH_LINUX_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

#include "cgroup.h"
#include "core/bundle.h"
#include "core/error.h"

struct container {
	pid_t pid;
	int proc;    /* the host's /proc, O_PATH; usable after the change of namespace */
	int process; /* /proc/PID, O_PATH; fails with ESRCH once the process is gone, even if its
			pid is reused */
	int pidfd;
	int mountinfo;	      /* /proc/PID/mountinfo, open; shows the container's mount table in any
				 namespace */
	int engine_mountinfo; /* the caller's, opened before it enters a namespace: the engine's
				 mount table */
	bool other_userns;    /* the container's user namespace is not the caller's */
	bool is_user;	      /* its user namespace is not the initial one */
	bool selinux;	      /* SELinux is active on the host: mount labels apply */
	struct memory_cgroup cgroup;
};

void container_done(struct container *container);

#define AUTO_CONTAINER CLEANUP(container_done) struct container

/* A container with nothing open. */
/* clang-format off */
#define CONTAINER_NONE                                                                             \
	{                                                                                          \
		.proc = -EBADF, .process = -EBADF, .pidfd = -EBADF, .mountinfo = -EBADF,           \
		.engine_mountinfo = -EBADF, .cgroup = {.dir = -EBADF, .procs = -EBADF},                                        \
	}
/* clang-format on */

/* Opens the files of the process. Refuses a process that is gone, or that shares the caller's mount
 * namespace. Errors: STATUS_INPUT, or STATUS_KERNEL if a system call is missing. */
int container_open(pid_t pid, struct error *error, struct container *ret_container);

/* Reads the container's id maps from the kernel. config.json does not describe a user namespace
 * that the container only joins, such as rootless podman's. Errors: STATUS_INPUT. */
int container_id_maps(const struct container *container, struct error *error,
		      struct bundle *bundle);

/*
 * Enters the container's user namespace, if it is not the caller's, and its mount namespace; then
 * becomes root there and changes directory to "/". The caller must have a single thread. After an
 * error, the caller may only _exit(). Errors: STATUS_INPUT.
 */
int container_enter(const struct container *container, struct error *error);

/* Reads the container's current mount table. The caller frees the text. Errors: STATUS_SYSTEM. */
int container_mountinfo(const struct container *container, struct error *error, char **ret_text,
			size_t *ret_length);

/* The same for the engine's mount namespace. */
int container_engine_mountinfo(const struct container *container, struct error *error,
			       char **ret_text, size_t *ret_length);

#endif
