/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remarks on standard error about what is suggested: why, and what was left out. */
#ifndef ORH_TOOL_REASONS_H
#define ORH_TOOL_REASONS_H

#include "needs.h"

/* What nobody should miss: what was left out and may be needed, and what deserves a second look. */
void reasons_remark(const char *command, const struct record *record, const struct needs *needs);

/* For each directory, the traces that it is needed for; how much the engine's own was. */
void reasons_explain(const char *command, const struct record *record, const struct needs *needs);

#endif
