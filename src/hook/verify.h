/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verify: the mount table is read again and compared with the plan. */
#ifndef ORH_HOOK_VERIFY_H
#define ORH_HOOK_VERIFY_H

#include "staged.h"

/* Errors: facts_read_table()'s, and STATUS_BUG. */
int verify_plan(struct stage *stage);

#endif
