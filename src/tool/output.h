/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the subcommands print with: remarks, text in columns, colours, JSON. */
#ifndef ORH_TOOL_OUTPUT_H
#define ORH_TOOL_OUTPUT_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/error.h"

/* The columns of what is no terminal, and of one that does not tell. */
#define OUTPUT_COLUMNS 80

enum colour {
	COLOUR_NONE,
	COLOUR_BOLD,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_CYAN,
};

struct output {
	FILE *file;
	bool is_terminal;
	bool has_colours; /* a terminal, and neither NO_COLOR nor TERM=dumb is set */
	size_t columns;	  /* of the terminal; else COLUMNS of the environment, or OUTPUT_COLUMNS */
};

void output_begin(FILE *file, struct output *ret_output);

/* Prints trusted text in a colour, where there are colours. */
void output_coloured(const struct output *output, enum colour colour, const char *text);

/*
 * One line on standard error, "oci-readonly COMMAND: TEXT"; what it is made of is escaped as
 * text_escape() does. command may be NULL.
 */
void output_remark(const char *command, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* A failure to read something, as a remark. Returns TOOL_UNREADABLE. */
int output_failure(const char *command, const struct error *error);

/* The escaped copy of text that came from outside, of any length; the caller's to free(). NULL if
 * out of memory. */
char *output_escaped(const char *text);

/*
 * The columns that text takes on a terminal: two for a wide character, none for one that combines.
 * text is UTF-8 that has been escaped.
 */
size_t text_columns(const char *text);

/* The length in bytes of the longest start of text that fits the columns. */
size_t text_fit(const char *text, size_t columns);

/* Prints text and the blanks that are missing to so many columns. */
void output_padded(const struct output *output, const char *text, size_t columns);

/*
 * Prints a JSON document and a newline. Characters that a terminal would act on are written as
 * \uXXXX, and bytes that are not UTF-8 as U+FFFD, so that the text is valid JSON whatever names
 * are in it.
 */
void output_json(FILE *file, struct json_object *document);

#endif
