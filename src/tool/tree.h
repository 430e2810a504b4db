/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the files of a host: of this one, or of a tree to be installed on one. */
#ifndef ORH_TOOL_TREE_H
#define ORH_TOOL_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/memory.h"

/* The maximum number of files in a directory, more than any configuration has. */
#define TREE_NAMES_MAX 4096

/* The maximum size of a file in bytes, more than any configuration file has. */
#define TREE_FILE_MAX (1024 * 1024)

#define TREE_LABEL_MAX 256

/* A list of owned strings. */
struct name_list {
	char **items;
	size_t count;
	size_t capacity;
};

void names_done(struct name_list *names);

#define AUTO_NAMES CLEANUP(names_done) struct name_list

/* Adds a copy. Returns 0 or -ENOMEM. */
int names_add(struct name_list *names, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* Adds a copy of a directory's path, without trailing slashes. */
int names_add_dir(struct name_list *names, const char *path);

bool names_have(const struct name_list *names, const char *name);

struct tree {
	int fd;		 /* its root directory, O_PATH */
	bool is_host;	 /* it is this host, so its programs may be run */
	bool has_labels; /* SELinux labels are checked: SELinux is enabled, or this is not the host
			  */
	uid_t owner;	 /* the root directory's owner, who is treated like root */
};

void tree_done(struct tree *tree);

#define AUTO_TREE CLEANUP(tree_done) struct tree

/* Opens a tree, or this host if root is NULL. Errors: STATUS_INPUT. */
int tree_open(const char *root, struct error *error, struct tree *ret_tree);

/*
 * Paths are resolved in the tree: ".." and symlinks cannot leave it. The following functions return
 * 0 or -errno: -EINVAL for a file that is not regular, -EFBIG for one with more than max bytes, and
 * -E2BIG for a directory with more than TREE_NAMES_MAX files.
 */
int tree_stat(const struct tree *tree, const char *path, struct stat *ret_stat);
int tree_read(const struct tree *tree, const char *path, size_t max, char **ret_text,
	      size_t *ret_length);

/* Lists the names in a directory that end in a suffix, also hidden ones, sorted by bytes. */
int tree_list(const struct tree *tree, const char *path, const char *suffix,
	      struct name_list *ret_names);

/* Gets the SELinux label of a file. -ENODATA or -EOPNOTSUPP if it has none, or if labels are not
 * checked. */
int tree_label(const struct tree *tree, const char *path, char ret_label[static TREE_LABEL_MAX]);

bool tree_has(const struct tree *tree, const char *path);

/* Finds a program of this name in the first of the directories that has one; the array ends with
 * NULL. Returns "DIR/NAME", which the caller frees; NULL if there is none. */
char *tree_program(const struct tree *tree, const char *const directories[], const char *name);

/* Describes who besides root may change a file or a directory: "it belongs to user 7"; "" if nobody
 * may. The tree's owner is treated like root. */
void tree_writer(const struct tree *tree, const struct stat *st, char buffer[static 64]);

#endif
