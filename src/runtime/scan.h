/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things stand in a JSON text, for what changes a part of it and leaves the rest as it is, to
 * the byte. The text must be one that json_parse() takes, with a NUL behind it. In one that is no
 * JSON for all that, by a comment or by single quotes, what is found may be wrong.
 */
#ifndef ORH_RUNTIME_SCAN_H
#define ORH_RUNTIME_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

/* A value: from its first byte to the one behind its last. */
struct span {
	size_t start;
	size_t end;
};

/* The first byte that is no blank, from at on. */
size_t scan_blanks(const char *text, size_t at);

/*
 * The member of the object that begins at text[at]; *ret_found is false if there is none. what
 * names the object in errors. A name that stands there twice, or is written in another way (capital
 * letters, escapes), is an error with STATUS_INPUT: runtimes do not agree on what it means.
 */
int scan_member(const char *what, const char *text, size_t at, const char *name,
		struct error *error, bool *ret_found, struct span *ret_value);

#endif
