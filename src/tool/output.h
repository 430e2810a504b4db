/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of the subcommands: remarks, text in columns, colours, JSON. */
#ifndef ORH_TOOL_OUTPUT_H
#define ORH_TOOL_OUTPUT_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/error.h"

/* The width if the output is not a terminal, or the terminal does not report its width. */
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
	bool has_colours; /* it is a terminal, and neither NO_COLOR nor TERM=dumb is set */
	size_t columns;	  /* the terminal's width, or that in COLUMNS, or OUTPUT_COLUMNS */
};

void output_begin(FILE *file, struct output *ret_output);

/* Prints trusted text, in a colour if colours are enabled. */
void output_coloured(const struct output *output, enum colour colour, const char *text);

/* Prints one line on standard error, "oci-readonly COMMAND: TEXT". The arguments are escaped like
 * text_escape() does. command may be NULL. */
void output_remark(const char *command, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* Prints an error about input that cannot be read as a remark. Returns TOOL_UNREADABLE. */
int output_failure(const char *command, const struct error *error);

/* Notes that a part of the output is missing, because memory ran out while it was printed. */
void output_cut(void);

/* To be called last, with the exit status. Reports failed writes to standard output, and missing
 * parts. Returns the status to exit with. */
int output_end(int status);

/* Returns an escaped copy of untrusted text, of any length. The caller frees it. NULL if out of
 * memory; output_cut() is then called. */
char *output_escaped(const char *text);

/* Returns the width of text on a terminal: two columns for a wide character, none for a combining
 * one. text is escaped UTF-8. */
size_t text_columns(const char *text);

/* The same for the first length bytes of text. */
size_t text_part_columns(const char *text, size_t length);

/* Returns the length in bytes of the longest prefix of text that fits the columns. */
size_t text_fit(const char *text, size_t columns);

/* Prints text, padded with blanks to a width. */
void output_padded(const struct output *output, const char *text, size_t columns);

/*
 * Prints a JSON document and a newline. Characters that a terminal interprets are written as
 * \uXXXX, and bytes that are not UTF-8 as U+FFFD, so that the output is valid JSON for all names.
 */
void output_json(FILE *file, struct json_object *document);

#endif
