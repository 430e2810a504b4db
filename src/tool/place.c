/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* If a line does not fit, a third of the columns is used for the text before the place. */
#define BEFORE_PART 3

#define COLUMNS_LEAST 24

/* Printed for an omitted part. */
#define CUT "..."

/* The maximum distance from the place that is printed, in bytes: much more than fits a window. */
#define REACH 4096

struct place place_of(const char *text, size_t length, size_t offset)
{
	const char *end = text + (offset < length ? offset : length);
	struct place place = {.line = 1, .column = 1};
	const char *line = text;
	const char *next;

	while ((next = memchr(line, '\n', (size_t)(end - line)))) {
		place.line++;
		line = next + 1;
	}
	for (; line < end; line++)
		place.column += ((unsigned char)*line & 0xc0) != 0x80;
	return place;
}

/* Returns a part of the line, escaped, with tabs replaced by blanks; NULL if out of memory. */
static char *shown(const char *text, size_t length)
{
	AUTO_FREE char *copy = strndup(text, length);

	if (!copy) {
		output_cut();
		return NULL;
	}
	for (char *tab = copy; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	return output_escaped(copy);
}

/* Drops the start of escaped text, so that the rest fits the columns. */
static const char *last_columns(const char *text, size_t columns)
{
	size_t all = text_columns(text);

	return all <= columns ? text : text + text_fit(text, all - columns);
}

static void print_caret(const struct output *output, const char *indent, size_t before,
			size_t columns)
{
	char caret[256];

	columns = columns < sizeof(caret) ? columns : sizeof(caret) - 1;
	memset(caret, '~', sizeof(caret));
	caret[0] = '^';
	caret[columns ? columns : 1] = '\0';
	fputs(indent, output->file);
	output_padded(output, "", before);
	output_coloured(output, COLOUR_RED, caret);
	fputc('\n', output->file);
}

/* Prints the escaped parts of a line: the text before the place, the place, and the text after
 * it. */
static void print_parts(const struct output *output, const char *indent, const char *before,
			const char *place, const char *after)
{
	size_t columns = output->columns > COLUMNS_LEAST ? output->columns : COLUMNS_LEAST;
	size_t room = columns - text_columns(indent);
	bool is_long = text_columns(before) + text_columns(place) + text_columns(after) > room;
	const char *start = is_long ? last_columns(before, room / BEFORE_PART) : before;
	size_t lead = text_columns(start) + (start > before ? strlen(CUT) : 0);
	size_t length;

	fprintf(output->file, "%s%s%s", indent, start > before ? CUT : "", start);
	room -= lead;
	is_long = text_columns(place) + text_columns(after) > room;
	room -= is_long ? strlen(CUT) : 0;
	length = text_fit(place, room);
	fprintf(output->file, "%.*s", (int)length, place);
	room -= text_columns(place) < room ? text_columns(place) : room;
	fprintf(output->file, "%.*s%s\n", (int)text_fit(after, room), after, is_long ? CUT : "");
	print_caret(output, indent, lead, text_columns(place) - text_columns(place + length));
}

void place_print(const struct output *output, const char *text, size_t length, size_t start,
		 size_t end, const char *indent)
{
	size_t first, last;
	AUTO_FREE char *before = NULL;
	AUTO_FREE char *place = NULL;
	AUTO_FREE char *after = NULL;

	start = start < length ? start : length;
	end = end < length ? end : length;
	for (first = start; first > 0 && start - first < REACH && text[first - 1] != '\n'; first--)
		;
	for (last = start; last < length && last - start < REACH; last++)
		if (text[last] == '\n' || text[last] == '\r')
			break;
	end = end < start ? start : end;
	end = end < last ? end : last;
	before = shown(text + first, start - first);
	place = shown(text + start, end - start);
	after = shown(text + end, last - end);
	if (before && place && after)
		print_parts(output, indent, before, place, after);
}
