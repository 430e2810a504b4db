/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds and reads the bundle's config.json. */
#ifndef ORH_LINUX_CONFIG_H
#define ORH_LINUX_CONFIG_H

#include "core/bundle.h"
#include "core/error.h"
#include "core/state.h"

/*
 * Reads config.json from the state's bundle. crun 1.8.1 to 1.29.1 reports "/" as the bundle of a
 * container with a user namespace and devices. In that case crun's copy, next to its state, is
 * read, and the state's root is the rootfs. Errors: STATUS_INPUT.
 */
int config_load(const struct state *state, struct error *error, struct bundle *ret_bundle);

#endif
