/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads an upper directory into a record. Whatever is in it may be an attacker's: nothing is opened
 * but directories, never by a link or into another mount, without recursion, and not for ever.
 */
#ifndef ORH_TOOL_WALK_H
#define ORH_TOOL_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "layer.h"
#include "record.h"

struct walk_limits {
	size_t entries;	  /* no more are read; the record is then cut */
	int64_t deadline; /* on the clock of walk_clock(); 0: none */
	/* Called now and then, with the number of entries read so far; may be NULL. */
	void (*alive)(size_t entries);
};

/* Milliseconds of a clock that only goes forward. */
int64_t walk_clock(void);

/*
 * Adds the traces. What cannot be read, and what is deeper than a path may be long, is left out,
 * and the record is cut. Errors: STATUS_INPUT if the directory itself cannot be read, or memory.
 */
int walk_layer(const struct layer *layer, const struct walk_limits *limits, struct error *error,
	       struct record *record);

#endif
