/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks oci-readonly-runc and oci-readonly-crun, which Docker and containerd call. */
#ifndef ORH_TOOL_WRAPPER_H
#define ORH_TOOL_WRAPPER_H

#include <stdbool.h>

#include "diagnosis.h"
#include "tree.h"

/* Is the program at path one of them? */
bool wrapper_is_ours(const char *path);

/* Judges a wrapper that the configuration file namer names: the program itself, the hooks file that
 * it reads, and the runtime that it executes. A program without a slash is searched for in PATH.
 * Returns whether all three exist. */
bool wrapper_judge(const struct tree *tree, const char *subject, const char *namer,
		   const char *program, struct diagnoses *findings);

#endif
