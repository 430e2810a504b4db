/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is logged for a container: one line, and at level debug the decisions before it. */
#ifndef ORH_HOOK_SUMMARY_H
#define ORH_HOOK_SUMMARY_H

#include <stdint.h>

#include "core/bundle.h"
#include "worker.h"

#define SUMMARY_MAX 4096

struct summary {
	const struct outcome *outcome;
	const struct bundle *bundle;
	uint64_t microseconds; /* duration of the hook's run so far */
};

/* A monotonic clock, in microseconds. */
uint64_t summary_clock(void);

/*
 * Writes what was done as KEY=VALUE fields, separated by single blanks, with no blank in a value:
 * "root=ro charged=yes ms=3.1 path=/etc seed=copy size=0 files=12 ...". Text from outside is
 * escaped by text_escape_value(). There is always one line: the number of tmpfs that do not fit is
 * at its end (more=3). text has SUMMARY_MAX bytes.
 */
void summary_write(const struct summary *summary, char text[static SUMMARY_MAX]);

/* Logs at level info if the container cannot execute its program. */
void summary_warn(const struct summary *summary);

/* Logs at level debug the decisions made before the container was looked at, and the result of each
 * request. */
void summary_log_policy(const struct worker_request *request, const struct wish *wish);
void summary_log_requests(const struct worker_request *request, const struct wish *wish,
			  const struct outcome *outcome);

#endif
