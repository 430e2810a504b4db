/* SPDX-License-Identifier: GPL-2.0-or-later */
/* containerd: checks whether a runtime of its CRI plugin calls the hook, and passes annotations
 * on. */
#ifndef ORH_TOOL_CONTAINERD_H
#define ORH_TOOL_CONTAINERD_H

#include <stdbool.h>

#include "diagnosis.h"
#include "tree.h"

/*
 * Judges containerd, if it is installed. is_kubernetes says whether its CRI plugin is likely to be
 * used: if not, a missing configuration is not a problem. Returns whether containerd is installed.
 */
bool containerd_judge(const struct tree *tree, bool is_kubernetes, struct diagnoses *findings);

/* Go's path.Match(): "*" and "?" do not match "/". */
bool containerd_glob_matches(const char *glob, const char *key);

#endif
