/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a container's traces are its engine's, and not its program's. */
#ifndef ORH_TOOL_NOISE_H
#define ORH_TOOL_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

#define NO_TRACE ((size_t)-1)

/* Why a trace is left out. */
enum noise {
	NOISE_NONE,   /* it is not */
	NOISE_ENGINE, /* made by engines for every container */
	NOISE_USER,   /* written by podman for its --user */
	NOISE_MOUNT,  /* a mount point, or below one */
	NOISE_WAY,    /* a directory made for a mount point, or for the working directory */
	NOISE_ABOVE,  /* a directory of the image's, listed only for what is below it */
};

#define NOISE_KINDS (NOISE_ABOVE + 1)

/* What the traces together say of one of them. */
struct view {
	size_t above;	/* the nearest directory above that has a trace; NO_TRACE if none has */
	bool has_below; /* there are traces below it, the engine's or not */
	enum noise noise;
	size_t leaves; /* the program's traces below it, or it, that have none below */
};

/* A view for each trace of a sorted record; the caller's to free(). Returns 0 or -ENOMEM. */
int noise_find(const struct record *record, struct view **ret_views);

#endif
