/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outcome.h"

#include <stdio.h>

void outcome_root(const struct outcome *outcome, char text[static EXPLAIN_MAX])
{
	const struct verdict *verdict = outcome->verdict;
	const struct options *options = outcome->judge->options;

	if (verdict->policy.readonly || verdict->wish.readonly_key)
		explain_root(options, &verdict->wish, &verdict->policy, text);
	else
		snprintf(text, EXPLAIN_MAX, "root %s",
			 outcome->subject->bundle.root_readonly ? "read-only already"
								: "unchanged");
}

void outcome_left_out(const struct outcome *outcome, void (*say)(const char *text, void *data),
		      void *data)
{
	const struct verdict *verdict = outcome->verdict;
	const struct options *options = outcome->judge->options;
	char text[EXPLAIN_MAX];

	for (size_t i = 0; i < options->defaults.count; i++)
		if (explain_default(&verdict->wish, &verdict->policy, &options->defaults.entries[i],
				    text))
			say(text, data);
	for (size_t i = 0; i < verdict->policy.requests_count; i++) {
		if (verdict->plan.fates[i] == FATE_TMPFS)
			continue;
		explain_request(options, &verdict->wish, &verdict->policy.requests[i],
				verdict->plan.fates[i], "", 0, text);
		say(text, data);
	}
}
