/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries a plan out in the container's mount namespace: stage, commit, verify. */
#ifndef ORH_HOOK_APPLY_H
#define ORH_HOOK_APPLY_H

#include "linux/container.h"
#include "core/plan.h"
#include "linux/facts.h"
#include "seed/copy.h"

/* What one tmpfs came to, in the plan's order. */
struct applied_tmpfs {
	struct seed_result seed;
};

struct apply_request {
	const struct container *container;
	const struct plan *plan;
	const struct facts *facts;
	const char *label; /* the SELinux context for each tmpfs, or NULL */
	bool is_charged;   /* a seed's memory counts as the container's */
	unsigned threads;  /* for each seed */
};

/*
 * Does all of it, or returns an error: after one, the container must not start. ret_applied has
 * room for the plan's tmpfs. Errors: STATUS_PATH, STATUS_SEED, STATUS_KERNEL, STATUS_SYSTEM, and
 * STATUS_BUG from verify.
 */
int apply_plan(const struct apply_request *request, struct error *error,
	       struct applied_tmpfs ret_applied[]);

#endif
