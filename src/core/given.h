/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What config.json itself puts into the container, and where that is. */
#ifndef ORH_CORE_GIVEN_H
#define ORH_CORE_GIVEN_H

#include "plan.h"

/* Must it be known where config.json's mounts and devices are? By the table and the targets, which
 * the facts have already. */
bool given_is_needed(const struct policy *policy, const struct plan_facts *facts);

/* Is the innermost of config.json's mounts that a path is on to be read-only? */
bool given_is_readonly(const struct plan_facts *facts, const char *path);

/*
 * The tmpfs that config.json itself puts at a target, which is as disposable as the hook's own: the
 * last of its mounts there is a tmpfs, and what is mounted there is the whole of one that was made
 * for this container. NULL: it is a volume, or no mount.
 */
const struct bundle_mount *given_tmpfs(const struct plan_facts *facts, const struct target *target);

/* The first of config.json's devices at a path or below it; NULL if there is none. */
const char *given_device(const struct plan_facts *facts, const char *path);

#endif
