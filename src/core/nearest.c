/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nearest.h"

#include <stdbool.h>
#include <string.h>

#define ROWS 3

static char lower(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (char)(byte - 'A' + 'a');
	return byte;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance. Both words have at most NEAREST_LENGTH_MAX bytes. */
static size_t edits(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[ROWS][NEAREST_LENGTH_MAX + 1];

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % ROWS];
		const size_t *above = rows[(i - 1) % ROWS];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], rows[(i - 2) % ROWS][j - 2] + 1);
		}
	}
	return rows[a_length % ROWS][b_length];
}

const char *nearest_name(const char *word, size_t length, const char *const names[], size_t count,
			 size_t edits_max)
{
	const char *nearest = NULL;
	size_t fewest = edits_max;

	length = least(length, NEAREST_LENGTH_MAX);
	for (size_t i = 0; i < count; i++) {
		size_t name_length = least(strlen(names[i]), NEAREST_LENGTH_MAX);
		size_t needed = edits(word, length, names[i], name_length);

		if (needed >= name_length || needed > fewest || (nearest && needed == fewest))
			continue;
		nearest = names[i];
		fewest = needed;
	}
	return nearest;
}
