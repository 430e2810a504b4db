/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills one of the engine's tmpfs in place: --seed-tmpfs. The caller is in the container's mount
 * namespace: only there does the kernel keep mount points from being removed and renamed.
 */
#ifndef ORH_HOOK_INPLACE_H
#define ORH_HOOK_INPLACE_H

#include "staged.h"

/* Opens the tmpfs and the image's directory, and decides whether the tmpfs is to be left alone.
 * Changes nothing. Errors: STATUS_PATH, STATUS_SEED, STATUS_SYSTEM. */
int inplace_open(struct stage *stage, size_t index);

/* Fills the tmpfs, unless it is to be left alone. Errors: STATUS_SEED. */
int inplace_fill(struct stage *stage, size_t index);

#endif
