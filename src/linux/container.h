/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's process: what is opened of it by the parent, and how the worker enters its
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
	int proc;    /* the host's /proc, O_PATH: outlives the change of namespace */
	int process; /* /proc/PID, O_PATH: fails with ESRCH once the process is gone, even if its
			number is used again */
	int pidfd;
	int mountinfo; /* /proc/PID/mountinfo, open: shows the container's mount table from wherever
			  it is read */
	int engine_mountinfo; /* the caller's own, from before it enters anything: the engine's
				 namespace */
	bool other_userns;    /* the container has a user namespace of its own */
	bool is_user;	      /* its user namespace is not the machine's first one */
	bool selinux;	      /* SELinux is active on the host: a mount label holds */
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

/*
 * Opens what is needed of the process, and refuses one that is gone, or that shares the caller's
 * mount namespace. Errors: STATUS_INPUT, or STATUS_KERNEL where a call is missing.
 */
int container_open(pid_t pid, struct error *error, struct container *ret_container);

/*
 * Which users and groups the container has, by the kernel: config.json says nothing of a user
 * namespace that the container only joins, such as rootless podman's own. Errors: STATUS_INPUT.
 */
int container_id_maps(const struct container *container, struct error *error,
		      struct bundle *bundle);

/*
 * Enters the container's user namespace, where it is another than the caller's, and its mount
 * namespace; becomes root there; goes to "/". The caller must have one thread. What it is left with
 * after an error is for _exit() alone. Errors: STATUS_INPUT.
 */
int container_enter(const struct container *container, struct error *error);

/* The container's mount table as it is now, as text that the caller frees. Errors: STATUS_SYSTEM.
 */
int container_mountinfo(const struct container *container, struct error *error, char **ret_text,
			size_t *ret_length);

/* The same of the engine's own mount namespace. */
int container_engine_mountinfo(const struct container *container, struct error *error,
			       char **ret_text, size_t *ret_length);

#endif
