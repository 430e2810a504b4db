/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tokens of TOML: blanks, comments, strings and keys. Used by toml.c. */
#ifndef ORH_TOOL_TOML_TEXT_H
#define ORH_TOOL_TOML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

/* The reader's position in a NUL-terminated document. */
struct toml_reader {
	const char *at;
	size_t line;
	int depth; /* nesting of arrays and inline tables */
	struct error *error;
};

/* A growing string. Once allocated, a NUL follows its length. */
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

/* Skips token if the document continues with it. Returns whether it did. */
bool toml_take(struct toml_reader *reader, const char *token);

void toml_skip_blanks(struct toml_reader *reader);

/* Skips blanks, comments and line breaks. */
void toml_skip_lines(struct toml_reader *reader);

/* Skips to the start of the next line. Anything except blanks and a comment is an error. */
int toml_end_line(struct toml_reader *reader);

bool toml_is_quote(const struct toml_reader *reader);

/* Reads a string, of any of the four kinds if it may be long. text is allocated afterwards, even if
 * the string is empty. */
int toml_read_string(struct toml_reader *reader, bool may_be_long, struct toml_text *text);

/* Reads a dotted key and the blanks around it, and adds it to the path as struct toml_entry
 * describes. */
int toml_read_key(struct toml_reader *reader, struct toml_text *path);

#endif
