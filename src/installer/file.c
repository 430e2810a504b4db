/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/memory.h"
#include "linux/output.h"

#define LABEL	 "security.selinux"
#define NEW_NAME ".oci-readonly-hook.new"

int file_label(int fd, struct label *ret_label)
{
	ssize_t length = fgetxattr(fd, LABEL, ret_label->text, sizeof(ret_label->text));

	if (length < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		return -errno;
	ret_label->length = length < 0 ? 0 : (size_t)length;
	return 0;
}

static int fill(const struct new_file *file, int fd, struct error *error)
{
	const struct label *label = file->label;
	int r = output_write(fd, file->text, file->length);

	if (r == 0 && fchmod(fd, file->mode) < 0)
		r = -errno;
	if (r == 0 && label && label->length &&
	    fsetxattr(fd, LABEL, label->text, label->length, 0) < 0)
		return error_set(error, STATUS_PATH, errno,
				 "%" NAME_SHOWN ": cannot be labelled for SELinux", file->path);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? error_set(error, STATUS_PATH, -r, "%" NAME_SHOWN ": cannot be written",
				 file->path)
		     : 0;
}

int file_replace(const struct new_file *file, struct error *error)
{
	AUTO_FD fd = -EBADF;
	int r;

	/* What an interrupted installation left. */
	unlinkat(file->directory, NEW_NAME, 0);
	fd = openat(file->directory, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return error_set(error, STATUS_PATH, errno, "%" NAME_SHOWN ": cannot be created",
				 file->path);
	r = fill(file, fd, error);
	if (r == 0 && (renameat(file->directory, NEW_NAME, file->directory, file->name) < 0 ||
		       fsync(file->directory) < 0))
		r = error_set(error, STATUS_PATH, errno, "%" NAME_SHOWN ": cannot be replaced",
			      file->path);
	if (r < 0)
		unlinkat(file->directory, NEW_NAME, 0);
	return r;
}

int file_remove(int directory, const char *name, const char *path, struct error *error,
		bool *ret_removed)
{
	bool removed = unlinkat(directory, name, 0) == 0;

	if ((!removed && errno != ENOENT) || (removed && fsync(directory) < 0))
		return error_set(error, STATUS_PATH, errno, "%" NAME_SHOWN ": cannot be removed",
				 path);
	*ret_removed = removed;
	return 0;
}
