/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The paths of a seed below which nothing is copied, as a tree of names. */
#ifndef ORH_SEED_CUT_H
#define ORH_SEED_CUT_H

#include <stddef.h>

#include "request.h"

struct cut_node {
	struct cut_node *next;	/* its sibling */
	struct cut_node *child; /* NULL: here it is cut */
	size_t length;
	const char *name; /* not ended by a NUL */
};

/*
 * Makes the tree, whose top is *ret_cuts, one array for the caller to free(); its names are the
 * cuts' own. NULL where there are none. Returns 0 or -ENOMEM.
 */
int cuts_make(const struct seed_cut *cuts, size_t count, struct cut_node **ret_cuts);

/* The node of a name in a directory whose node is given, which may be NULL; NULL where no path
 * leads there. */
const struct cut_node *cuts_find(const struct cut_node *node, const char *name);

#endif
