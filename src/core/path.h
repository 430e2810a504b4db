/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lexical operations on paths; none of them accesses a filesystem. An absolute path in normal form
 * begins with "/" and has no empty, "." or ".." component. Only "/" itself ends with a slash. */
#ifndef ORH_CORE_PATH_H
#define ORH_CORE_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* The kernel's limits: the longest path, without its NUL, and the longest component. */
#define PATH_LENGTH_MAX	   4095
#define PATH_COMPONENT_MAX 255

/* Returns the start of the next component of *path, after any slashes. Sets ret_length, and moves
 * *path past the component. At the end, returns NULL and sets ret_length to 0. */
const char *path_next(const char **path, size_t *ret_length);

/* Is path equal to dir or below it? Both are in normal form. "/runner" is not below "/run". */
bool path_is_below(const char *path, const char *dir);

/* The part of path below dir, without a leading slash; "" if they are equal. Both are in normal
 * form, and path is equal to dir or below it. */
const char *path_below(const char *path, const char *dir);

/* Is path absolute and in normal form? */
bool path_is_normal(const char *path);

/* Allocates "dir/name", which is in normal form if dir is. dir may be "/". An empty name gives a
 * copy of dir. Returns 0, -ENOMEM, or -ENAMETOOLONG. */
int path_join(const char *dir, const char *name, size_t name_length, char **ret_path);

/* Is it "." or ".."? */
bool path_is_dot(const char *name);

/* Removes the last component of a path in normal form; "/" is unchanged. */
void path_cut(char *path);

#endif
