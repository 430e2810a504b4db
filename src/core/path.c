/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *path_next(const char **path, size_t *ret_length)
{
	const char *start = *path + strspn(*path, "/");

	*ret_length = strcspn(start, "/");
	*path = start + *ret_length;
	return *ret_length ? start : NULL;
}

bool path_is_below(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	if (length == 1)
		return true;
	return !strncmp(path, dir, length) && (path[length] == '/' || !path[length]);
}

const char *path_below(const char *path, const char *dir)
{
	path += strlen(dir);
	return *path == '/' ? path + 1 : path;
}

bool path_is_normal(const char *path)
{
	const char *at = path;

	if (*at != '/')
		return false;
	if (!at[1])
		return true;
	while (*at) {
		size_t length = strcspn(++at, "/");

		if (!length || (length == 1 && at[0] == '.') ||
		    (length == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += length;
	}
	return true;
}

int path_join(const char *dir, const char *name, size_t name_length, char **ret_path)
{
	size_t dir_length = strlen(dir);
	bool slash = name_length && dir_length != 1;
	char *path;

	if (name_length > PATH_LENGTH_MAX || dir_length + slash + name_length > PATH_LENGTH_MAX)
		return -ENAMETOOLONG;
	path = malloc(dir_length + slash + name_length + 1);
	if (!path)
		return -ENOMEM;
	memcpy(path, dir, dir_length);
	if (slash)
		path[dir_length++] = '/';
	memcpy(path + dir_length, name, name_length);
	path[dir_length + name_length] = '\0';
	*ret_path = path;
	return 0;
}

bool path_is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

void path_cut(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		slash[slash == path] = '\0';
}
