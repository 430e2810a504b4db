/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a tmpfs that is mounted nowhere yet. */
#ifndef ORH_LINUX_MOUNT_H
#define ORH_LINUX_MOUNT_H

#include "core/error.h"
#include "core/plan.h"

/*
 * Makes the tmpfs of a plan, detached, with all its flags but FLAG_RO. label is the SELinux context
 * that it is to carry, or NULL. Errors: STATUS_KERNEL for an option that this kernel does not know,
 * STATUS_SYSTEM otherwise.
 */
int mount_make_tmpfs(const struct planned_tmpfs *tmpfs, const char *label, struct error *error,
		     int *ret_mount);

#endif
