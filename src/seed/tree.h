/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state that the threads of a seed share: a tree of directories. A directory is read in pieces:
 * a thread takes the directory, reads one piece, puts it back for other threads, and then handles
 * the names in the piece. A wide tree, a deep tree and one huge directory therefore all keep every
 * thread busy, and memory is used only for the pieces in progress.
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

/* Buffer size for one piece of a directory: about a hundred names. */
#define PIECE_SIZE 4096

/* Number of small files in a batch. Each takes two descriptors meanwhile. */
#define BATCH_FILES 16

struct directory {
	struct directory *parent; /* a reference; NULL: the top */
	struct directory *newer;  /* the list of idle open directories */
	struct directory *older;
	struct directory *below; /* the next on the work stack */
	struct directory *down;	 /* the next of a chain, while it is being opened */
	const struct cut_node *cut;
	int source; /* -EBADF if closed */
	int copy;
	unsigned depth;
	unsigned references;
	unsigned users;	 /* threads that keep it open */
	unsigned pieces; /* threads that handle names in it */
	bool idle;	 /* in the list of open idle directories */
	bool shallow;	 /* its contents are not copied */
	bool is_read;
	off_t offset;	/* where to continue reading after it is reopened */
	bool is_known;	/* st is valid */
	struct stat st; /* of the source */
	char name[];
};

struct large;
struct links;
struct thread;

struct tree {
	const struct seed_request *request;
	pthread_mutex_t lock; /* protects the entire tree */
	bool is_stopped;      /* stopped by seed_stop(), which is not a failure */
	pthread_cond_t wake;
	struct directory *work;	  /* a stack: depth first, so that few directories wait */
	struct large *large;	  /* a stack: files with parts that no thread has taken */
	struct directory *newest; /* of the open idle directories */
	struct directory *oldest;
	unsigned idle_count;
	int crowded;	     /* from this descriptor number on, idle directories are closed */
	char path[PATH_MAX]; /* buffer for opening a directory */
	unsigned threads;    /* number of threads that there are descriptors for */
	unsigned active;     /* threads at work */
	atomic_bool failed;
	bool has_asked; /* huge pages were requested */
	bool is_huge;
	struct error *error; /* the first one; written under the lock */
	/* Handles a name that was found. Returns 0, or negative after reporting the error. */
	int (*visit)(struct thread *thread, struct directory *directory, const char *name,
		     unsigned char type);
	struct links *links;
	struct cut_node *cuts;	       /* an array; its first element is the top's */
	atomic_uint_fast64_t reserved; /* part of bytes_max */
	struct seed_result result;     /* sum of the finished threads */
};

/* A file of a batch. The name points into the thread's piece. */
struct batch_file {
	const char *name;
	int source;
	int copy;
	size_t at; /* offset of its contents in the thread's buffer */
	size_t length;
	bool is_single; /* was copied by itself */
	struct stat st;
};

struct batch {
	size_t count;
	size_t used; /* bytes used in the thread's buffer */
	struct batch_file files[BATCH_FILES];
};

/* The state of one thread. */
struct thread {
	struct tree *tree;
	char piece[PIECE_SIZE] __attribute__((__aligned__(__alignof__(struct dirent64))));
	char link[PATH_MAX + 1];
	char names[XATTR_LIST_MAX];
	char value[XATTR_SIZE_MAX];
	char data[128 * 1024];
	struct batch batch;
	struct seed_result result; /* per thread, so that threads do not share counters */
};

/*
 * Reports a failure with STATUS_SEED for a name in a directory, with its path relative to the
 * seed's top. name is NULL for the directory itself; directory is NULL if no file is concerned.
 * Returns -err.
 */
int seed_fail(struct thread *thread, struct directory *directory, const char *name, int err,
	      const char *what);

/* Ends the walk early, without an error. Returns -ECANCELED. */
int seed_stop(struct thread *thread);

/* Reports that a file or directory of the image cannot be opened. Returns -err. */
int seed_unopened(struct thread *thread, struct directory *directory, const char *name, int err);

/* Reports that a name cannot be made in the copy. Returns -err. */
int seed_unmade(struct thread *thread, struct directory *directory, const char *name, int err);

/* Limits threads to the available descriptors, and sets crowded. Returns 0 or -errno. */
int share_descriptors(struct tree *tree);

/* Adds a thread's result to the total. */
void result_add(struct tree *tree, const struct seed_result *result);

#endif
