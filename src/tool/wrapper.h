/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly-runc and oci-readonly-crun, as Docker and containerd call them. */
#ifndef ORH_TOOL_WRAPPER_H
#define ORH_TOOL_WRAPPER_H

#include <stdbool.h>

#include "diagnosis.h"
#include "tree.h"

/* Is the program of a path one of them? */
bool wrapper_is_ours(const char *path);

/* Judges one that a configuration file names: the program itself, the hooks file that it takes the
 * hook from, and the runtime that it becomes. A path without a slash is looked for as by PATH. */
void wrapper_judge(const struct tree *tree, const char *subject, const char *namer,
		   const char *path, struct diagnoses *findings);

#endif
