/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explains suggestions on standard error: the reasons, and what was left out. */
#ifndef ORH_TOOL_REASONS_H
#define ORH_TOOL_REASONS_H

#include "needs.h"

/* Prints the important remarks: what was left out but may be needed, and what should be
 * reviewed. */
void reasons_remark(const char *command, const struct record *record, const struct needs *needs);

/* Prints the traces that require each directory, and how many were caused by the engine. */
void reasons_explain(const char *command, const struct record *record, const struct needs *needs);

#endif
