/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a plan: what is mounted where, and in which order. */
#ifndef ORH_CORE_PLAN_MAKE_H
#define ORH_CORE_PLAN_MAKE_H

#include "plan.h"

/*
 * Makes the plan. If an earlier run did everything that is requested, the plan has no operations;
 * the mounts of that run must then not exceed what the operator's options allow now. Errors:
 * STATUS_PATH, STATUS_POLICY, or STATUS_ANNOTATION for an id that is not mapped in the container's
 * user namespace. Each error begins with the path as written.
 */
int plan_make(const struct policy *policy, const struct options *options,
	      const struct plan_facts *facts, struct error *error, struct plan *ret_plan);

#endif
