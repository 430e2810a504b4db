/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is known of what becomes of a container, for those who tell it. */
#ifndef ORH_TOOL_OUTCOME_H
#define ORH_TOOL_OUTCOME_H

#include "core/explain.h"
#include "judge.h"
#include "needed.h"

struct outcome {
	const struct judge *judge;
	const struct subject *subject;
	const struct verdict *verdict;
	const struct needed *needed; /* for each tmpfs of the plan */
};

/* What becomes of the root, and why, in the words of the hook's log: "root read-only, by
 * --enforce". */
void outcome_root(const struct outcome *outcome, char text[static EXPLAIN_MAX]);

/* Calls say for each entry that was asked for and becomes no tmpfs, with the reason, in the words
 * of the hook's log. */
void outcome_left_out(const struct outcome *outcome, void (*say)(const char *text, void *data),
		      void *data);

#endif
