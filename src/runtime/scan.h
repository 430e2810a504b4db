/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the positions of values in a JSON text, for a caller that changes one part of it and keeps
 * the rest byte for byte. The text must be NUL-terminated and accepted by json_parse(). json-c also
 * accepts comments and single quotes, which are not JSON: positions in such a text may be wrong.
 */
#ifndef ORH_RUNTIME_SCAN_H
#define ORH_RUNTIME_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

/* A value, from its first byte to the byte after its last. */
struct span {
	size_t start;
	size_t end;
};

/* Returns the index of the first non-blank byte, starting at at. */
size_t scan_blanks(const char *text, size_t at);

/*
 * Finds a member of the object that begins at text[at]. *ret_found is false if there is none. what
 * names the object in errors. A name that occurs twice, or that is written differently (capital
 * letters, escapes), is an error with STATUS_INPUT, because runtimes interpret it differently.
 */
int scan_member(const char *what, const char *text, size_t at, const char *name,
		struct error *error, bool *ret_found, struct span *ret_value);

#endif
