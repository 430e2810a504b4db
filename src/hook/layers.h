/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A staged tmpfs as the upper layer of an overlay over the image's directory. */
#ifndef ORH_HOOK_LAYERS_H
#define ORH_HOOK_LAYERS_H

#include "staged.h"

/*
 * Puts the overlay in the place of the tmpfs, which is empty. Errors: STATUS_KERNEL if the kernel
 * makes none here, STATUS_SEED, STATUS_SYSTEM; STATUS_BUG if it made a read-only one. After an
 * error, the staged tmpfs is spent.
 */
int layers_overlay(struct stage *stage, size_t index);

#endif
