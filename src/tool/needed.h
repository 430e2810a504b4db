/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each tmpfs of a plan is filled with, measured in the image's directory. */
#ifndef ORH_TOOL_NEEDED_H
#define ORH_TOOL_NEEDED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"
#include "judge.h"

struct needed {
	bool is_measured;
	bool is_too_large;  /* wherever it runs: the container is refused */
	enum seed seed;	    /* what seed=auto takes, or what was asked for */
	const char *chosen; /* why seed=auto takes it, as the hook's log says; NULL in others */
	uint64_t bytes;	    /* whole pages */
	uint64_t inodes;    /* the top's included, so 1 at least */
};

/*
 * Measures the seed of the plan's tmpfs number index, and adds to the findings if it does not fit,
 * or cannot be measured. Returns 0 or -ENOMEM.
 */
int needed_measure(const struct judge *judge, const struct subject *subject,
		   const struct verdict *verdict, size_t index, struct findings *findings,
		   struct needed *ret_needed);

/*
 * Adds to the findings if what is copied is more than the container's memory limit, all together.
 * Then ret_is_too_large is set. Returns 0 or -ENOMEM.
 */
int needed_check_memory(const struct subject *subject, const struct verdict *verdict,
			const struct needed needed[], struct findings *findings,
			bool *ret_is_too_large);

#endif
