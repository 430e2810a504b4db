/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The paths of a seed below which nothing is copied, as a tree of names. */
#ifndef ORH_SEED_CUT_H
#define ORH_SEED_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"

struct cut_node {
	struct cut_node *next;	/* its sibling */
	struct cut_node *child; /* NULL: nothing below this node is copied */
	bool is_end;		/* a path ends here: paths below it do not matter */
	size_t length;
	const char *name; /* not terminated by a NUL */
};

/* Makes the tree. *ret_cuts is its top and a single array, which the caller frees; the names are
 * borrowed from cuts. NULL if there are no cuts. Returns 0 or -ENOMEM. */
int cuts_make(const struct seed_cut *cuts, size_t count, struct cut_node **ret_cuts);

/* The node for a name in a directory with the given node, which may be NULL. NULL if no path has
 * this name. */
const struct cut_node *cuts_find(const struct cut_node *node, const char *name);

#endif
