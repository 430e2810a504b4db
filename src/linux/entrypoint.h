/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file the container's process starts with. */
#ifndef ORH_LINUX_ENTRYPOINT_H
#define ORH_LINUX_ENTRYPOINT_H

#include "core/bundle.h"
#include "resolve.h"

/*
 * Finds what process.args[0] is in the root, by process.cwd and PATH as the runtime does, but for
 * whether it may be run. It is looked for within a budget of its own, and for a warning alone: what
 * is not found leaves ret_program's path NULL. Errors: out of memory.
 */
int entrypoint_find(const struct rootfs *rootfs, const struct bundle *bundle, struct error *error,
		    struct target *ret_program);

#endif
