/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with more than one link, by device and inode. */
#ifndef ORH_SEED_LINKS_H
#define ORH_SEED_LINKS_H

#include "tree.h"

struct links *links_new(void);
void links_free(struct tree *tree, struct links *links);
/*
 * If the file is already in the copy, links it and returns 1. Otherwise calls make, remembers the
 * new file, and returns 0. Returns negative after reporting an error. No other thread makes a file
 * with several links at the same time.
 */
int links_make(struct thread *thread, struct directory *directory, const char *name,
	       const struct stat *st,
	       int (*make)(struct thread *, struct directory *, const char *, void *), void *data);

#endif
