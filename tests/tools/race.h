/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attacks of race.c, the trees that they need, and what is held against them afterwards. */
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
	const char *b;	    /* what is put in its place */
	enum other other;   /* what b is */
	const char *text;   /* of the link, behind which dir/canary and the next come */
	const char *below;  /* the canary that it leads to */
	const char *volume; /* where dir/volume, or a file of it, is mounted; NULL: nowhere */
	unsigned ours;	    /* mounts of the hook's, when it succeeds */
	bool toggles;	    /* b is moved to a and back: a is there, or nothing is */
	const char *dir;
};

/* Says why and ends. */
_Noreturn void die(const char *what, const char *name);

bool find_kind(const char *name, const char *dir, struct kind *ret_kind);
void list_kinds(void);
void make_trees(const struct kind *kind);
/* What a round may have left in the rootfs. */
void clean_round(const struct kind *kind);

/* Of all that a tree's files are and hold, attributes and change times too. */
uint64_t hash_tree(const char *path);

/* Of a process's mount table. */
bool has_our_mounts(pid_t pid);
bool has_mounts_below(pid_t pid, const char *path);
/* NULL: the root is read-only, and the hook's mounts are all there, inside the rootfs, with nothing
 * of the canary in them. Where the first of them is comes to ret_at in any case. */
const char *promise_broken(const struct kind *kind, pid_t container, char *ret_at, size_t size);

#endif
