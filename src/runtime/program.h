/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which program is the real runtime. */
#ifndef ORH_RUNTIME_PROGRAM_H
#define ORH_RUNTIME_PROGRAM_H

#include <limits.h>
#include <stddef.h>

#include "core/error.h"

/*
 * The program of that name in the first of the directories that has one, and is not this one; if
 * this one is a copy under that name in one of them, in those behind it. So it ends, however many
 * copies there are. Errors: STATUS_SYSTEM.
 */
int program_find(const char *name, const char *const directories[], size_t count,
		 struct error *error, char ret_path[static PATH_MAX]);

/* The program that somebody named. Errors: STATUS_OPTIONS if it is not absolute, cannot be
 * executed, or is this one. */
int program_check(const char *path, struct error *error);

#endif
