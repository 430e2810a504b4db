/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether one hooks file, or one hook of a config.json, calls our programs as it should. */
#ifndef ORH_TOOL_REGISTRATION_H
#define ORH_TOOL_REGISTRATION_H

#include "diagnosis.h"
#include "hooksfile.h"
#include "tree.h"

/* Judges a hooks file, and says what it calls; PROGRAM_OTHER if it is not there, or is wrong. */
enum hooks_program registration_judge(const struct tree *tree, const char *path,
				      struct diagnoses *findings);

/* The same of a hook of stage, which file has among an OCI config.json's "hooks". */
enum hooks_program registration_judge_hook(const struct tree *tree, const char *subject,
					   const char *file, const char *stage,
					   struct json_object *hook, struct diagnoses *findings);

#endif
