/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides which directories a container needs as tmpfs, from what it has written. Pure. */
#ifndef ORH_TOOL_DECIDE_H
#define ORH_TOOL_DECIDE_H

#include "needs.h"

/* Sorts the record, which must outlive the needs. include are directories in normal form that may
 * become a tmpfs although programs are below them. Returns 0 or -ENOMEM. */
int decide_needs(struct record *record, const char *const include[], size_t include_count,
		 struct needs *ret_needs);

#endif
