/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes that only the whole object shows, and what only some engines mind. */
#ifndef ORH_TOOL_PODLINT_H
#define ORH_TOOL_PODLINT_H

#include "finding.h"
#include "pod.h"

/* The file that objects are in. */
struct pod_source {
	const char *file;
	const char *text;
	size_t length;
};

/* Adds to the findings what is wrong with a pod's annotations before any is understood: where they
 * are, and what YAML makes of them. Returns 0 or -ENOMEM. */
int podlint_add(const struct pod_source *source, const struct pod *pod, struct findings *findings);

#endif
