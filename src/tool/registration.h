/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether one hooks file, or one hook of a config.json, calls our programs correctly. */
#ifndef ORH_TOOL_REGISTRATION_H
#define ORH_TOOL_REGISTRATION_H

#include "diagnosis.h"
#include "hooksfile.h"
#include "tree.h"

/* Judges a hooks file, and returns the program that it calls; PROGRAM_OTHER if the file is missing
 * or invalid. */
enum hooks_program registration_judge(const struct tree *tree, const char *path,
				      struct diagnoses *findings);

/* The same for a hook of a stage, in the "hooks" of the OCI config.json named file. */
enum hooks_program registration_judge_hook(const struct tree *tree, const char *subject,
					   const char *file, const char *stage,
					   struct json_object *hook, struct diagnoses *findings);

#endif
