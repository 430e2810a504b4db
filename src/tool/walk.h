/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads an upper directory into a record. Its contents are untrusted: only directories are opened,
 * no symlink is followed, no mount is crossed, and there is no recursion. The walk is bounded. */
#ifndef ORH_TOOL_WALK_H
#define ORH_TOOL_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "layer.h"
#include "record.h"

struct walk_limits {
	size_t entries;	  /* maximum number of entries; if there are more, the record is cut */
	int64_t deadline; /* a time of walk_clock(); 0: none */
	/* Called periodically, with the number of entries read so far. May be NULL. */
	void (*alive)(size_t entries);
};

/* A monotonic clock, in milliseconds. */
int64_t walk_clock(void);

/*
 * Adds the traces. Entries that cannot be read, or whose path is too long, are left out, and the
 * record is then cut. Errors: STATUS_INPUT if the upper directory itself cannot be read, or out of
 * memory.
 */
int walk_layer(const struct layer *layer, const struct walk_limits *limits, struct error *error,
	       struct record *record);

#endif
