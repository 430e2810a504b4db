/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large files, copied to huge pages in parts by several threads. */
#ifndef ORH_SEED_LARGE_H
#define ORH_SEED_LARGE_H

#include "tree.h"
#include "work.h"

/*
 * Copies a file if it is large, has no holes, and huge pages are available. In that case, takes
 * both descriptors, copies parts until none is left, and returns 1; other threads may still be
 * copying theirs. Returns 0 if the file is not suitable, or negative.
 */
int large_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	       int *copy, const struct stat *st);
/* Copies parts of a large file from work_take(). */
void large_join(struct thread *thread, struct large *large);

#endif
