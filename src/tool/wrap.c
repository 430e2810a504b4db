/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wrap.h"

#include <string.h>

/* Returns the length of the first word, including a comma, but without the blanks after it. */
static size_t word_length(const char *text)
{
	size_t length = strcspn(text, " ,");

	return length + (text[length] == ',');
}

void wrap_print(const struct output *output, const char *text, size_t at, size_t indent)
{
	size_t blanks = 0;
	size_t line = at;

	while (*text) {
		size_t length = word_length(text);
		size_t columns = text_part_columns(text, length);

		if (line > at && line + blanks + columns > output->columns) {
			fputc('\n', output->file);
			output_padded(output, "", indent);
			line = at = indent;
			blanks = 0;
		}
		output_padded(output, "", blanks);
		fprintf(output->file, "%.*s", (int)length, text);
		line += blanks + columns;
		text += length;
		blanks = strspn(text, " ");
		text += blanks;
	}
	fputc('\n', output->file);
}
