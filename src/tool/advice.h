/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hook takes, and a person would not. */
#ifndef ORH_TOOL_ADVICE_H
#define ORH_TOOL_ADVICE_H

#include "judge.h"

/*
 * Adds to the findings: paths that are named like files, values that podman before 5.0 splits.
 * Returns 0 or -ENOMEM.
 */
int advice_add(const struct judge *judge, const struct subject *subject,
	       const struct verdict *verdict, struct findings *findings);

#endif
