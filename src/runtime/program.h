/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the real runtime. */
#ifndef ORH_RUNTIME_PROGRAM_H
#define ORH_RUNTIME_PROGRAM_H

#include <limits.h>
#include <stddef.h>

#include "core/error.h"

/*
 * Finds the program of that name in the first directory that has one, this program excepted. If
 * this program is installed under that name in one of the directories, only the later ones are
 * searched, so several copies never execute one another in a loop. Errors: STATUS_SYSTEM.
 */
int program_find(const char *name, const char *const directories[], size_t count,
		 struct error *error, char ret_path[static PATH_MAX]);

/* Checks the program that the caller named. Errors: STATUS_OPTIONS if it is not absolute, cannot be
 * executed, or is this program. */
int program_check(const char *path, struct error *error);

#endif
