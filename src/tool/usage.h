/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How full a container's disposable filesystems are. */
#ifndef ORH_TOOL_USAGE_H
#define ORH_TOOL_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "containers.h"

/* How long all containers together may take to answer, in milliseconds, and one of them. */
#define USAGE_PATIENCE	   10000
#define USAGE_PATIENCE_ONE 2000

/* From how much percent on a filesystem is marked. */
#define USAGE_FULL 90

/* What statfs(2) says: of an overlay, what its upper layer says. */
struct usage_numbers {
	uint64_t size; /* in bytes; 0: no limit, and used is not known */
	uint64_t used;
	uint64_t inodes; /* the most files; 0: no limit, and files is not known */
	uint64_t files;
};

struct usage {
	const struct mounts_entry *mount; /* borrowed */
	bool is_hooks;	/* made by the hook; else by config.json's mounts, or the container */
	bool is_hidden; /* something is mounted over it */
	int err;	/* why it could not be looked at, positive; 0 if it was */
	struct usage_numbers numbers;
};

/* The tmpfs and overlays of a container that count: whole ones, mounted nowhere else, and not below
 * /dev, /proc or /sys. The array is the caller's to free(). Errors: STATUS_SYSTEM. */
int usage_select(const struct containers *containers, const struct found_container *container,
		 struct error *error, struct usage **ret_usages, size_t *ret_count);

/*
 * Fills in the numbers. A path may lead through another user's filesystem that never answers, so it
 * is done in a process of its own; patience is how many milliseconds may be spent, and is reduced.
 * Errors: STATUS_SYSTEM.
 */
int usage_measure(const struct found_container *container, struct usage *usages, size_t count,
		  int *patience, struct error *error);

/* How much of a whole, in percent, rounded up; 0 without a whole. */
unsigned usage_percent(uint64_t part, uint64_t whole);

#endif
