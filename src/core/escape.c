/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The length of a sequence that begins with this byte; 0 if the byte cannot begin one. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

size_t utf8_sequence(const char *text, size_t length, uint32_t *ret_point)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)text[0];
	size_t needed = sequence_length(first);
	uint32_t point = first;

	if (!needed || needed > length)
		return 0;
	if (needed > 1)
		point &= 0x7fU >> needed;
	for (size_t i = 1; i < needed; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (byte & 0x3f);
	}
	if (point < smallest[needed] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return needed;
}

static bool is_printable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return false;
	/* Line and paragraph separators, and marks that change the direction of text. */
	return !(point == 0x061c || point == 0x200e || point == 0x200f ||
		 (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
		 point == 0xfeff);
}

/* Characters that end a value, or look as if they did. */
static bool ends_value(uint32_t point)
{
	return point == ' ' || point == '"' || point == '=' || point == '\\' || point == 0xa0 ||
	       point == 0x1680 || (point >= 0x2000 && point <= 0x200b) || point == 0x202f ||
	       point == 0x205f || point == 0x3000;
}

static size_t escape(const char *text, bool is_value, char *buffer, size_t size)
{
	size_t used = 0;

	while (*text) {
		uint32_t point = 0;
		size_t length = utf8_sequence(text, strnlen(text, 4), &point);
		bool plain = length && is_printable(point) && !(is_value && ends_value(point));

		if (!length)
			length = 1;
		if (used + (plain ? length : 4 * length) >= size)
			break;
		for (size_t i = 0; i < length; i++) {
			if (plain)
				buffer[used++] = text[i];
			else
				used += (size_t)snprintf(buffer + used, size - used, "\\x%02x",
							 (unsigned char)text[i]);
		}
		text += length;
	}
	buffer[used] = '\0';
	return used;
}

size_t text_escape(const char *text, char *buffer, size_t size)
{
	return escape(text, false, buffer, size);
}

size_t text_escape_value(const char *text, char *buffer, size_t size)
{
	return escape(text, true, buffer, size);
}
