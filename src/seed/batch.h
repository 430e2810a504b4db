/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files, copied side by side. Both return 0, or negative once the error is reported. */
#ifndef ORH_SEED_BATCH_H
#define ORH_SEED_BATCH_H

#include "tree.h"

/* Puts a regular file off until BATCH_FILES of them have come together. */
int batch_add(struct thread *thread, struct directory *directory, const char *name);
/* Copies what was put off, if anything was. */
int batch_copy(struct thread *thread, struct directory *directory);

#endif
