/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds mistakes that are visible in the whole object only, or that matter to some engines only. */
#ifndef ORH_TOOL_PODLINT_H
#define ORH_TOOL_PODLINT_H

#include "finding.h"
#include "pod.h"

/* The file that contains the objects. */
struct pod_source {
	const char *file;
	const char *text;
	size_t length;
};

/* Adds findings about a pod's annotations as written: where they are, and how YAML interprets them.
 * Returns 0 or -ENOMEM. */
int podlint_add(const struct pod_source *source, const struct pod *pod, struct findings *findings);

#endif
