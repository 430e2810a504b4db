/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The container's memory cgroup, v1 or v2: found and opened by the parent, joined by the worker, so
 * that the seed's memory is the container's. Best effort: what cannot be joined is said in the log.
 */
#ifndef ORH_LINUX_CGROUP_H
#define ORH_LINUX_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory.h"

struct memory_cgroup {
	int dir;   /* the cgroup's directory, -EBADF where there is none to join */
	int procs; /* its cgroup.procs, for writing; -EBADF likewise */
	bool is_v2;
	int err; /* why there is none: a positive errno, or 0 */
};

void memory_cgroup_done(struct memory_cgroup *cgroup);

/* proc is the container's directory in /proc. Never fails: err says why there is nothing to join.
 */
void memory_cgroup_open(int proc, struct memory_cgroup *ret_cgroup);

/*
 * Moves the calling process there, also once it has entered another user namespace: kernels with
 * the fix of CVE-2021-4197 (Linux 5.16, and older ones by updates) ask for the rights of who opened
 * it, others refuse that. Returns 0 or -errno; -ENOENT if there is none.
 */
int memory_cgroup_join(const struct memory_cgroup *cgroup);

/* The cgroup's own limit in bytes; 0 where it has none or it cannot be read. */
uint64_t memory_cgroup_limit(const struct memory_cgroup *cgroup);

/*
 * How much more a tmpfs can hold on this cgroup's account before the kernel kills or throttles
 * (v2's memory.high): what the lowest limit of it and of those above it leaves, swap included, of
 * what no tmpfs has. In bytes, 1 and more; 0 where there is no limit or it cannot be read.
 */
uint64_t memory_cgroup_room(const struct memory_cgroup *cgroup);

/* How many processes the kernel has killed there for want of memory so far; 0 if it cannot be read.
 */
uint64_t memory_cgroup_kills(const struct memory_cgroup *cgroup);

/*
 * How many processors the CPU bandwidth of a process' cgroup, and of those above it, is worth, a
 * part of one counted as one; at most most, which is what comes where nothing is said. proc is the
 * process' directory in /proc.
 */
unsigned cpu_cgroup_quota(int proc, unsigned most);

#endif
