/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "toml_text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

void toml_text_done(struct toml_text *text)
{
	free(text->bytes);
	*text = (struct toml_text){0};
}

int toml_wrong(struct toml_reader *reader, const char *what)
{
	return error_set(reader->error, STATUS_INPUT, 0, "line %zu: %s", reader->line, what);
}

/* Keeps room for a NUL, which is already there, because array_reserve() zeroes. */
int toml_add(struct toml_reader *reader, struct toml_text *text, char byte)
{
	if (array_reserve(&text->bytes, &text->capacity, text->length + 1, 1) < 0)
		return error_memory(reader->error);
	text->bytes[text->length++] = byte;
	return 0;
}

bool toml_take(struct toml_reader *reader, const char *token)
{
	size_t length = strlen(token);

	if (strncmp(reader->at, token, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static bool take_newline(struct toml_reader *reader)
{
	if (!toml_take(reader, "\n") && !toml_take(reader, "\r\n"))
		return false;
	reader->line++;
	return true;
}

void toml_skip_blanks(struct toml_reader *reader)
{
	reader->at += strspn(reader->at, " \t");
}

static void skip_comment(struct toml_reader *reader)
{
	if (*reader->at == '#')
		reader->at += strcspn(reader->at, "\n");
}

/* Used between the elements of an array. */
void toml_skip_lines(struct toml_reader *reader)
{
	do {
		toml_skip_blanks(reader);
		skip_comment(reader);
	} while (take_newline(reader));
}

int toml_end_line(struct toml_reader *reader)
{
	toml_skip_blanks(reader);
	skip_comment(reader);
	if (*reader->at && !take_newline(reader))
		return toml_wrong(reader, "text after the end of a value");
	return 0;
}

static int add_point(struct toml_reader *reader, struct toml_text *text, uint32_t point)
{
	/* The number of continuation bytes, and the high bits of the first byte. */
	unsigned more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
	static const unsigned char first[] = {0x00, 0xc0, 0xe0, 0xf0};
	int r;

	r = toml_add(reader, text, (char)(first[more] | (point >> (6 * more))));
	while (r == 0 && more--)
		r = toml_add(reader, text, (char)(0x80 | ((point >> (6 * more)) & 0x3f)));
	return r;
}

/* Reads the digits of \uXXXX or \UXXXXXXXX, after the letter. */
static int read_point(struct toml_reader *reader, size_t digits, struct toml_text *text)
{
	uint32_t point = 0;

	for (size_t i = 0; i < digits; i++) {
		unsigned char digit = (unsigned char)*reader->at;

		if (!isxdigit(digit))
			return toml_wrong(reader, "an escape without its digits");
		point = point << 4 |
			(uint32_t)(isdigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
		reader->at++;
	}
	if (!point || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return toml_wrong(reader, "an escape that is not a character");
	return add_point(reader, text, point);
}

static int read_escape(struct toml_reader *reader, struct toml_text *text)
{
	static const char names[] = "btnfr\"\\";
	static const char bytes[] = "\b\t\n\f\r\"\\";
	const char *name;

	if (toml_take(reader, "u"))
		return read_point(reader, 4, text);
	if (toml_take(reader, "U"))
		return read_point(reader, 8, text);
	name = *reader->at ? strchr(names, *reader->at) : NULL;
	if (!name)
		return toml_wrong(reader, "an unknown escape");
	reader->at++;
	return toml_add(reader, text, bytes[name - names]);
}

/* In """, a line that ends with "\" continues at the next non-blank character. */
static bool skip_continuation(struct toml_reader *reader)
{
	struct toml_reader ahead = *reader;

	toml_skip_blanks(&ahead);
	if (!take_newline(&ahead))
		return false;
	do
		toml_skip_blanks(&ahead);
	while (take_newline(&ahead));
	*reader = ahead;
	return true;
}

static int read_character(struct toml_reader *reader, bool is_literal, bool is_long,
			  struct toml_text *text)
{
	if (is_long && take_newline(reader))
		return toml_add(reader, text, '\n');
	if ((unsigned char)*reader->at < 0x20 && *reader->at != '\t')
		return toml_wrong(reader, "a string without its closing quote");
	if (is_literal || *reader->at != '\\')
		return toml_add(reader, text, *reader->at++);
	reader->at++;
	if (is_long && skip_continuation(reader))
		return 0;
	return read_escape(reader, text);
}

bool toml_is_quote(const struct toml_reader *reader)
{
	return *reader->at == '"' || *reader->at == '\'';
}

int toml_read_string(struct toml_reader *reader, bool may_be_long, struct toml_text *text)
{
	bool is_literal = *reader->at == '\'';
	const char *short_quote = is_literal ? "'" : "\"";
	const char *long_quote = is_literal ? "'''" : "\"\"\"";
	bool is_long = may_be_long && toml_take(reader, long_quote);
	const char *quote = is_long ? long_quote : short_quote;
	int r = 0;

	if (is_long)
		take_newline(reader);
	else
		reader->at++;
	while (r == 0 && !toml_take(reader, quote))
		r = read_character(reader, is_literal, is_long, text);
	/* One or two quotes may precede the closing three. */
	for (int i = 0; r == 0 && is_long && i < 2 && toml_take(reader, short_quote); i++)
		r = toml_add(reader, text, *short_quote);
	/* Allocate an empty string too. */
	return r == 0 && !text->bytes ? toml_add(reader, text, '\0') : r;
}

static bool is_bare(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-';
}

static int add_part(struct toml_reader *reader, const char *part, struct toml_text *path)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): toml_add() has allocated it */
	bool quoted = !*part;
	int r = path->length ? toml_add(reader, path, '.') : 0;

	for (const char *at = part; *at; at++)
		quoted = quoted || !is_bare(*at);
	if (r == 0 && quoted)
		r = toml_add(reader, path, '"');
	for (; r == 0 && *part; part++) {
		if (*part == '"' || *part == '\\')
			r = toml_add(reader, path, '\\');
		if (r == 0)
			r = toml_add(reader, path, *part);
	}
	return r == 0 && quoted ? toml_add(reader, path, '"') : r;
}

static int read_part(struct toml_reader *reader, struct toml_text *path)
{
	AUTO_TOML_TEXT part = {0};
	int r = 0;

	if (toml_is_quote(reader))
		r = toml_read_string(reader, false, &part);
	else if (!is_bare(*reader->at))
		return toml_wrong(reader, "neither a key nor a table");
	else
		while (r == 0 && is_bare(*reader->at))
			r = toml_add(reader, &part, *reader->at++);
	return r == 0 ? add_part(reader, part.bytes, path) : r;
}

int toml_read_key(struct toml_reader *reader, struct toml_text *path)
{
	int r;

	do {
		toml_skip_blanks(reader);
		r = read_part(reader, path);
		toml_skip_blanks(reader);
	} while (r == 0 && toml_take(reader, "."));
	return r;
}
