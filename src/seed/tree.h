/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seed's own parts: a tree of directories that several threads work at. A directory is read a
 * piece at a time: whoever takes it reads one piece, puts it back for others, and then deals with
 * the names. So a wide tree, a deep one and one huge directory all keep every thread at work, and
 * no more is held in memory than the pieces under way.
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
#include "copy.h"

/* Directories that may be open at once while nobody works in them: two descriptors each. */
#define IDLE_OPEN_MAX 64

/* How deep a directory may lie below the top. A file far down that is linked to from elsewhere
 * takes time in proportion to its depth, and so all of them together to its square. */
#define DEPTH_MAX 16384

/* One piece of a directory: about a hundred names. */
#define PIECE_SIZE 4096

/* As many small files are copied side by side; each takes two descriptors meanwhile. */
#define BATCH_FILES 16

/* What one thread may have open: a batch, or a large file, or two names to be linked, and the
 * directories for it. */
#define THREAD_OPEN_MAX (2 * BATCH_FILES + 8)

/* Files up to this size are small; those of one batch share the worker's buffer. */
#define SMALL_FILE ((off_t)16 * 1024)

/* Paths below which nothing is copied, as a tree of names. */
struct cut_node {
	struct cut_node *next;	/* its sibling */
	struct cut_node *child; /* NULL: here it is cut */
	size_t length;
	const char *name; /* not ended by a NUL */
};

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

struct links;
struct worker;

/* What a thread is to work at: one of the two. */
struct job {
	struct directory *directory;
	struct large *large;
};

struct tree {
	const struct seed_request *request;
	pthread_mutex_t lock; /* guards all of the tree */
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
	/* What to do with a name that was met. Returns 0, or negative once the error is reported.
	 */
	int (*visit)(struct worker *worker, struct directory *directory, const char *name,
		     unsigned char type);
	struct links *links;
	struct cut_node *cuts;	       /* an array; the first is the top's */
	atomic_uint_fast64_t reserved; /* of bytes_max */
	struct seed_result result;     /* of the threads that are done */
};

/* A file of a batch. Its name stands in the worker's piece. */
struct batch_file {
	const char *name;
	int source;
	int copy;
	size_t at; /* where its contents are in the worker's buffer */
	size_t length;
	bool is_single; /* it was copied by itself */
	struct stat st;
};

struct batch {
	size_t count;
	size_t used; /* of the worker's buffer */
	struct batch_file files[BATCH_FILES];
};

/* What one thread has to itself. */
struct worker {
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
int seed_fail(struct worker *worker, struct directory *directory, const char *name, int err,
	      const char *what);

/* The same, about a file or a directory of the image that can't be opened. */
int seed_unopened(struct worker *worker, struct directory *directory, const char *name, int err);

/* tree.c: how many threads there are descriptors for, and where they run out. 0 or -errno. */
int share_descriptors(struct tree *tree);

/* tree.c: directories, their descriptors, the stack of work. All of these take the lock. */
int directory_open(struct worker *worker,
		   struct directory *directory); /* until directory_close(); 0 or reported */
void directory_close(struct tree *tree, struct directory *directory);
void directory_ref(struct tree *tree, struct directory *directory);
void directory_unref(struct tree *tree, struct directory *directory);
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

/* Adds what a thread has done. */
void result_add(struct tree *tree, const struct seed_result *result);

/* copy.c: the walk that tree->visit is called on. Errors as seed_copy(). */
int seed_walk(struct tree *tree, const struct seed_request *request, struct error *error);

/* copy.c: one regular file. All return 0, or negative once the error is reported. */
int file_open(struct worker *worker, struct directory *directory, const char *name,
	      int *ret_source);
/* What it is, if it is a regular file still. */
int file_look(struct worker *worker, struct directory *directory, const char *name, int source,
	      struct stat *ret_st);
/* Makes the copy, empty. */
int file_make(struct worker *worker, struct directory *directory, const char *name,
	      const struct stat *st, int *ret_copy);
/* All of a file, of whatever size and with however many links; is_empty: but its contents. source
 * is taken where the file is large. */
int file_copy(struct worker *worker, struct directory *directory, const char *name, int *source,
	      const struct stat *st, bool is_empty);

/* batch.c: puts a regular file off until BATCH_FILES of them have come together. */
int batch_add(struct worker *worker, struct directory *directory, const char *name);
/* Copies what was put off, if anything was. Both return 0, or negative once the error is reported.
 */
int batch_copy(struct worker *worker, struct directory *directory);

/* links.c: files with more than one link, by device and inode. */
struct links *links_new(void);
void links_free(struct tree *tree, struct links *links);
/*
 * If the file was met before, links it and returns 1. Otherwise makes it by calling make, remembers
 * it, and returns 0. An error is reported and negative. No other thread makes a file of more than
 * one link meanwhile.
 */
int links_make(struct worker *worker, struct directory *directory, const char *name,
	       const struct stat *st,
	       int (*make)(struct worker *, struct directory *, const char *, void *), void *data);

/* meta.c: owner, mode, extended attributes, times, in this order. */
int meta_of_file(struct worker *worker, struct directory *directory, const char *name, int source,
		 int copy, const struct stat *st);
int meta_but_times(struct worker *worker, struct directory *directory, const char *name, int source,
		   int copy, const struct stat *st);
int meta_times(struct worker *worker, struct directory *directory, const char *name, int copy,
	       const struct stat *st);
/* Of what can't be opened: symlinks, devices, FIFOs, sockets. */
int meta_of_node(struct worker *worker, struct directory *directory, const char *name,
		 const struct stat *st);
int meta_of_directory(struct worker *worker, struct directory *directory);

/* large.c: files from this size on are copied in parts, by several threads, into huge pages.
 */
#define LARGE_FILE ((off_t)4 * 1024 * 1024)
/*
 * Copies a large file, if it is one, has no holes and there are huge pages: takes both descriptors,
 * works at it until no part is left, and returns 1. Others may still be at theirs then. Returns 0
 * if it is not for it, or negative.
 */
int large_copy(struct worker *worker, struct directory *directory, const char *name, int *source,
	       int *copy, const struct stat *st);
/* Works at a large file that work_take() gave. */
void large_join(struct worker *worker, struct large *large);

/* data.c: a regular file's contents, with its holes. */
bool data_is_sparse(const struct stat *st); /* it seems to have holes */
/* Reads at most size bytes from the start; less where the file was cut off meanwhile. */
ssize_t data_read(struct worker *worker, struct directory *directory, const char *name, int source,
		  char *data, size_t size);
int data_write(struct worker *worker, struct directory *directory, const char *name, int copy,
	       const char *data, size_t length);
uint64_t data_bytes(const struct stat *st); /* what it takes of a tmpfs, without its holes */
uint64_t data_whole_pages(uint64_t bytes);
int data_copy(struct worker *worker, struct directory *directory, const char *name, int source,
	      int copy, const struct stat *st);

#endif
