/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a tmpfs and filling it, before anybody sees it. */
#ifndef ORH_HOOK_FILL_H
#define ORH_HOOK_FILL_H

#include "staged.h"

/*
 * Makes the tmpfs and fills it by its entry's seed. A seed that does not fit is told with what it
 * needs and what there is. Errors: STATUS_SEED, and mount_make_tmpfs()'s.
 */
int fill_tmpfs(struct stage *stage, size_t index);

#endif
