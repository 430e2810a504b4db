/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether an engine can execute one of our programs, and who else may replace the
 * program. */
#ifndef ORH_TOOL_BINARY_H
#define ORH_TOOL_BINARY_H

#include "diagnosis.h"
#include "tree.h"

struct binary {
	const char *subject; /* the subject of the findings */
	const char *path;    /* absolute path in the tree */
	const char *namer;   /* the file that names it */
	const char *missing; /* the consequence if it does not exist, in words */
	const char *failing; /* the consequence if it cannot be executed */
};

/* Adds a finding for each reason why the program cannot be executed or trusted. Returns whether it
 * can be executed. */
bool binary_judge(const struct tree *tree, const struct binary *binary, struct diagnoses *findings);

/* Adds a problem if a user other than root may change a file, or the directory that contains it. */
void binary_judge_writers(const struct tree *tree, const char *subject, const char *path,
			  struct diagnoses *findings);

#endif
