/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hook would do for a container: its own decision, or every mistake that it would find. */
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

/* What all containers are judged by. */
struct judge {
	const struct options *options;
	const struct rootfs *image; /* NULL: not known */
	uint64_t total_memory;
};

struct verdict {
	bool is_refused;    /* what follows is what is left without the mistakes */
	struct error error; /* then the hook's own, with its exit status: the first */
	struct wish wish;
	struct policy policy;
	struct scene scene;
	struct plan plan; /* nothing if policy.left_alone */
};

void verdict_done(struct verdict *verdict);

#define AUTO_VERDICT CLEANUP(verdict_done) struct verdict

/*
 * Judges a container, and adds what the hook would say to the findings: one mistake after the
 * other, each taken out of the subject's annotations once it is told, and 64 at most. Returns 0 or
 * -ENOMEM. The caller calls verdict_done() after either; ret_verdict is zeroed before, and stays
 * where it is.
 */
int judge_subject(const struct judge *judge, struct subject *subject, struct findings *findings,
		  struct verdict *ret_verdict);

#endif
