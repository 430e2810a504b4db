/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out which traces of a container were caused by its engine. */
#ifndef ORH_TOOL_NOISE_H
#define ORH_TOOL_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

#define NO_TRACE ((size_t)-1)

/* Why a trace is ignored. */
enum noise {
	NOISE_NONE,   /* it is not ignored */
	NOISE_ENGINE, /* engines create it in every container */
	NOISE_USER,   /* podman writes it for --user */
	NOISE_MOUNT,  /* a mount point, or below one */
	NOISE_WAY,    /* a directory that contains a mount point or the working directory */
	NOISE_ABOVE,  /* a directory of the image that is listed only because of changes below it */
};

#define NOISE_KINDS (NOISE_ABOVE + 1)

/* What all traces together say about one of them. */
struct view {
	size_t above;	/* the nearest directory above it that has a trace, or NO_TRACE */
	bool has_below; /* traces are below it, the engine's included */
	enum noise noise;
	size_t leaves; /* number of the program's traces at or below it with none below them */
};

/* Returns a view for each trace of a sorted record. The caller frees the array. Returns 0 or
 * -ENOMEM. */
int noise_find(const struct record *record, struct view **ret_views);

#endif
