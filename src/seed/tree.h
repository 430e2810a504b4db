/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the threads of a seed share: a tree of directories that all of them work at. A directory is
 * read a piece at a time: whoever takes it reads one piece, puts it back for others, and then deals
 * with the names. So a wide tree, a deep one and one huge directory all keep every thread at work,
 * and no more is held in memory than the pieces under way.
 */
#ifndef ORH_SEED_TREE_H
#define ORH_SEED_TREE_H

#include <dirent.h>
#include <limits.h>
#include <linux/limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "core/error.h"
#include "cut.h"
#include "request.h"

/* One piece of a directory: about a hundred names. */
#define PIECE_SIZE 4096

/* As many small files are copied side by side; each takes two descriptors meanwhile. */
#define BATCH_FILES 16

struct directory {
	struct directory *parent; /* holds a reference; NULL: the top */
	struct directory *newer;  /* the list of idle open directories */
	struct directory *older;
	struct directory *below; /* the next in the stack of work */
	struct directory *down;	 /* while a chain is being opened */
	const struct cut_node *cut;
	int source; /* -EBADF while closed */
	int copy;
	unsigned depth;
	unsigned references;
	unsigned users;	 /* threads that hold it open */
	unsigned pieces; /* threads that deal with names of it */
	bool idle;	 /* it stands in the list of idle open directories */
	bool shallow;	 /* nothing in it is copied */
	bool is_read;
	off_t offset;	/* where to read on, should it have been closed */
	bool is_known;	/* st is filled in */
	struct stat st; /* of the source */
	char name[];
};

struct large;
struct links;
struct thread;

struct tree {
	const struct seed_request *request;
	pthread_mutex_t lock; /* guards all of the tree */
	bool is_stopped;      /* by seed_stop(): it is no failure */
	pthread_cond_t wake;
	struct directory *work;	  /* a stack: the last one found comes first, so that few wait */
	struct large *large;	  /* a stack: files with parts that nobody has taken */
	struct directory *newest; /* idle and open */
	struct directory *oldest;
	unsigned idle_count;
	int crowded; /* where a descriptor has this number, those that are idle are closed */
	char path[PATH_MAX]; /* for who opens a directory */
	unsigned threads;    /* that there are descriptors for */
	unsigned active;     /* threads at work */
	atomic_bool failed;
	bool has_asked; /* for huge pages */
	bool is_huge;
	struct error *error; /* the first; written under the lock */
	/* Deals with a name that was met. Returns 0, or negative once the error is reported. */
	int (*visit)(struct thread *thread, struct directory *directory, const char *name,
		     unsigned char type);
	struct links *links;
	struct cut_node *cuts;	       /* an array; the first is the top's */
	atomic_uint_fast64_t reserved; /* of bytes_max */
	struct seed_result result;     /* of the threads that are done */
};

/* A file of a batch. Its name stands in the thread's piece. */
struct batch_file {
	const char *name;
	int source;
	int copy;
	size_t at; /* where its contents are in the thread's buffer */
	size_t length;
	bool is_single; /* it was copied by itself */
	struct stat st;
};

struct batch {
	size_t count;
	size_t used; /* of the thread's buffer */
	struct batch_file files[BATCH_FILES];
};

/* What one thread has to itself. */
struct thread {
	struct tree *tree;
	char piece[PIECE_SIZE] __attribute__((__aligned__(__alignof__(struct dirent64))));
	char link[PATH_MAX + 1];
	char names[XATTR_LIST_MAX];
	char value[XATTR_SIZE_MAX];
	char data[128 * 1024];
	struct batch batch;
	struct seed_result result; /* what it has done: no counter is written to by two of them */
};

/* Something about a name in a directory failed (name NULL: the directory itself; directory NULL:
 * nothing of the image): STATUS_SEED, with the path below the seed's top. Returns -err. */
int seed_fail(struct thread *thread, struct directory *directory, const char *name, int err,
	      const char *what);

/* Ends the walk: enough is known. Returns -ECANCELED. */
int seed_stop(struct thread *thread);

/* The same, about a file or a directory of the image that cannot be opened. */
int seed_unopened(struct thread *thread, struct directory *directory, const char *name, int err);

/* A name that cannot be made in the copy. */
int seed_unmade(struct thread *thread, struct directory *directory, const char *name, int err);

/* How many threads there are descriptors for, and where they run out. 0 or -errno. */
int share_descriptors(struct tree *tree);

/* Adds what a thread has done. */
void result_add(struct tree *tree, const struct seed_result *result);

#endif
