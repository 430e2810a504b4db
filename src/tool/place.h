/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in a text, and how to print its line with a caret under it. */
#ifndef ORH_TOOL_PLACE_H
#define ORH_TOOL_PLACE_H

#include <stddef.h>

#include "output.h"

struct place {
	size_t line;   /* from 1 */
	size_t column; /* in characters, from 1 */
};

/* Returns the place of offset in the text. Lines end with LF or CRLF. */
struct place place_of(const char *text, size_t length, size_t offset);

/*
 * Prints the part of start's line that fits the columns, and a line with carets under the place
 * from start to end, as far as it is in that line. Each line begins with the indent. Text is
 * escaped.
 */
void place_print(const struct output *output, const char *text, size_t length, size_t start,
		 size_t end, const char *indent);

#endif
