/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the container changes that engines print into a record. */
#ifndef ORH_TOOL_DIFF_H
#define ORH_TOOL_DIFF_H

#include <stddef.h>

#include "core/error.h"
#include "record.h"

/* The maximum size of the input, in bytes. */
#define DIFF_LENGTH_MAX (64 * 1024 * 1024)

struct diff_count {
	size_t read;	/* number of changes that were understood */
	size_t ignored; /* number of lines, and of paths in JSON, that were not */
};

/*
 * Adds the changes in text to the record. text contains any number of the following, in any order:
 *  - podman diff --format json: an object with the arrays "changed", "added", "deleted";
 *  - Docker's API: an array of objects with "Path" and "Kind";
 *  - podman inspect and docker inspect: an array of objects with "Mounts", which tells mount points
 *    from what the container wrote;
 *  - the lines of podman diff and docker diff: "A /path", "C /path", "D /path".
 * Other lines are counted as ignored. Errors: STATUS_INPUT for JSON that is invalid or of another
 * form, and for more than RECORD_MAX paths.
 */
int diff_read(const char *text, size_t length, struct error *error, struct record *record,
	      struct diff_count *ret_count);

#endif
