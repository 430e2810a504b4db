/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook's arguments: those of a hooks file, followed by others. */
#ifndef ORH_TOOL_HOOKARGS_H
#define ORH_TOOL_HOOKARGS_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/options.h"
#include "hooksfile.h"

struct hookargs {
	struct options options;
	struct hooksfile file; /* owns the strings that are not borrowed from argv */
	const char **argv;     /* without the hook's name; the array is owned */
	size_t count;
	size_t capacity;
};

void hookargs_done(struct hookargs *args);

#define AUTO_HOOKARGS CLEANUP(hookargs_done) struct hookargs

/* Adds an argument, which must outlive the options. Returns 0, or error_memory(). */
int hookargs_add(struct hookargs *args, const char *argument, struct error *error);

/* Inserts the hook's arguments from a hooks file before the others. Errors have STATUS_INPUT and
 * begin with name. */
int hookargs_read(struct hookargs *args, const char *name, const char *text, size_t length,
		  struct error *error);

/* Parses the arguments as the hook does. Errors: those of options_parse(), with the hook's
 * messages. */
int hookargs_parse(struct hookargs *args, struct error *error);

#endif
