/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries a plan out in the container's mount namespace: stage, commit, verify. */
#ifndef ORH_HOOK_APPLY_H
#define ORH_HOOK_APPLY_H

#include "staged.h"

/*
 * Carries out all three steps. After an error the container must not start. The caller joins the
 * container's memory cgroup before it copies the first file. ret_results is an array with one
 * element per tmpfs of the plan, then one per fill, and gets how each was filled. Errors: those of
 * stage_plan(), commit_plan() and verify_plan().
 */
int apply_plan(const struct apply_request *request, struct error *error, struct charge *ret_charge,
	       struct filled ret_results[]);

#endif
