/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A staged tmpfs as the upper layer of an overlay over the image's directory. */
#ifndef ORH_HOOK_LAYERS_H
#define ORH_HOOK_LAYERS_H

#include "staged.h"

/*
 * Replaces the tmpfs, which is empty, by the overlay. Errors: STATUS_KERNEL if the kernel cannot
 * make an overlay here, STATUS_SEED, STATUS_SYSTEM; STATUS_BUG if the overlay is read-only. After
 * an error, the staged tmpfs cannot be used any more.
 */
int layers_overlay(struct stage *stage, size_t index);

#endif
