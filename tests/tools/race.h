/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attacks of race.c, the trees that they need, and the checks afterwards. */
#ifndef ORH_TESTS_RACE_H
#define ORH_TESTS_RACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum other { OTHER_LINK, OTHER_DIRECTORY, OTHER_FILE, OTHER_FIFO, OTHER_DEVICE };

/* Paths are relative to dir, which is the working directory. */
struct kind {
	const char *name;
	const char *list;   /* the annotation */
	const char *a;	    /* what the hook uses */
	const char *b;	    /* what replaces it */
	enum other other;   /* what b is */
	const char *text;   /* the link's text, followed by dir/canary and the next one */
	const char *below;  /* the part of the canary that it leads to */
	const char *volume; /* where dir/volume, or a file of it, is mounted; NULL: nowhere */
	unsigned ours;	    /* the number of the hook's mounts on success */
	bool toggles;	    /* b is moved to a and back, so that a exists or not */
	const char *dir;
};

/* Prints the reason, and exits. */
_Noreturn void die(const char *what, const char *name);

bool find_kind(const char *name, const char *dir, struct kind *ret_kind);
void list_kinds(void);
void make_trees(const struct kind *kind);
/* What a round may leave in the rootfs. */
void clean_round(const struct kind *kind);

/* A hash of all files of a tree, with contents, attributes and change times. */
uint64_t hash_tree(const char *path);

/* A hash of a process's mount table. */
bool has_our_mounts(pid_t pid);
bool has_mounts_below(pid_t pid, const char *path);
/* NULL if the root is read-only and all mounts of the hook are inside the rootfs, without anything
 * of the canary. ret_at is always set to the place of the first mount. */
const char *promise_broken(const struct kind *kind, pid_t container, char *ret_at, size_t size);

#endif
