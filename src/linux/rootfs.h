/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's root, seen from its mount namespace: what is opened in it, or made, by a path
 * that resolve_path() gave. */
#ifndef ORH_LINUX_ROOTFS_H
#define ORH_LINUX_ROOTFS_H

#include <stdbool.h>

#include "core/error.h"
#include "core/memory.h"
#include "sys.h"

struct rootfs {
	int fd; /* its root directory, O_PATH, on the topmost of the mounts there */
	struct file_id id;
};

/*
 * Opens the rootfs at an absolute path. Refuses what is no mount point.
 * Errors: STATUS_INPUT, or STATUS_KERNEL for a kernel before 5.8.
 */
int rootfs_open(const char *path, struct error *error, struct rootfs *ret_rootfs);

/*
 * Makes the missing directories of a resolved path, mode 0755, of the root user, and marks the last
 * with MADE_MARK. A root mount that is read-only is left so: the directories are made through a
 * detached copy of it that is not. Errors: STATUS_PATH.
 */
int rootfs_make(const struct rootfs *rootfs, const char *path, size_t existing,
		struct error *error);

/*
 * One step of that: opens a directory by name below *at, which is closed, and makes it where it is
 * missing; then it is 0755 and root's whatever the one above hands down. A directory that somebody
 * has put in its place is opened as it is, and counts as not made. Returns 0 or -errno, with *at as
 * it was.
 */
int rootfs_step(int *at, const char *name, bool *ret_made);

/* Opens a directory of the root by its resolved path, O_PATH, whatever mount it is on. Errors:
 * STATUS_PATH. */
int rootfs_open_path(const struct rootfs *rootfs, const char *path, struct error *error,
		     int *ret_fd);

/*
 * A detached copy of the root's mount alone, without what is mounted on it: what the image itself
 * holds at every path. Read-only, and no device of it can be opened. Errors: STATUS_SYSTEM.
 */
int rootfs_open_image(const struct rootfs *rootfs, struct error *error, int *ret_fd);

/*
 * An extended attribute of directories that the hook had to make: without it, a container that is
 * started again would seem to have an image that holds them.
 */
#define MADE_MARK "user.oci-readonly-hook.made"

#endif
