/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage: opens the targets and the mounts to keep, and creates and fills each tmpfs, on detached
 * mounts only. If it fails or is killed, the kernel closes the descriptors, and the container is
 * unchanged except for directories that were created, and for the engine's tmpfs that are filled in
 * place, which is done last.
 */
#ifndef ORH_HOOK_STAGE_H
#define ORH_HOOK_STAGE_H

#include "staged.h"

/* Carries out the plan's operations before OP_FIRST_OF_COMMIT. Errors: STATUS_PATH, STATUS_SEED,
 * STATUS_KERNEL, STATUS_SYSTEM. */
int stage_plan(struct stage *stage);

#endif
