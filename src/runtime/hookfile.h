/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the hook's hooks file, which contains the operator's policy. */
#ifndef ORH_RUNTIME_HOOKFILE_H
#define ORH_RUNTIME_HOOKFILE_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "edit.h"

#define HOOK_FILE	     "oci-readonly-hook.json"
#define HOOK_FILE_LENGTH_MAX (1024 * 1024)

struct hookfile {
	char *text;
	struct json_object *document;
	struct hook_text hook; /* borrows from the two above */
};

void hookfile_done(struct hookfile *file);

#define AUTO_HOOKFILE CLEANUP(hookfile_done) struct hookfile

/*
 * Reads the file in the first of the directories that has one. If that file is wrong, this is an
 * error, even if a later directory has another one. The hook's binary must be executable. Errors:
 * STATUS_OPTIONS.
 */
int hookfile_load(const char *const directories[], size_t count, struct error *error,
		  struct hookfile *ret_file);

#endif
