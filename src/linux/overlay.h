/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seed=overlay: an overlay with the image's directory as the lower layer, and the entry's tmpfs as
 * the upper layer. */
#ifndef ORH_LINUX_OVERLAY_H
#define ORH_LINUX_OVERLAY_H

#include <stdbool.h>

#include "core/error.h"

struct overlay_request {
	int proc;   /* the host's /proc; layers are named by its self/fd, so that no host path is
		       visible */
	int rootfs; /* the container's root directory, O_PATH, in the caller's mount namespace */
	int image_mount; /* a detached copy of the root's mount, which contains lower; used only for
			    this overlay */
	int upper_mount; /* the tmpfs, detached */
	int lower;	 /* the image's directory */
	int upper;	 /* two empty directories in the tmpfs */
	int work;
	unsigned flags;	   /* enum mount_flags of the overlay, except FLAG_RO */
	bool userxattr;	   /* use user.overlay.* attributes: in a user namespace */
	const char *label; /* SELinux context, or NULL */
};

/*
 * Makes the overlay, detached. It keeps references to both layers; the caller may close the
 * request's mounts. Changes the caller's working directory. Errors: STATUS_KERNEL if the kernel
 * does not allow another overlay level, or has no overlay filesystem; else STATUS_SYSTEM.
 */
int overlay_make(const struct overlay_request *request, struct error *error, int *ret_mount);

/* The same, in a thread with a new mount namespace, as required before Linux 6.15. Used by
 * overlay_make(). */
int overlay_make_attached(const struct overlay_request *request, struct error *error,
			  int *ret_mount);

#endif
