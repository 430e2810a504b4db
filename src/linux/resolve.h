/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resolves paths within the container's root. The result is a path in normal form without symlinks,
 * to be opened with RESOLVE_LINKLESS. The image controls every name and link on the way, and a
 * pod's author controls the number of paths. All paths of a container therefore share one budget.
 */
#ifndef ORH_LINUX_RESOLVE_H
#define ORH_LINUX_RESOLVE_H

#include "core/error.h"
#include "core/plan.h"
#include "rootfs.h"

/* The budget: the number of components that may be looked up for the paths of one container. */
#define RESOLVE_COMPONENTS_MAX 65536

/* Initialize with rootfs set and everything else 0. */
struct resolver {
	const struct rootfs *rootfs;
	unsigned components; /* looked up so far */
	bool is_spent;	     /* the budget is used up: no other path can be resolved */
};

/* What a path may lead to. */
enum resolve_end {
	RESOLVE_DIRECTORY,
	RESOLVE_ANYTHING, /* also a file, on which something is mounted */
};

/*
 * Resolves a path relative to the root. Sets path, existing, mount_id, is_mount_root and links. The
 * part of path after existing is missing or follows a link in proc, which is not followed; it is
 * taken as written. A path that cannot be resolved is not an error of this function: err has the
 * reason, and path and mount_id the place. The caller calls target_done(). Errors: STATUS_PATH if
 * the budget is used up.
 */
int resolve_path(struct resolver *resolver, const char *path, enum resolve_end end,
		 struct error *error, struct target *ret_target);

#endif
