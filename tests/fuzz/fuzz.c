/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"

void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: does not hold: %s: ", file, line, condition);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/* The length of the UTF-8 sequence at the start of text, 0 if there is none: by the table of
 * well-formed sequences in the Unicode standard, 3.9. */
static size_t sequence(const unsigned char *at, const unsigned char *end, uint32_t *ret_point)
{
	static const struct {
		unsigned char first_low, first_high, second_low, second_high, length;
	} forms[] = {
		{0x00, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		uint32_t point = at[0] & masks[forms[i].length];

		if (at[0] < forms[i].first_low || at[0] > forms[i].first_high)
			continue;
		if (end - at < forms[i].length)
			return 0;
		for (unsigned k = 1; k < forms[i].length; k++) {
			if (at[k] < (k == 1 ? forms[i].second_low : 0x80) ||
			    at[k] > (k == 1 ? forms[i].second_high : 0xbf))
				return 0;
			point = point * 64 + (at[k] & 0x3f);
		}
		*ret_point = point;
		return forms[i].length;
	}
	return 0;
}

bool is_utf8(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;
	uint32_t point;

	while (at < end) {
		size_t step = sequence(at, end, &point);

		if (!step)
			return false;
		at += step;
	}
	return true;
}

void require_line(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);

	while (at < end) {
		uint32_t point = 0;
		size_t step = sequence(at, end, &point);

		REQUIRE(step, "byte 0x%02x of '%s' is no UTF-8", at[0], text);
		at += step;
		REQUIRE(point >= 0x20 && point != 0x7f && !(point >= 0x80 && point <= 0x9f),
			"control character U+%04x in '%s'", point, text);
		REQUIRE(point != 0x2028 && point != 0x2029, "separator U+%04x in '%s'", point,
			text);
		REQUIRE(!(point >= 0x202a && point <= 0x202e) &&
				!(point >= 0x2066 && point <= 0x2069) && point != 0x200e &&
				point != 0x200f && point != 0x61c,
			"direction mark U+%04x in '%s'", point, text);
	}
}

static unsigned hex_digit(char digit)
{
	return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;
}

void require_escapes(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	AUTO_FREE char *line = malloc(size);
	AUTO_FREE char *value = malloc(size);
	AUTO_FREE char *again = malloc(size);
	AUTO_TEXT undone = {0};
	char narrow[9];

	REQUIRE(line && value && again, "out of memory");
	REQUIRE(text_escape(text, line, size) == strlen(line), "'%s'", line);
	require_line(line);
	REQUIRE(text_escape_value(text, value, size) == strlen(value), "'%s'", value);
	require_line(value);
	REQUIRE(!strpbrk(value, " \"="), "'%s'", value);
	text_escape(value, again, size);
	REQUIRE(!strcmp(value, again), "'%s' and '%s'", value, again);
	for (const char *at = value; *at; at++) {
		if (*at != '\\') {
			text_put(&undone, *at);
			continue;
		}
		REQUIRE(at[1] == 'x' && strspn(at + 2, "0123456789abcdef") >= 2, "'%s'", at);
		text_put(&undone, (char)(hex_digit(at[2]) * 16 + hex_digit(at[3])));
		at += 3;
	}
	REQUIRE(!strcmp(undone.text ? undone.text : "", text), "'%s' was '%s'", value, text);
	REQUIRE(text_escape(text, narrow, sizeof(narrow)) < sizeof(narrow), "'%s'", line);
	REQUIRE(!strncmp(narrow, line, strlen(narrow)), "'%s' and '%s'", narrow, line);
	require_line(narrow);
}

void require_error(int r, const struct error *error, unsigned statuses, size_t value_length)
{
	char line[4 * ERROR_TEXT_MAX + 1];

	REQUIRE(r < 0, "%d", r);
	REQUIRE(memchr(error->text, '\0', sizeof(error->text)), "no end");
	REQUIRE(r == (error->err ? -error->err : -EINVAL), "%d: %s", r, error->text);
	REQUIRE(error->status >= STATUS_OPTIONS && error->status <= STATUS_POLICY &&
			statuses & STATUS_BIT(error->status),
		"status %u: %s", error->status, error->text);
	REQUIRE(error->text[0] && strcmp(error->text, "unset") != 0, "no text");
	REQUIRE(error->offset == ERROR_NO_OFFSET || error->offset <= value_length,
		"offset %zu of %zu: %s", error->offset, value_length, error->text);
	text_escape(error->text, line, sizeof(line));
	require_line(line);
}

bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool looks_normal(const char *path)
{
	size_t length = strlen(path);
	char *closed;
	bool normal;

	if (!strcmp(path, "/"))
		return true;
	closed = malloc(length + 2);
	REQUIRE(closed, "out of memory");
	memcpy(closed, path, length);
	memcpy(closed + length, "/", 2);
	normal = path[0] == '/' && !strstr(closed, "//") && !strstr(closed, "/./") &&
		 !strstr(closed, "/../");
	free(closed);
	return normal;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	REQUIRE(text, "out of memory");
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

void text_done(struct text *text)
{
	free(text->text);
	*text = (struct text){0};
}

void text_put(struct text *text, char byte)
{
	if (text->length + 2 > text->capacity) {
		text->capacity = 2 * text->capacity + 64;
		text->text = realloc(text->text, text->capacity);
		REQUIRE(text->text, "out of memory");
	}
	text->text[text->length++] = byte;
	text->text[text->length] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
	char *piece;
	va_list args;

	va_start(args, format);
	REQUIRE(vasprintf(&piece, format, args) >= 0, "out of memory");
	va_end(args);
	for (const char *at = piece; *at; at++)
		text_put(text, *at);
	free(piece);
}
