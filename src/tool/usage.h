/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures how full a container's tmpfs and overlays are. */
#ifndef ORH_TOOL_USAGE_H
#define ORH_TOOL_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "containers.h"

/* The time limits for all containers together, and for one of them, in milliseconds. */
#define USAGE_PATIENCE	   10000
#define USAGE_PATIENCE_ONE 2000

/* From this percentage on, a filesystem is marked. */
#define USAGE_FULL 90

/* The numbers of statfs(2). For an overlay, they are those of its upper layer. */
struct usage_numbers {
	uint64_t size; /* in bytes; 0: no limit, and used is unknown */
	uint64_t used;
	uint64_t inodes; /* maximum number of files; 0: no limit, and files is unknown */
	uint64_t files;
};

struct usage {
	const struct mounts_entry *mount; /* borrowed */
	bool is_hooks;	/* made by the hook, and not by config.json's mounts or by the container */
	bool is_hidden; /* another mount covers it */
	int err;	/* why it could not be measured, a positive errno; 0 on success */
	struct usage_numbers numbers;
};

/* Selects the container's tmpfs and overlays that are mounted as a whole, are mounted nowhere else,
 * and are not below /dev, /proc or /sys. The caller frees the array. Errors: STATUS_SYSTEM. */
int usage_select(const struct containers *containers, const struct found_container *container,
		 struct error *error, struct usage **ret_usages, size_t *ret_count);

/*
 * Fills in the numbers, in a child process, because a path may cross another user's filesystem that
 * never answers. patience is the remaining time in milliseconds, and is reduced by the time spent.
 * Errors: STATUS_SYSTEM.
 */
int usage_measure(const struct found_container *container, struct usage *usages, size_t count,
		  int *patience, struct error *error);

/* Returns a part as a percentage of the whole, rounded up; 0 if the whole is 0. */
unsigned usage_percent(uint64_t part, uint64_t whole);

#endif
