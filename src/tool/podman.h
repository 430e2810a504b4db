/* SPDX-License-Identifier: GPL-2.0-or-later */
/* podman: its release, and where it looks for hooks files. */
#ifndef ORH_TOOL_PODMAN_H
#define ORH_TOOL_PODMAN_H

#include "diagnosis.h"
#include "hooks.h"
#include "tree.h"

/* Whose podman: the caller's, on a host; root's, in a tree. */
struct podman_user {
	uid_t uid;
	const char *config_home; /* the user's directory of configuration; NULL if there is none */
	/* What the environment says to read instead of all files, and after them: absolute paths,
	 * or NULL. */
	const char *only;
	const char *override;
};

/*
 * Judges podman, if it is there: ret_reader is then how it finds its hooks files, and its dirs are
 * the caller's to names_done(). Returns whether it is there.
 */
bool podman_judge(const struct tree *tree, const struct podman_user *user,
		  struct diagnoses *findings, struct hooks_reader *ret_reader);

#endif
