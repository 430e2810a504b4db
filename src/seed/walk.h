/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls tree->visit for each name in a tree, in several threads. */
#ifndef ORH_SEED_WALK_H
#define ORH_SEED_WALK_H

#include "tree.h"

/* Errors: as seed_copy(). */
int seed_walk(struct tree *tree, const struct seed_request *request, struct error *error);

#endif
