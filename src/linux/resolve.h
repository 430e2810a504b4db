/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of a container, resolved in its root and nowhere else. What comes out is a path in normal
 * form that has no symlink in it, to be opened again with RESOLVE_LINKLESS. An image decides every
 * name and link that is met here, and a pod's author how many paths there are: all of them together
 * have a budget.
 */
#ifndef ORH_LINUX_RESOLVE_H
#define ORH_LINUX_RESOLVE_H

#include "core/error.h"
#include "core/plan.h"
#include "rootfs.h"

/* How many components the paths of one container may take to resolve. */
#define RESOLVE_COMPONENTS_MAX 65536

/* Begins with rootfs set, all else 0. */
struct resolver {
	const struct rootfs *rootfs;
	unsigned components; /* of the paths so far */
	bool is_spent;	     /* the budget: no other path can be resolved */
};

/* What a path may lead to. */
enum resolve_end {
	RESOLVE_DIRECTORY,
	RESOLVE_ANYTHING, /* a file, too: something is mounted on it */
};

/*
 * Resolves a path, which is taken from the root. Fills path, existing, mount_id, is_mount_root
 * and links; what is missing behind "existing" is taken as it is written, as is what is behind a
 * link on proc, which is not followed. A path that cannot be resolved is a fact as well: err says
 * why, and path and mount_id where. The caller calls target_done(). Errors: STATUS_PATH: the budget
 * is spent.
 */
int resolve_path(struct resolver *resolver, const char *path, enum resolve_end end,
		 struct error *error, struct target *ret_target);

#endif
