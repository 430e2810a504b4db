/* SPDX-License-Identifier: GPL-2.0-or-later */
/* podman: finds its release, and the directories that it reads hooks files from. */
#ifndef ORH_TOOL_PODMAN_H
#define ORH_TOOL_PODMAN_H

#include "diagnosis.h"
#include "hooks.h"
#include "tree.h"

/* The user whose podman is examined: on a host the caller, in a tree root. */
struct podman_user {
	uid_t uid;
	const char *config_home; /* the user's configuration directory, or NULL */
	/* Absolute paths from the environment, or NULL: the file to read instead of all others, and
	 * the one to read after all others. */
	const char *only;
	const char *override;
};

/* Judges podman, if it is installed. ret_reader then says how it finds its hooks files; the caller
 * calls names_done() for its dirs. Returns whether podman is installed. */
bool podman_judge(const struct tree *tree, const struct podman_user *user,
		  struct diagnoses *findings, struct hooks_reader *ret_reader);

#endif
