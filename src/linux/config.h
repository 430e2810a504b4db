/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and reading the bundle's config.json. */
#ifndef ORH_LINUX_CONFIG_H
#define ORH_LINUX_CONFIG_H

#include "core/bundle.h"
#include "core/error.h"
#include "core/state.h"

/*
 * Reads config.json of the state's bundle. Where crun says "/" for the bundle (1.8.1 to 1.29.1,
 * with a user namespace and devices), crun's own copy beside its state is read, and the state's
 * root is the rootfs. Errors: STATUS_INPUT.
 */
int config_load(const struct state *state, struct error *error, struct bundle *ret_bundle);

#endif
