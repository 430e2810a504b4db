/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seed=overlay: the image's directory shows through an overlay whose upper layer is the entry's
 * tmpfs. */
#ifndef ORH_LINUX_OVERLAY_H
#define ORH_LINUX_OVERLAY_H

#include <stdbool.h>

#include "core/error.h"

struct overlay_request {
	int proc; /* the host's /proc: layers are named by its self/fd, so that no path of the host
		     shows */
	int rootfs; /* the container's root directory, O_PATH, in the caller's mount namespace */
	int image_mount; /* a detached copy of the root's mount, which lower is on; for this overlay
			    alone */
	int upper_mount; /* the tmpfs, detached */
	int lower;	 /* the image's directory */
	int upper;	 /* two empty directories of the tmpfs */
	int work;
	unsigned flags;	   /* enum mount_flags of the overlay, but FLAG_RO */
	bool userxattr;	   /* in a user namespace */
	const char *label; /* SELinux context, or NULL */
};

/*
 * Makes the overlay, detached. It keeps both layers: the mounts of the request need not live on.
 * The caller's working directory is left somewhere else. Errors: STATUS_KERNEL where the kernel
 * takes no further overlay level, or no overlay at all; else STATUS_SYSTEM.
 */
int overlay_make(const struct overlay_request *request, struct error *error, int *ret_mount);

/* The same by way of a mount namespace of a thread's own, as kernels before Linux 6.15 need it; for
 * overlay_make(). */
int overlay_make_attached(const struct overlay_request *request, struct error *error,
			  int *ret_mount);

#endif
