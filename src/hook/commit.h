/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commit: move_mount and mount_setattr on descriptors that are open already. Nothing is opened,
 * allocated or formatted, and the root's read-only flag comes last.
 */
#ifndef ORH_HOOK_COMMIT_H
#define ORH_HOOK_COMMIT_H

#include "staged.h"

/* Carries out the plan's operations from OP_FIRST_OF_COMMIT on. Errors: STATUS_SYSTEM. */
int commit_plan(struct stage *stage);

#endif
