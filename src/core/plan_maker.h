/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan under construction; shared by plan_make.c, plan_judge.c and plan_ops.c. */
#ifndef ORH_CORE_PLAN_MAKER_H
#define ORH_CORE_PLAN_MAKER_H

#include "plan.h"

/* A mount on the way to a target, or one that a tmpfs would hide. */
struct known_mount {
	uint64_t id;
	const char *path; /* in the container; borrowed from the mount table */
};

struct maker {
	const struct policy *policy;
	const struct options *options;
	const struct plan_facts *facts;
	struct error *error;
	struct plan *plan;
	struct known_mount *mounts; /* owned */
	size_t mounts_count;
	size_t mounts_capacity;
};

/*
 * Finds the relevant mounts in the table: those on the way to a target or to the working directory,
 * and those on a target's mount below the target. Mounts on the latter move along with them and are
 * ignored. Returns 0 or -ENOMEM.
 */
int maker_find_mounts(struct maker *maker);

/* The path of a mount in the container, borrowed from the table; NULL if it is outside, or its path
 * cannot be determined. */
const char *maker_path_inside(const struct plan_facts *facts, const struct mount_line *line);

/* The number of an annotation's entry in its list, from 1, as appended to the path in a message: ",
 * at 6 in the list". Empty for a default. */
#define PLACE_MAX 48
const char *maker_in_list(const struct request *request, char place[static PLACE_MAX]);

/* The innermost tmpfs strictly above a path, other than except; PLAN_NOWHERE if there is none. */
size_t maker_innermost(const struct maker *maker, const char *path, size_t except);

/* Is a mount, other than except, between dir and path? It is below dir, and path is equal to it
 * or below it. */
bool maker_mount_between(const struct maker *maker, const char *path, const char *dir,
			 uint64_t except);

#endif
