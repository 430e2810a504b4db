/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One regular file of the copy. All of these return 0, or negative once the error is reported. */
#ifndef ORH_SEED_FILE_H
#define ORH_SEED_FILE_H

#include "tree.h"

int file_open(struct thread *thread, struct directory *directory, const char *name,
	      int *ret_source);
/* What it is, if it is a regular file still. */
int file_look(struct thread *thread, struct directory *directory, const char *name, int source,
	      struct stat *ret_st);
/* Makes the copy, empty. */
int file_make(struct thread *thread, struct directory *directory, const char *name,
	      const struct stat *st, int *ret_copy);
/* All of a file, of whatever size and with however many links; is_empty: but its contents. source
 * is taken where the file is large. */
int file_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	      const struct stat *st, bool is_empty);

#endif
