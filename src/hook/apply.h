/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries a plan out in the container's mount namespace: stage, commit, verify. */
#ifndef ORH_HOOK_APPLY_H
#define ORH_HOOK_APPLY_H

#include "staged.h"

/*
 * Does all of it, or returns an error: after one, the container must not start. The caller joins
 * the container's memory cgroup before it copies the first file. ret_results has room for the
 * plan's tmpfs: how each was filled. Errors: stage_plan()'s, commit_plan()'s and
 * verify_plan()'s.
 */
int apply_plan(const struct apply_request *request, struct error *error, struct charge *ret_charge,
	       struct filled ret_results[]);

#endif
