/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verify: reads the mount table again and compares it with the plan. */
#ifndef ORH_HOOK_VERIFY_H
#define ORH_HOOK_VERIFY_H

#include "staged.h"

/* Errors: STATUS_BUG, and those of facts_read_table(). */
int verify_plan(struct stage *stage);

#endif
