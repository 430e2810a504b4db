/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares the mounts with the plan. */
#ifndef ORH_CORE_PLAN_VERIFY_H
#define ORH_CORE_PLAN_VERIFY_H

#include "plan.h"

/* The mount of one tmpfs of the plan. */
struct mounted {
	uint64_t id;
	bool is_overlay; /* the mount is an overlay, with the tmpfs as its upper layer */
};

/*
 * Compares the mount table from after the commit with the plan and with the table from before.
 * Every tmpfs must be in its place with its flags and source, and not covered. Every moved mount
 * must be on its tmpfs, the root must be read-only, and everything else unchanged. mounted are the
 * plan's tmpfs, in the same order. Errors: STATUS_BUG.
 */
int plan_verify(const struct plan *plan, const struct mounttab *before,
		const struct mounttab *after, uint64_t root_id, const struct mounted mounted[],
		struct error *error);

#endif
