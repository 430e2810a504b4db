/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "utf8.h"

/* How long the sequence is that begins with this byte; 0 if none does. */
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
