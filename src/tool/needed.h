/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the seed of each tmpfs of a plan, in the image's directory. */
#ifndef ORH_TOOL_NEEDED_H
#define ORH_TOOL_NEEDED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"
#include "judge.h"

struct needed {
	bool is_measured;
	bool is_too_large;  /* on any machine: the container is refused */
	enum seed seed;	    /* the seed that was requested, or that seed=auto chooses */
	const char *chosen; /* why seed=auto chooses it, as logged; NULL without seed=auto */
	uint64_t bytes;	    /* whole pages */
	uint64_t inodes;    /* including the top, so at least 1 */
};

/* Measures the seed of the plan's tmpfs number index. Adds a finding if it does not fit, or cannot
 * be measured. Returns 0 or -ENOMEM. */
int needed_measure(const struct judge *judge, const struct subject *subject,
		   const struct verdict *verdict, size_t index, struct findings *findings,
		   struct needed *ret_needed);

/* Adds a finding, and sets ret_is_too_large, if all copied seeds together exceed the container's
 * memory limit. Returns 0 or -ENOMEM. */
int needed_check_memory(const struct subject *subject, const struct verdict *verdict,
			const struct needed needed[], struct findings *findings,
			bool *ret_is_too_large);

#endif
