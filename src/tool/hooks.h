/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks files of a host, as podman and CRI-O read them. */
#ifndef ORH_TOOL_HOOKS_H
#define ORH_TOOL_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnosis.h"
#include "tree.h"

/* Where engines look if their configuration names no directory. */
#define HOOKS_DIR_DEFAULT "/usr/share/containers/oci/hooks.d"

/* Where operators put theirs. */
#define HOOKS_DIR_ETC "/etc/containers/oci/hooks.d"

/* How an engine finds its hooks files. */
struct hooks_reader {
	const char *subject; /* "podman" */
	const char *config;  /* where to name a directory: a file, and its table */
	const char *table;
	bool is_known;	       /* its configuration could be read */
	struct name_list dirs; /* in its order: of two files with one name, the later counts */
};

/*
 * Judges the hooks files that the engines read, and finds those that they do not read. more are
 * directories to look for such in besides the well-known ones.
 */
void hooks_judge(const struct tree *tree, const struct hooks_reader *readers, size_t count,
		 const struct name_list *more, struct diagnoses *findings);

#endif
