/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook's arguments: those of a hooks file, and others after them. */
#ifndef ORH_TOOL_HOOKARGS_H
#define ORH_TOOL_HOOKARGS_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/options.h"
#include "hooksfile.h"

struct hookargs {
	struct options options;
	struct hooksfile file; /* what the arguments are borrowed from, besides argv */
	const char **argv;     /* without the hook's own name; owned */
	size_t count;
	size_t capacity;
};

void hookargs_done(struct hookargs *args);

#define AUTO_HOOKARGS CLEANUP(hookargs_done) struct hookargs

/* Adds an argument, which outlives the options. Returns 0, or error_memory(). */
int hookargs_add(struct hookargs *args, const char *argument, struct error *error);

/* Puts those that a hooks file gives the hook before the others. Errors have STATUS_INPUT and begin
 * with name. */
int hookargs_read(struct hookargs *args, const char *name, const char *text, size_t length,
		  struct error *error);

/* Parses them as the hook does. Errors: options_parse()'s, in the hook's words. */
int hookargs_parse(struct hookargs *args, struct error *error);

#endif
