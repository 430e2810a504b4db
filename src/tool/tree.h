/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a host: of this one, or of a tree that may become one. */
#ifndef ORH_TOOL_TREE_H
#define ORH_TOOL_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/memory.h"

/* More files in one directory than any configuration has. */
#define TREE_NAMES_MAX 4096

/* More than any configuration file has. */
#define TREE_FILE_MAX (1024 * 1024)

#define TREE_LABEL_MAX 256

/* Texts that are owned. */
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

/* Adds a copy of a directory's path, without slashes at its end. */
int names_add_dir(struct name_list *names, const char *path);

bool names_have(const struct name_list *names, const char *name);

struct tree {
	int fd;		 /* its root directory, O_PATH */
	bool is_host;	 /* it is this host, whose programs may be run */
	bool has_labels; /* SELinux labels count: it is active, or this is not the host */
	uid_t owner;	 /* of the root directory: what root owns on a host may be this user's */
};

void tree_done(struct tree *tree);

#define AUTO_TREE CLEANUP(tree_done) struct tree

/* Opens a tree; root is NULL for this host. Errors: STATUS_INPUT. */
int tree_open(const char *root, struct error *error, struct tree *ret_tree);

/*
 * Paths are resolved in the tree: neither ".." nor a link leads out of it. All return 0 or -errno.
 * A file that is not a regular one is -EINVAL, one of more than max bytes -EFBIG, and a
 * directory of more than TREE_NAMES_MAX files -E2BIG.
 */
int tree_stat(const struct tree *tree, const char *path, struct stat *ret_stat);
int tree_read(const struct tree *tree, const char *path, size_t max, char **ret_text,
	      size_t *ret_length);

/* The names in a directory that end in a suffix, in the order of their bytes; hidden ones too. */
int tree_list(const struct tree *tree, const char *path, const char *suffix,
	      struct name_list *ret_names);

/* The SELinux label of a file; -ENODATA or -EOPNOTSUPP if it has none, also if labels do not
 * count. */
int tree_label(const struct tree *tree, const char *path, char ret_label[static TREE_LABEL_MAX]);

bool tree_has(const struct tree *tree, const char *path);

/* The first of the directories, which end with NULL, that has a program of this name, as
 * "DIR/NAME"; NULL if none has. The caller frees it. */
char *tree_program(const struct tree *tree, const char *const directories[], const char *name);

/*
 * Who besides root may change a file or a directory, in words: "it belongs to user 7"; "" if nobody
 * may. The owner of the tree counts as root.
 */
void tree_writer(const struct tree *tree, const struct stat *st, char buffer[static 64]);

#endif
