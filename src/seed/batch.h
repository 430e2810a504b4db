/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies small files in batches. Both functions return 0, or negative after reporting an error. */
#ifndef ORH_SEED_BATCH_H
#define ORH_SEED_BATCH_H

#include "tree.h"

/* Defers a regular file until the batch has BATCH_FILES files. */
int batch_add(struct thread *thread, struct directory *directory, const char *name);
/* Copies the deferred files, if any. */
int batch_copy(struct thread *thread, struct directory *directory);

#endif
