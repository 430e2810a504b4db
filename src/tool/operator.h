/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's options: those of a hooks file, and others after them. */
#ifndef ORH_TOOL_OPERATOR_H
#define ORH_TOOL_OPERATOR_H

#include <json-c/json_object.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/options.h"

struct operator_options {
	struct options options;
	struct json_object *document; /* what the arguments are borrowed from, besides argv */
	const char **argv;	      /* as the hook gets it; owned */
	size_t argc;
	size_t capacity;
};

void operator_done(struct operator_options *operator);

#define AUTO_OPERATOR CLEANUP(operator_done) struct operator_options

/* Adds one argument of the hook's, which outlives the options. Returns 0, or error_memory(). */
int operator_add(struct operator_options *operator, const char * argument, struct error *error);

/* Adds those that a hooks file gives the hook, oci-hooks(5). Errors have STATUS_INPUT and begin
 * with name. */
int operator_read(struct operator_options *operator, const char * name, const char *text,
		  size_t length, struct error *error);

/* Parses them, as the hook does. Errors: options_parse()'s, in the hook's words. */
int operator_parse(struct operator_options *operator, struct error * error);

#endif
