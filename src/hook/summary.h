/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system log gets of a container: one line, and at debug the decisions before it. */
#ifndef ORH_HOOK_SUMMARY_H
#define ORH_HOOK_SUMMARY_H

#include <stdint.h>

#include "core/bundle.h"
#include "worker.h"

#define SUMMARY_MAX 4096

struct summary {
	const struct outcome *outcome;
	const struct bundle *bundle;
	uint64_t microseconds; /* that the hook has worked */
};

/* A clock that only goes forward, in microseconds. */
uint64_t summary_clock(void);

/*
 * Writes what was done as KEY=VALUE, separated by single blanks, with no blank in a value:
 * "root=ro charged=yes ms=3.1 path=/etc seed=copy size=0 files=12 ...". What came from
 * outside is escaped by text_escape_value(). One line, however many tmpfs there are: what does not
 * fit is counted at its end (more=3). text is of SUMMARY_MAX bytes.
 */
void summary_write(const struct summary *summary, char text[static SUMMARY_MAX]);

/* Logs, at info, that the container cannot run its program, if that is so. */
void summary_warn(const struct summary *summary);

/* Logs, at debug, what was decided for a container before it was looked at, and what became of
 * each request. */
void summary_log_policy(const struct worker_request *request, const struct wish *wish);
void summary_log_requests(const struct worker_request *request, const struct wish *wish,
			  const struct outcome *outcome);

#endif
