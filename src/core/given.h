/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What config.json itself puts into the container, and where that is. */
#ifndef ORH_CORE_GIVEN_H
#define ORH_CORE_GIVEN_H

#include "plan.h"

/* Must it be known where config.json's mounts are? By the table and the targets. */
bool given_is_needed(const struct plan_facts *facts, size_t targets_count);

/* Is the innermost of config.json's mounts that a path is on to be read-only? */
bool given_is_readonly(const struct plan_facts *facts, const char *path);

#endif
