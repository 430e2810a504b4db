/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mount.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "context.h"
#include "sys.h"

static int set_number(int context, const char *key, uint64_t value, struct error *error)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return context_set(context, key, text, error);
}

static int configure(int context, const struct planned_tmpfs *tmpfs, const char *label,
		     struct error *error)
{
	const struct tmpfs_entry *entry = tmpfs->entry;
	int r;

	r = context_set(context, "source", MOUNT_SOURCE, error);
	if (r == 0 && tmpfs->size)
		r = set_number(context, "size", tmpfs->size, error);
	if (r == 0 && tmpfs->inodes)
		r = set_number(context, "nr_inodes", tmpfs->inodes, error);
	if (r == 0 && huge_name(entry->huge))
		r = context_set(context, "huge", huge_name(entry->huge), error);
	if (r == 0 && label)
		r = context_set(context, "context", label, error);
	if (r < 0 || !(entry->given & GIVEN_NOSWAP))
		return r;
	return context_flag(context, "noswap", error);
}

int mount_make_tmpfs(const struct planned_tmpfs *tmpfs, const char *label, struct error *error,
		     int *ret_mount)
{
	AUTO_FD context = sys_fsopen("tmpfs");
	int fd;
	int r;

	if (context < 0)
		return error_set(error, STATUS_SYSTEM, -context,
				 "a tmpfs cannot be created (fsopen)");
	r = configure(context, tmpfs, label, error);
	if (r < 0)
		return r;
	r = sys_fsconfig_create(context);
	if (r < 0)
		return context_refused(context, -r, "its options", "", error);
	fd = sys_fsmount(context, tmpfs->entry->flags & ~(unsigned)FLAG_RO);
	if (fd == -EINVAL && (tmpfs->entry->flags & FLAG_NOSYMFOLLOW))
		return error_set(error, STATUS_KERNEL, EINVAL,
				 "nosymfollow: this kernel does not support it (Linux 5.14)");
	if (fd < 0)
		return error_set(error, STATUS_SYSTEM, -fd, "a tmpfs cannot be mounted (fsmount)");
	*ret_mount = fd;
	return 0;
}
