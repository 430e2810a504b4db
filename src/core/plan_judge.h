/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides what happens to each request: a tmpfs, nothing, or an error. */
#ifndef ORH_CORE_PLAN_JUDGE_H
#define ORH_CORE_PLAN_JUDGE_H

#include "plan_maker.h"

/* The fate of a request, or an error. The earlier requests have been judged, and the plan has their
 * fates. */
int judge_request(const struct maker *maker, size_t number);

/* Refuses a path that the container could not resolve, whether of an entry or of config.json's
 * mounts, because a tmpfs that starts empty hides a symlink on the way. */
int judge_links(const struct maker *maker);

#endif
