/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies a regular file's contents and preserves its holes. */
#ifndef ORH_SEED_DATA_H
#define ORH_SEED_DATA_H

#include "tree.h"

bool data_is_sparse(const struct stat *st); /* seems to have holes */
/* Reads at most size bytes from the start; fewer if the file was truncated meanwhile. */
ssize_t data_read(struct thread *thread, struct directory *directory, const char *name, int source,
		  char *data, size_t size);
int data_write(struct thread *thread, struct directory *directory, const char *name, int copy,
	       const char *data, size_t length);
uint64_t data_bytes(const struct stat *st); /* space in a tmpfs, without holes */
uint64_t data_whole_pages(uint64_t bytes);
int data_copy(struct thread *thread, struct directory *directory, const char *name, int source,
	      int copy, const struct stat *st);

#endif
