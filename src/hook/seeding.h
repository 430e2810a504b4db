/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills a staged tmpfs, or one of the engine's, with the image's files at its path. */
#ifndef ORH_HOOK_SEEDING_H
#define ORH_HOOK_SEEDING_H

#include "core/seed_choice.h"
#include "staged.h"

/* Gives copy, a directory of the tmpfs, the metadata of the image's directory, and nothing else.
 * Errors: STATUS_SEED. */
int seeding_top(struct stage *stage, size_t index, int image, int copy);

/*
 * Copies the image's directory to the top of the tmpfs. The first call joins the container's memory
 * cgroup. If the seed does not fit, the error gives the required and the available size. Errors:
 * STATUS_SEED.
 */
int seeding_copy(struct stage *stage, size_t index, int image);

/* Is there nothing but mount points in the engine's tmpfs, and directories that lead to them?
 * Errors: STATUS_SEED, STATUS_SYSTEM. */
int seeding_is_vacant(struct stage *stage, size_t index, bool *ret_is_vacant);

/* Copies the image's directory into the engine's tmpfs, as seeding_copy() does into a new one. */
int seeding_in_place(struct stage *stage, size_t index, struct seed_result *ret_result);

/* Decides what seed=auto does for this directory of the image. It reads no more of the directory
 * than it may copy. Errors: STATUS_SEED. */
int seeding_choose(struct stage *stage, size_t index, int image, enum seed_reason *ret_reason);

#endif
