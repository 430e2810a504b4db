/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commit: move_mount and mount_setattr on descriptors that are already open. Nothing is opened,
 * allocated or formatted. The root is made read-only last. */
#ifndef ORH_HOOK_COMMIT_H
#define ORH_HOOK_COMMIT_H

#include "staged.h"

/* Carries out the plan's operations from OP_FIRST_OF_COMMIT on. Errors: STATUS_SYSTEM. */
int commit_plan(struct stage *stage);

#endif
