/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the file that the container's process starts with. */
#ifndef ORH_LINUX_ENTRYPOINT_H
#define ORH_LINUX_ENTRYPOINT_H

#include "core/bundle.h"
#include "resolve.h"

/*
 * Finds process.args[0] in the root, using process.cwd and PATH as the runtime does, but without
 * checking that it is executable. The search has a separate budget, and the result is only used for
 * a warning. If the file is not found, ret_program's path is NULL. Errors: out of memory.
 */
int entrypoint_find(const struct rootfs *rootfs, const struct bundle *bundle, struct error *error,
		    struct target *ret_program);

#endif
