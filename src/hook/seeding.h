/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling a staged tmpfs with what the image holds at its path. */
#ifndef ORH_HOOK_SEEDING_H
#define ORH_HOOK_SEEDING_H

#include "core/seed_choice.h"
#include "staged.h"

/* Gives the directory copy, of the tmpfs, the metadata of the image's one, and nothing else.
 * Errors: STATUS_SEED. */
int seeding_top(struct stage *stage, size_t index, int image, int copy);

/*
 * Copies all of it to the tmpfs's top; the first time, joins the container's memory cgroup. A seed
 * that does not fit is told with what it needs and what there is. Errors: STATUS_SEED.
 */
int seeding_copy(struct stage *stage, size_t index, int image);

/* What seed=auto takes, by what the image holds; looks at no more of it than it may copy. Errors:
 * STATUS_SEED. */
int seeding_choose(struct stage *stage, size_t index, int image, enum seed_reason *ret_reason);

#endif
