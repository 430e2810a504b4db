/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One regular file of the copy. All functions return 0, or negative after reporting the error. */
#ifndef ORH_SEED_FILE_H
#define ORH_SEED_FILE_H

#include "tree.h"

int file_open(struct thread *thread, struct directory *directory, const char *name,
	      int *ret_source);
/* Gets the attributes of the file, and checks that it is still a regular file. */
int file_look(struct thread *thread, struct directory *directory, const char *name, int source,
	      struct stat *ret_st);
/* Makes the copy, empty. */
int file_make(struct thread *thread, struct directory *directory, const char *name,
	      const struct stat *st, int *ret_copy);
/* Copies a file of any size and with any number of links; without its contents if is_empty. Takes
 * source if the file is large. */
int file_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	      const struct stat *st, bool is_empty);

#endif
