/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets owner, mode, extended attributes and times, in this order. All functions return 0, or
 * negative after reporting the error. */
#ifndef ORH_SEED_META_H
#define ORH_SEED_META_H

#include "tree.h"

int meta_of_file(struct thread *thread, struct directory *directory, const char *name, int source,
		 int copy, const struct stat *st);
int meta_but_times(struct thread *thread, struct directory *directory, const char *name, int source,
		   int copy, const struct stat *st);
int meta_times(struct thread *thread, struct directory *directory, const char *name, int copy,
	       const struct stat *st);
/* For files that cannot be opened: symlinks, devices, FIFOs, sockets. */
int meta_of_node(struct thread *thread, struct directory *directory, const char *name,
		 const struct stat *st);
int meta_of_directory(struct thread *thread, struct directory *directory);
/* Returns the bytes of its inode limit that a tmpfs charges for the extended attributes of a name
 * in the directory, or of the directory itself if name is NULL. Attributes that cannot be read
 * count as none. */
uint64_t meta_attributes_room(struct thread *thread, const struct directory *directory,
			      const char *name);

#endif
