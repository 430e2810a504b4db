/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lexical paths, by component: nothing here looks at a filesystem. An absolute path in normal form
 * begins with "/", has no empty, "." or ".." component and no slash at its end, but for "/" itself.
 */
#ifndef ORH_CORE_PATH_H
#define ORH_CORE_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* The longest path the hook takes, without its NUL, and the longest component: the kernel's own
 * limits. */
#define PATH_LENGTH_MAX	   4095
#define PATH_COMPONENT_MAX 255

/*
 * The next component of *path: skips slashes, returns its start, sets ret_length and moves *path
 * behind it. NULL at the end, and ret_length is then 0.
 */
const char *path_next(const char **path, size_t *ret_length);

/* Both in normal form: is path dir itself or below it? "/runner" is not below "/run". */
bool path_is_below(const char *path, const char *dir);

/*
 * Both in normal form, path is dir or below it: what is left of path, without a leading slash; ""
 * if they are the same.
 */
const char *path_below(const char *path, const char *dir);

/* Is path absolute and in normal form? */
bool path_is_normal(const char *path);

/*
 * "dir/name" in new memory, in normal form if dir is; dir may be "/". name may be empty: a copy of
 * dir. Returns 0, -ENOMEM, or -ENAMETOOLONG.
 */
int path_join(const char *dir, const char *name, size_t name_length, char **ret_path);

/* Is a directory's name of itself or of the one above: "." or ".."? */
bool path_is_dot(const char *name);

/* Cuts the last component off a path in normal form; "/" stays. */
void path_cut(char *path);

#endif
