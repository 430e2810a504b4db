/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Warns about values that the hook accepts, but that are probably mistakes. */
#ifndef ORH_TOOL_ADVICE_H
#define ORH_TOOL_ADVICE_H

#include "judge.h"

/* Adds warnings to the findings: paths that look like files, and values that podman before 5.0
 * splits. Returns 0 or -ENOMEM. */
int advice_add(const struct judge *judge, const struct subject *subject,
	       const struct verdict *verdict, struct findings *findings);

#endif
