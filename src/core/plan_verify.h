/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is what is mounted now what was planned? */
#ifndef ORH_CORE_PLAN_VERIFY_H
#define ORH_CORE_PLAN_VERIFY_H

#include "plan.h"

/* What stands for one tmpfs of the plan in the container. */
struct mounted {
	uint64_t id;
	bool is_overlay; /* an overlay shows, and the tmpfs is its upper layer */
};

/*
 * Holds the mount table of afterwards against the plan and the table of before: every tmpfs at its
 * place with its flags and its source and nothing over it, every moved mount on its tmpfs, the root
 * read-only, all else as it was. mounted are the plan's tmpfs, in its order.
 * Errors: STATUS_BUG.
 */
int plan_verify(const struct plan *plan, const struct mounttab *before,
		const struct mounttab *after, uint64_t root_id, const struct mounted mounted[],
		struct error *error);

#endif
