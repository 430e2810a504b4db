/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories and their descriptors. Few are open at a time, however large the tree is. All
 * functions take the tree's lock. */
#ifndef ORH_SEED_DIRECTORY_H
#define ORH_SEED_DIRECTORY_H

#include "tree.h"

/* Opens a directory until directory_close(). Returns 0, or negative after reporting the error. */
int directory_open(struct thread *thread, struct directory *directory);
void directory_close(struct tree *tree, struct directory *directory);
void directory_ref(struct tree *tree, struct directory *directory);
void directory_unref(struct tree *tree, struct directory *directory);

#endif
