/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large files, copied in parts, by several threads, into huge pages. */
#ifndef ORH_SEED_LARGE_H
#define ORH_SEED_LARGE_H

#include "tree.h"
#include "work.h"

/*
 * Copies a large file, if it is one, has no holes and there are huge pages: takes both descriptors,
 * works at it until no part is left, and returns 1. Others may still be at theirs then. Returns 0
 * if it is not for it, or negative.
 */
int large_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	       int *copy, const struct stat *st);
/* Works at a large file that work_take() gave. */
void large_join(struct thread *thread, struct large *large);

#endif
