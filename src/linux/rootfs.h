/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's root as seen from its mount namespace. Opens and makes directories by the paths
 * that resolve_path() returns. */
#ifndef ORH_LINUX_ROOTFS_H
#define ORH_LINUX_ROOTFS_H

#include <stdbool.h>

#include "core/error.h"
#include "core/memory.h"
#include "sys.h"

struct rootfs {
	int fd; /* the root directory, O_PATH, on the topmost mount */
	struct file_id id;
};

/* Opens the rootfs at an absolute path, which must be a mount point. Errors: STATUS_INPUT, or
 * STATUS_KERNEL for a kernel before 5.8. */
int rootfs_open(const char *path, struct error *error, struct rootfs *ret_rootfs);

/*
 * Makes the missing directories of a resolved path with mode 0755, owned by root, and marks the
 * last one with MADE_MARK. A read-only root mount stays read-only: the directories are made through
 * a detached, writable copy of it. Errors: STATUS_PATH.
 */
int rootfs_make(const struct rootfs *rootfs, const char *path, size_t existing,
		struct error *error);

/*
 * One step of rootfs_make(): opens a directory by name in *at, and makes it if it is missing. A new
 * directory has mode 0755 and is owned by root, whatever its parent passes on. A directory that
 * another process put in its place is opened unchanged, and does not count as made. On success, *at
 * is closed and replaced by the new descriptor. Returns 0, or -errno with *at unchanged.
 */
int rootfs_step(int *at, const char *name, bool *ret_made);

/* Opens a directory in the root by its resolved path, O_PATH, on any mount. Errors: STATUS_PATH. */
int rootfs_open_path(const struct rootfs *rootfs, const char *path, struct error *error,
		     int *ret_fd);

/*
 * Opens a detached copy of only the root's mount, without the mounts on it: it shows the image's
 * files at every path. The copy is read-only, and its devices cannot be opened. Errors:
 * STATUS_SYSTEM.
 */
int rootfs_open_image(const struct rootfs *rootfs, struct error *error, int *ret_fd);

/*
 * Is this directory of the image, open for reading, one that was made for a mount because the image
 * has none? It is empty, belongs to root and has mode 0755 or 1755, as runtimes and the hook make
 * them, and it either has MADE_MARK, or is younger than the root directory. On an overlay, the root
 * directory is as old as the container's layer, and the image's directories are older. On other
 * filesystems, or without birth times, this cannot be known: returns in_doubt. image is from
 * rootfs_open_image().
 */
int rootfs_is_made(int image, int dir, bool in_doubt);

/* An extended attribute of directories that the hook made. Without it, the hook would take them for
 * the image's when the container is restarted. */
#define MADE_MARK "user.oci-readonly-hook.made"

#endif
