/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of what is still to be done. All of these take the tree's lock. */
#ifndef ORH_SEED_WORK_H
#define ORH_SEED_WORK_H

#include "tree.h"

/*
 * A large file on its way: whoever has nothing else to do takes a part of it, and whoever is done
 * with the last part sets its owner, mode and times.
 */
struct large {
	struct large *below;
	struct directory *directory; /* holds a reference */
	int source;
	int copy;
	struct stat st;
	atomic_uint_fast64_t next; /* where the part begins that nobody has taken */
	unsigned users;
	bool is_listed;
	char name[];
};

/* What a thread is to work at: one of the two. */
struct job {
	struct directory *directory;
	struct large *large;
};

/* Adds a new directory's work; parent NULL: the top, whose descriptors are the request's. Returns 0
 * or -errno. */
int directory_add(struct tree *tree, struct directory *parent, const char *name,
		  const struct cut_node *cut, bool shallow);
/*
 * Takes the next thing to work at: a directory, with the stack's reference, the caller being
 * counted among those who work in it, or a part in a large file. Waits where others may still find
 * some. False: all is done, or has failed.
 */
bool work_take(struct tree *tree, struct job *ret_job);
/* Puts a directory back of which there is more to read. */
void work_again(struct tree *tree, struct directory *directory);
/* The caller has dealt with its piece. True for the last of them, once all has been read: the
 * directory is complete. */
bool work_done(struct tree *tree, struct directory *directory, bool is_read);
/* After the last use of what work_take() gave; directory NULL: a large file's part. */
void work_leave(struct tree *tree, struct directory *directory);
/* A large file is there to be taken part in, until work_unlist(). The caller is one of its users
 * already. */
void work_list(struct tree *tree, struct large *large);
/* Nothing of it is left to be taken, and the caller is done with it. True for the last of its
 * users. */
bool work_unlist(struct tree *tree, struct large *large);

#endif
