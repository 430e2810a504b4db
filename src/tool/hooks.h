/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the hooks files of a host, as podman and CRI-O read them. */
#ifndef ORH_TOOL_HOOKS_H
#define ORH_TOOL_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnosis.h"
#include "tree.h"

/* The directory that engines read if their configuration names none. */
#define HOOKS_DIR_DEFAULT "/usr/share/containers/oci/hooks.d"

/* The directory for operators' files. */
#define HOOKS_DIR_ETC "/etc/containers/oci/hooks.d"

/* How an engine finds its hooks files. */
struct hooks_reader {
	const char *subject; /* "podman" */
	const char *config;  /* the file and table in which a directory can be added */
	const char *table;
	bool is_known;	       /* its configuration could be read */
	struct name_list dirs; /* in the engine's order: of two files with one name, the later one
				  is in effect */
};

/* Judges the hooks files that the engines read, and reports those that they do not read. more are
 * directories to search in addition to the well-known ones. */
void hooks_judge(const struct tree *tree, const struct hooks_reader *readers, size_t count,
		 const struct name_list *more, struct diagnoses *findings);

#endif
