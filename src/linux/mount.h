/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a detached tmpfs. */
#ifndef ORH_LINUX_MOUNT_H
#define ORH_LINUX_MOUNT_H

#include "core/error.h"
#include "core/plan.h"

/*
 * Makes a tmpfs of the plan, detached, with all its flags except FLAG_RO. label is its SELinux
 * context, or NULL. Errors: STATUS_KERNEL for an option that this kernel does not know, else
 * STATUS_SYSTEM.
 */
int mount_make_tmpfs(const struct planned_tmpfs *tmpfs, const char *label, struct error *error,
		     int *ret_mount);

#endif
