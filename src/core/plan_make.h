/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a plan: the decision of what goes where, in which order. */
#ifndef ORH_CORE_PLAN_MAKE_H
#define ORH_CORE_PLAN_MAKE_H

#include "plan.h"

/*
 * Decides. Where all that is asked for has been done by an earlier run, the plan has no operations;
 * what that run mounted must not be larger than the operator's options allow now.
 * Errors: STATUS_PATH, STATUS_POLICY, STATUS_ANNOTATION (an id that the container's user namespace
 * has not); each begins with the path as it was written.
 */
int plan_make(const struct policy *policy, const struct options *options,
	      const struct plan_facts *facts, struct error *error, struct plan *ret_plan);

#endif
