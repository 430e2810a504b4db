/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

static int look_at_self(struct error *error, struct stat *ret_self)
{
	if (stat(SELF, ret_self) < 0)
		return error_set(error, STATUS_SYSTEM, errno,
				 "/proc/self/exe: cannot be inspected");
	return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Returns 0, or a negative errno if the path is not a usable program. */
static int look_at(const char *path, struct stat *ret_st)
{
	if (stat(path, ret_st) < 0 || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -errno;
	return S_ISREG(ret_st->st_mode) ? 0 : -EINVAL;
}

/* Returns the index after the directory that contains this program under that name; 0 if there is
 * none. */
static size_t first_directory(const char *name, const char *const directories[], size_t count)
{
	char self[PATH_MAX], path[PATH_MAX];
	ssize_t length = readlink(SELF, self, sizeof(self) - 1);

	self[length < 0 ? 0 : length] = '\0';
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (strcmp(path, self) == 0)
			return i + 1;
	}
	return 0;
}

int program_find(const char *name, const char *const directories[], size_t count,
		 struct error *error, char ret_path[static PATH_MAX])
{
	struct stat self, st;
	char path[PATH_MAX];
	int r;

	r = look_at_self(error, &self);
	if (r < 0)
		return r;
	for (size_t i = first_directory(name, directories, count); i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (look_at(path, &st) == 0 && !is_same(&st, &self)) {
			memcpy(ret_path, path, sizeof(path));
			return 0;
		}
	}
	return error_set(
		error, STATUS_SYSTEM, 0,
		"runtime: there is no %s in the system's directories, /usr/sbin and others", name);
}

int program_check(const char *path, struct error *error)
{
	struct stat self, st;
	int r;

	if (path[0] != '/')
		return error_set(error, STATUS_OPTIONS, 0,
				 "runtime '%" NAME_SHOWN "': is not an absolute path", path);
	r = look_at(path, &st);
	if (r < 0)
		return error_set(error, STATUS_OPTIONS, -r,
				 "runtime %" NAME_SHOWN ": cannot be executed", path);
	r = look_at_self(error, &self);
	if (r < 0)
		return r;
	if (is_same(&st, &self))
		return error_set(error, STATUS_OPTIONS, 0,
				 "runtime %" NAME_SHOWN ": is this program itself", path);
	return 0;
}
