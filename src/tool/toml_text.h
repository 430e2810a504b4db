/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of TOML: blanks, comments, strings and keys. For toml.c. */
#ifndef ORH_TOOL_TOML_TEXT_H
#define ORH_TOOL_TOML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

/* Where in a document, which ends with a NUL, the reader is. */
struct toml_reader {
	const char *at;
	size_t line;
	int depth; /* of arrays and inline tables */
	struct error *error;
};

/* A text that grows; a NUL follows its length once there is memory. */
struct toml_text {
	char *bytes;
	size_t length;
	size_t capacity;
};

void toml_text_done(struct toml_text *text);

#define AUTO_TOML_TEXT CLEANUP(toml_text_done) struct toml_text

/* Sets the reader's error, "line N: WHAT". Returns -EINVAL. */
int toml_wrong(struct toml_reader *reader, const char *what);

int toml_add(struct toml_reader *reader, struct toml_text *text, char byte);

/* Moves behind token, if the document goes on with it. */
bool toml_take(struct toml_reader *reader, const char *token);

void toml_skip_blanks(struct toml_reader *reader);

/* The same of blanks, comments and line breaks. */
void toml_skip_lines(struct toml_reader *reader);

/* To the start of the next line; anything but blanks and a comment before it is an error. */
int toml_end_line(struct toml_reader *reader);

bool toml_is_quote(const struct toml_reader *reader);

/* A string, of any of the four kinds if it may be long. text has memory afterwards, even if the
 * string is empty. */
int toml_read_string(struct toml_reader *reader, bool may_be_long, struct toml_text *text);

/* A dotted key and the blanks around it, added to the path as struct toml_entry describes it. */
int toml_read_key(struct toml_reader *reader, struct toml_text *path);

#endif
