/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result for a container, for the functions that print it. */
#ifndef ORH_TOOL_OUTCOME_H
#define ORH_TOOL_OUTCOME_H

#include "core/explain.h"
#include "judge.h"
#include "needed.h"

struct outcome {
	const struct judge *judge;
	const struct subject *subject;
	const struct verdict *verdict;
	const struct needed *needed; /* one per tmpfs of the plan */
};

/* Describes what is done to the root, and why, as the hook logs it: "root read-only, by
 * --enforce". */
void outcome_root(const struct outcome *outcome, char text[static EXPLAIN_MAX]);

/* Calls say for each requested entry that does not become a tmpfs, with the reason, as the hook
 * logs it. */
void outcome_left_out(const struct outcome *outcome, void (*say)(const char *text, void *data),
		      void *data);

#endif
