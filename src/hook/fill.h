/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creates a tmpfs and fills it before it is attached. */
#ifndef ORH_HOOK_FILL_H
#define ORH_HOOK_FILL_H

#include "staged.h"

/*
 * Creates the tmpfs and fills it according to its entry's seed. If the seed does not fit, the error
 * gives the required and the available size. Errors: STATUS_SEED, and those of mount_make_tmpfs().
 */
int fill_tmpfs(struct stage *stage, size_t index);

#endif
