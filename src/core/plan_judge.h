/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of each request: a tmpfs, nothing, or an error. */
#ifndef ORH_CORE_PLAN_JUDGE_H
#define ORH_CORE_PLAN_JUDGE_H

#include "plan_maker.h"

/* The fate of a request, or an error. Those before it have been judged, and theirs are in the plan.
 */
int judge_request(const struct maker *maker, size_t number);

/* Refuses what the container itself would not find, an entry's path or one of config.json's mounts:
 * a link on the way is hidden by a tmpfs that starts empty. */
int judge_links(const struct maker *maker);

#endif
