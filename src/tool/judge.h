/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides what the hook would do for a container, and finds every mistake that it would report. */
#ifndef ORH_TOOL_JUDGE_H
#define ORH_TOOL_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/options.h"
#include "core/plan.h"
#include "core/policy.h"
#include "finding.h"
#include "linux/rootfs.h"
#include "scene.h"
#include "subject.h"

/* What is the same for all containers. */
struct judge {
	const struct options *options;
	const struct rootfs *image; /* NULL: unknown */
	uint64_t total_memory;
};

struct verdict {
	bool is_refused;    /* the members below then ignore the mistakes */
	struct error error; /* if refused: the hook's first error, with its exit status */
	struct wish wish;
	struct policy policy;
	struct scene scene;
	struct plan plan; /* empty if policy.left_alone */
};

void verdict_done(struct verdict *verdict);

#define AUTO_VERDICT CLEANUP(verdict_done) struct verdict

/*
 * Judges a container, and adds the mistakes that the hook would report to the findings, at most 64.
 * Each mistake is removed from the subject's annotations after it has been added. Returns 0 or
 * -ENOMEM. In both cases the caller calls verdict_done(). ret_verdict is zeroed by the caller, and
 * must not be moved.
 */
int judge_subject(const struct judge *judge, struct subject *subject, struct findings *findings,
		  struct verdict *ret_verdict);

#endif
