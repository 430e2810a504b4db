/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage: targets and mounts to keep are opened, each tmpfs is made and filled, on detached mounts
 * only. If it fails or is killed, the kernel drops the descriptors, and the container is as it was,
 * except for directories that were made.
 */
#ifndef ORH_HOOK_STAGE_H
#define ORH_HOOK_STAGE_H

#include "staged.h"

/* Carries out the plan's operations before OP_FIRST_OF_COMMIT. Errors: STATUS_PATH, STATUS_SEED,
 * STATUS_KERNEL, STATUS_SYSTEM. */
int stage_plan(struct stage *stage);

#endif
