/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where config.json's mounts and devices are in the container. */
#ifndef ORH_CORE_GIVEN_H
#define ORH_CORE_GIVEN_H

#include "plan.h"

/* Does the plan need to know where config.json's mounts and devices are? Uses only the mount table
 * and the targets, which the facts already contain. */
bool given_is_needed(const struct policy *policy, const struct plan_facts *facts);

/* Will the innermost of config.json's mounts that contains the path be read-only? */
bool given_is_readonly(const struct plan_facts *facts, const char *path);

/*
 * The tmpfs that config.json puts at a target. The hook may replace or fill it: the last of
 * config.json's mounts there is a tmpfs, and an entire tmpfs that was made for this container is
 * mounted there. NULL if the target is a volume, or not a mount.
 */
const struct bundle_mount *given_tmpfs(const struct plan_facts *facts, const struct target *target);

/* The first of config.json's devices at a path or below it; NULL if there is none. */
const char *given_device(const struct plan_facts *facts, const char *path);

#endif
