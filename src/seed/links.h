/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with more than one link, by device and inode. */
#ifndef ORH_SEED_LINKS_H
#define ORH_SEED_LINKS_H

#include "tree.h"

struct links *links_new(void);
void links_free(struct tree *tree, struct links *links);
/*
 * If the file was met before, links it and returns 1. Otherwise makes it by calling make, remembers
 * it, and returns 0. An error is reported and negative. No other thread makes a file of more than
 * one link meanwhile.
 */
int links_make(struct thread *thread, struct directory *directory, const char *name,
	       const struct stat *st,
	       int (*make)(struct thread *, struct directory *, const char *, void *), void *data);

#endif
