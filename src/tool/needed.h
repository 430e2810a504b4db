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
	bool is_too_large; /* wherever it runs: the container is refused */
	uint64_t bytes;	   /* whole pages */
	uint64_t inodes;   /* the top's included */
};

/*
 * Measures the seed of the plan's tmpfs number index, and adds to the findings if it does not fit,
 * or cannot be measured. What is copied of it on a mount is not known, and not measured. Returns 0
 * or -ENOMEM.
 */
int needed_measure(const struct judge *judge, const struct subject *subject,
		   const struct verdict *verdict, size_t index, struct findings *findings,
		   struct needed *ret_needed);

#endif
