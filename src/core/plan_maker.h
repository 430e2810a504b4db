/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan while it is made: what plan_make.c, plan_judge.c and plan_ops.c share. */
#ifndef ORH_CORE_PLAN_MAKER_H
#define ORH_CORE_PLAN_MAKER_H

#include "plan.h"

/* A mount on the way to a target, or one that a tmpfs would hide. */
struct known_mount {
	uint64_t id;
	const char *path; /* in the container; of the mount table */
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
 * Finds the mounts that matter, by the table: those on the way to a target or to the working
 * directory, and those that stand on a target's mount below it. What stands on these moves along
 * with them and is of no concern. Returns 0 or -ENOMEM.
 */
int maker_find_mounts(struct maker *maker);

/* Where an annotation's entry stands in its list, counted from 1, as it stands behind the path in a
 * message: ", at 6 in the list"; nothing for a default. */
#define PLACE_MAX 48
const char *maker_in_list(const struct request *request, char place[static PLACE_MAX]);

/* The innermost tmpfs that a path is strictly below, other than the one passed over; PLAN_NOWHERE
 * if none. */
size_t maker_innermost(const struct maker *maker, const char *path, size_t except);

/*
 * Does a mount other than the one passed over stand between dir and path? It is below dir, and path
 * is it or below it.
 */
bool maker_mount_between(const struct maker *maker, const char *path, const char *dir,
			 uint64_t except);

#endif
