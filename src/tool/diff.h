/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What engines print of a container's changes, as a record. */
#ifndef ORH_TOOL_DIFF_H
#define ORH_TOOL_DIFF_H

#include <stddef.h>

#include "core/error.h"
#include "record.h"

/* The most that is read of diffs, in bytes. */
#define DIFF_LENGTH_MAX (64 * 1024 * 1024)

struct diff_count {
	size_t read;	/* changes that were understood */
	size_t ignored; /* lines, and paths of JSON, that were not */
};

/*
 * Adds to the record what text holds, one after another, in any order:
 *  - podman diff --format json: an object with the arrays "changed", "added", "deleted";
 *  - Docker's API: an array of objects with "Path" and "Kind";
 *  - podman inspect and docker inspect: an array of objects with "Mounts", which tells mount points
 *    from what the container wrote;
 *  - the lines of podman diff and docker diff: "A /path", "C /path", "D /path".
 * A line that is none of these is counted. Errors, with STATUS_INPUT: JSON that is not valid, or is
 * none of these; more than RECORD_MAX paths.
 */
int diff_read(const char *text, size_t length, struct error *error, struct record *record,
	      struct diff_count *ret_count);

#endif
