/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The container's memory cgroup, v1 or v2. The parent finds and opens it, and the worker joins it,
 * so that the seed's memory is charged to the container. Best effort: if it cannot be joined, the
 * log says so.
 */
#ifndef ORH_LINUX_CGROUP_H
#define ORH_LINUX_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory.h"

struct memory_cgroup {
	int dir;   /* the cgroup's directory; -EBADF if there is none to join */
	int procs; /* its cgroup.procs, open for writing, or -EBADF */
	bool is_v2;
	int err; /* why it cannot be joined: a positive errno, or 0 */
};

void memory_cgroup_done(struct memory_cgroup *cgroup);

/* proc is the container's directory in /proc. Never fails; err says why the cgroup cannot be
 * joined. */
void memory_cgroup_open(int proc, struct memory_cgroup *ret_cgroup);

/*
 * Moves the calling process to the cgroup, even after it has entered another user namespace.
 * Kernels with the fix of CVE-2021-4197 (Linux 5.16, and older ones with backports) check the
 * privileges of the process that opened the file; others refuse the move then. Returns 0 or -errno;
 * -ENOENT if there is no cgroup to join.
 */
int memory_cgroup_join(const struct memory_cgroup *cgroup);

/* The limit of the cgroup itself, in bytes; 0 if it has none or it cannot be read. */
uint64_t memory_cgroup_limit(const struct memory_cgroup *cgroup);

/*
 * The number of bytes that a tmpfs charged to this cgroup can grow before the kernel kills or
 * throttles (v2's memory.high). This is the lowest limit of the cgroup and its ancestors, swap
 * included, minus what is already in tmpfs. At least 1; 0 if there is no limit or it cannot be
 * read.
 */
uint64_t memory_cgroup_room(const struct memory_cgroup *cgroup);

/* The number of processes in the cgroup that the OOM killer has killed so far; 0 if it cannot be
 * read. */
uint64_t memory_cgroup_kills(const struct memory_cgroup *cgroup);

/*
 * The CPU bandwidth of a process's cgroup and its ancestors as a number of processors, rounded up.
 * The parameter most is the maximum, and the result if there is no limit. proc is the process's
 * directory in /proc.
 */
unsigned cpu_cgroup_quota(int proc, unsigned most);

#endif
