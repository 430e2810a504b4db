/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds a hook to the text of a config.json. Pure. */
#ifndef ORH_RUNTIME_EDIT_H
#define ORH_RUNTIME_EDIT_H

#include <json-c/json_object.h>
#include <stddef.h>

#include "core/error.h"

/* A hook as config.json has one: as JSON text, and what that text says. */
struct hook_text {
	const char *text;
	size_t length;
	struct json_object *object;
};

/*
 * Puts the hook behind the others of hooks.createRuntime, which is made if it is not there. The
 * rest of the text stays as it is, to the byte: its text is put into this one. text has a NUL
 * behind it. *ret_text is the caller's to free(), with a NUL behind it; NULL if a hook that says
 * the same is there already. Errors: STATUS_INPUT, about "config.json".
 */
int edit_add_hook(const char *text, size_t length, const struct hook_text *hook,
		  struct error *error, char **ret_text, size_t *ret_length);

#endif
