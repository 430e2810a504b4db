/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an engine can execute one of our programs, and who else may replace it. */
#ifndef ORH_TOOL_BINARY_H
#define ORH_TOOL_BINARY_H

#include "diagnosis.h"
#include "tree.h"

struct binary {
	const char *subject; /* of the findings */
	const char *path;    /* absolute, in the tree */
	const char *namer;   /* the file that names it */
	const char *missing; /* what comes of it if it is not there, in words */
	const char *failing; /* what comes of it if it cannot be executed */
};

/* Adds what keeps it from being executed, or from being trusted. Returns whether it can be
 * executed. */
bool binary_judge(const struct tree *tree, const struct binary *binary, struct diagnoses *findings);

/* Adds a problem if somebody besides root may change a file, or the directory that it is in. */
void binary_judge_writers(const struct tree *tree, const char *subject, const char *path,
			  struct diagnoses *findings);

#endif
