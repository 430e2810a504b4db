/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds a hook to the text of a config.json. Pure. */
#ifndef ORH_RUNTIME_EDIT_H
#define ORH_RUNTIME_EDIT_H

#include <json-c/json_object.h>
#include <stddef.h>

#include "core/error.h"

/* A hook of config.json: its JSON text, and the parsed text. */
struct hook_text {
	const char *text;
	size_t length;
	struct json_object *object;
};

/*
 * Appends the hook to hooks.createRuntime, which is created if it is missing. The rest of the text
 * is unchanged, byte for byte: the hook's text is inserted. text is NUL-terminated. The caller
 * frees *ret_text, which is NUL-terminated, or NULL if an equal hook is already there. Errors:
 * STATUS_INPUT, about "config.json".
 */
int edit_add_hook(const char *text, size_t length, const struct hook_text *hook,
		  struct error *error, char **ret_text, size_t *ret_length);

#endif
