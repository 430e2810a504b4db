/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/escape.h"

size_t scan_blanks(const char *text, size_t at)
{
	return at + strspn(text + at, " \t\r\n");
}

/* Returns the index after the closing quote. */
static size_t skip_string(const char *text, size_t at)
{
	for (at++; text[at] && text[at] != '"'; at++)
		if (text[at] == '\\' && text[at + 1])
			at++;
	return text[at] ? at + 1 : at;
}

static size_t skip_value(const char *text, size_t at)
{
	size_t depth = 0;

	do {
		if (text[at] == '"') {
			at = skip_string(text, at);
		} else if (text[at] == '{' || text[at] == '[') {
			depth++;
			at++;
		} else if (text[at] == '}' || text[at] == ']') {
			depth--;
			at++;
		} else if (depth) {
			at++;
		} else {
			at += strcspn(text + at, ",]} \t\r\n");
		}
	} while (depth && text[at]);
	return at;
}

/* Returns the next character of a key. Letters that Go's case folding maps to ASCII are
 * lower-cased. */
static uint32_t next_point(const char *key, size_t length, size_t *at)
{
	uint32_t point = 0;
	size_t step = utf8_sequence(key + *at, length - *at, &point);

	if (key[*at] == '\\' && length - *at >= 6 && sscanf(key + *at, "\\u%4x", &point) == 1)
		step = 6;
	*at += step ? step : 1;
	if (point >= 'A' && point <= 'Z')
		return point + ('a' - 'A');
	if (point == 0x212a)
		return 'k';
	return point == 0x17f ? 's' : point;
}

/* Go, and therefore runc, ignores case in keys. */
static bool is_like(const char *key, size_t length, const char *name)
{
	size_t at = 0;

	while (at < length) {
		uint32_t point = next_point(key, length, &at);
		size_t unused = 0;

		if (!*name || point != next_point(name, 1, &unused))
			return false;
		name++;
	}
	return !*name;
}

int scan_member(const char *what, const char *text, size_t at, const char *name,
		struct error *error, bool *ret_found, struct span *ret_value)
{
	struct span value = {0, 0};
	bool found = false;

	at = scan_blanks(text, at + 1);
	while (text[at] == '"') {
		const char *key = text + at + 1;
		size_t length;
		size_t start;

		at = skip_string(text, at);
		if (!text[at])
			break;
		length = (size_t)(text + at - key) - 1;
		start = scan_blanks(text, scan_blanks(text, at) + 1);
		at = skip_value(text, start);
		if (is_like(key, length, name)) {
			if (found || length != strlen(name) || memcmp(key, name, length) != 0)
				return error_set(
					error, STATUS_INPUT, 0,
					"%s: a member like '%s' in another spelling, or twice",
					what, name);
			found = true;
			value = (struct span){start, at};
		}
		at = scan_blanks(text, at);
		if (text[at] == ',')
			at = scan_blanks(text, at + 1);
	}
	*ret_found = found;
	*ret_value = value;
	return 0;
}
