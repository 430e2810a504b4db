/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "core/path.h"
#include "linux/sys.h"

#define DIRECTORY_MODE 0755

/* More than a path has components. */
#define DEPTH_MAX 4096

int directory_open_host(const char *path, struct error *error, int *ret_fd)
{
	AUTO_FD fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_set(error, STATUS_PATH, errno,
				 "%" NAME_SHOWN ": mount the host's root directory there", path);
	if (fstatat(fd, "etc", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set(error, STATUS_PATH, errno,
				 "%" NAME_SHOWN
				 ": has no /etc: mount the host's root directory there",
				 path);
	*ret_fd = take_fd(&fd);
	return 0;
}

static int judge_writers(const struct stat *st, const char *path, struct error *error)
{
	if (st->st_uid != 0)
		return error_set(error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": it or a directory above it belongs to user %u, "
				 "who could replace the hook; root must own them",
				 path, (unsigned)st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return error_set(error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": it or a directory above it has mode %04o: "
				 "others than root could replace the hook",
				 path, (unsigned)(st->st_mode & 07777));
	return 0;
}

/* Judges a directory and all above it, by their parents: symlinks on the way do not matter. */
static int judge(int host, int fd, const char *path, struct error *error)
{
	AUTO_FD at = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct stat root, st;

	if (at < 0 || fstat(host, &root) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "%" NAME_SHOWN, path);
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		int up;
		int r;

		if (fstat(at, &st) < 0)
			return error_set(error, STATUS_SYSTEM, errno, "%" NAME_SHOWN, path);
		r = judge_writers(&st, path, error);
		if (r < 0)
			return r;
		if (st.st_dev == root.st_dev && st.st_ino == root.st_ino)
			return 0;
		up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (up < 0)
			return error_set(error, STATUS_SYSTEM, errno, "%" NAME_SHOWN, path);
		close_fd(&at);
		at = up;
	}
	return error_set(error, STATUS_PATH, ELOOP, "%" NAME_SHOWN ": too deep", path);
}

/* Creates the last component of path, a directory, in the directory above it. */
static int make_directory(int host, int above, const char *path, struct error *error)
{
	int r = judge(host, above, path, error);

	if (r < 0)
		return r;
	if (mkdirat(above, strrchr(path, '/') + 1, DIRECTORY_MODE) < 0)
		return error_set(error, STATUS_PATH, errno, "%" NAME_SHOWN ": cannot be created",
				 path);
	return 0;
}

static int open_rooted(int host, const char *path, int flags)
{
	return sys_openat2(host, path, flags | O_DIRECTORY, 0, RESOLVE_ROOTED);
}

/* Creates what is missing of path, from the top. */
static int make_missing(int host, const char *path, struct error *error)
{
	char prefix[PATH_LENGTH_MAX + 1];
	AUTO_FD above = fcntl(host, F_DUPFD_CLOEXEC, 0);
	const char *rest = path;
	size_t length;

	if (above < 0)
		return error_set(error, STATUS_SYSTEM, errno, "%" NAME_SHOWN, path);
	while (path_next(&rest, &length)) {
		int fd;

		snprintf(prefix, sizeof(prefix), "%.*s", (int)(rest - path), path);
		fd = open_rooted(host, prefix, O_PATH);
		if (fd == -ENOENT) {
			int r = make_directory(host, above, prefix, error);

			if (r < 0)
				return r;
			fd = open_rooted(host, prefix, O_PATH);
		}
		if (fd < 0)
			return error_set(error, STATUS_PATH, -fd, "%" NAME_SHOWN, prefix);
		close_fd(&above);
		above = fd;
	}
	return 0;
}

int directory_open(int host, const char *path, bool make, struct error *error, int *ret_fd)
{
	AUTO_FD fd = -EBADF;
	int r = make ? make_missing(host, path, error) : 0;

	if (r < 0)
		return r;
	fd = open_rooted(host, path, O_RDONLY);
	if (fd == -ENOENT && !make) {
		*ret_fd = -EBADF;
		return 0;
	}
	if (fd < 0)
		return error_set(error, STATUS_PATH, -fd, "%" NAME_SHOWN ": cannot be opened",
				 path);
	r = judge(host, fd, path, error);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}
