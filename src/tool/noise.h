/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a container's traces are its engine's, and not its program's. */
#ifndef ORH_TOOL_NOISE_H
#define ORH_TOOL_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

#define NO_TRACE ((size_t)-1)

/* What the traces together say of one of them. */
struct view {
	size_t above;	/* the nearest directory above that has a trace; NO_TRACE if none has */
	bool has_below; /* there are traces below it, the engine's or not */
	bool is_noise;	/* the engine's */
	size_t leaves;	/* the program's traces below it, or it, that have none below */
};

/* A view for each trace of a sorted record; the caller's to free(). Returns 0 or -ENOMEM. */
int noise_find(const struct record *record, struct view **ret_views);

#endif
