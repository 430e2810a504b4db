/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in a text: its line, and how it is shown with a caret under it. */
#ifndef ORH_TOOL_PLACE_H
#define ORH_TOOL_PLACE_H

#include <stddef.h>

#include "output.h"

struct place {
	size_t line;   /* from 1 */
	size_t column; /* in characters, from 1 */
};

/* Where offset is in the text. Lines end with a newline, after a carriage return or not. */
struct place place_of(const char *text, size_t length, size_t offset);

/*
 * Prints the line that start is in, in a window of so many columns around it, and a line with a
 * caret under the place from start to end, or as much of it as is in that line. Each begins with
 * the indent. Text is escaped.
 */
void place_print(const struct output *output, const char *text, size_t length, size_t start,
		 size_t end, const char *indent);

#endif
