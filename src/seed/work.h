/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of pending work. All functions take the tree's lock. */
#ifndef ORH_SEED_WORK_H
#define ORH_SEED_WORK_H

#include "tree.h"

/* A large file in progress. Idle threads take parts of it. The thread that finishes the last part
 * sets the owner, mode and times. */
struct large {
	struct large *below;
	struct directory *directory; /* a reference */
	int source;
	int copy;
	struct stat st;
	atomic_uint_fast64_t next; /* offset of the first part that no thread has taken */
	unsigned users;
	bool is_listed;
	char name[];
};

/* Work for a thread: one of the two is set. */
struct job {
	struct directory *directory;
	struct large *large;
};

/* Adds a new directory to the work. parent is NULL for the top, whose descriptors are those of the
 * request. Returns 0 or -errno. */
int directory_add(struct tree *tree, struct directory *parent, const char *name,
		  const struct cut_node *cut, bool shallow);
/*
 * Takes the next item: a directory, with the stack's reference and with the caller counted in
 * pieces, or a large file with parts left. Waits while other threads may still add work. Returns
 * false if everything is done, or after a failure.
 */
bool work_take(struct tree *tree, struct job *ret_job);
/* Puts back a directory that has more to read. */
void work_again(struct tree *tree, struct directory *directory);
/* Called after the caller has handled its piece. Returns true to the last caller once everything
 * has been read: the directory is complete. */
bool work_done(struct tree *tree, struct directory *directory, bool is_read);
/* Called after the last use of the item from work_take(). directory is NULL for a large file. */
void work_leave(struct tree *tree, struct directory *directory);
/* Lists a large file, so that other threads can take parts until work_unlist(). The caller is
 * already counted as a user. */
void work_list(struct tree *tree, struct large *large);
/* Called when no part is left to take and the caller has finished its own. Returns true to the last
 * user. */
bool work_unlist(struct tree *tree, struct large *large);

#endif
