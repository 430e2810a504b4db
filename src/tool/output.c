/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "command.h"
#include "core/escape.h"
#include "core/memory.h"
#include "core/size.h"

#define COLUMNS_MAX 10000

static size_t terminal_columns(int fd)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	uint64_t number;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (said && number_parse(said, strlen(said), 10, COLUMNS_MAX, &number) == 0 && number > 0)
		return (size_t)number;
	return OUTPUT_COLUMNS;
}

void output_begin(FILE *file, struct output *ret_output)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	int fd = fileno(file);

	ret_output->file = file;
	ret_output->is_terminal = isatty(fd);
	ret_output->has_colours = ret_output->is_terminal && !(no_color && *no_color) && term &&
				  strcmp(term, "dumb") != 0;
	ret_output->columns = terminal_columns(fd);
}

void output_coloured(const struct output *output, enum colour colour, const char *text)
{
	static const char *const starts[] = {
		[COLOUR_BOLD] = "\033[1m",   [COLOUR_RED] = "\033[31m",
		[COLOUR_GREEN] = "\033[32m", [COLOUR_YELLOW] = "\033[33m",
		[COLOUR_CYAN] = "\033[36m",
	};

	if (!output->has_colours || colour == COLOUR_NONE)
		fputs(text, output->file);
	else
		fprintf(output->file, "%s%s\033[0m", starts[colour], text);
}

void output_remark(const char *command, const char *format, ...)
{
	char text[4 * ERROR_TEXT_MAX];
	AUTO_FREE char *escaped = NULL;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	escaped = output_escaped(text);
	/* Write buffered output first, to keep the order. */
	fflush(stdout);
	fprintf(stderr, "oci-readonly%s%s: %s\n", command ? " " : "", command ? command : "",
		escaped ? escaped : "out of memory");
}

int output_failure(const char *command, const struct error *error)
{
	output_remark(command, "%s", error->text);
	return TOOL_UNREADABLE;
}

static bool is_cut;

void output_cut(void)
{
	is_cut = true;
}

int output_end(int status)
{
	if (is_cut) {
		output_remark(NULL, "out of memory: the output is incomplete");
		status = TOOL_UNREADABLE;
	}
	is_cut = false;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	output_remark(NULL, "cannot write to standard output");
	return status == TOOL_OK ? TOOL_UNREADABLE : status;
}

char *output_escaped(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *escaped = malloc(size);

	if (escaped)
		text_escape(text, escaped, size);
	else
		output_cut();
	return escaped;
}

/* wcwidth(3) depends on the locale. The user's locale may not be UTF-8, but names are. */
static int character_columns(uint32_t point)
{
	static locale_t utf8;
	locale_t before;
	int columns;

	if (point < 0x80)
		return 1;
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return 1;
	before = uselocale(utf8);
	columns = wcwidth((wchar_t)point);
	uselocale(before);
	return columns < 0 ? 1 : columns;
}

/* Returns the width of text up to a limit, and the length in bytes of that part. */
static size_t measure(const char *text, size_t length, size_t limit, size_t *ret_length)
{
	size_t columns = 0;
	size_t i = 0;

	while (i < length) {
		uint32_t point = 0;
		size_t bytes = utf8_sequence(text + i, length - i, &point);
		size_t more = bytes ? (size_t)character_columns(point) : 1;

		if (columns + more > limit)
			break;
		columns += more;
		i += bytes ? bytes : 1;
	}
	*ret_length = i;
	return columns;
}

size_t text_columns(const char *text)
{
	return text_part_columns(text, strlen(text));
}

size_t text_part_columns(const char *text, size_t length)
{
	size_t measured;

	return measure(text, length, SIZE_MAX, &measured);
}

size_t text_fit(const char *text, size_t columns)
{
	size_t length;

	measure(text, strlen(text), columns, &length);
	return length;
}

void output_padded(const struct output *output, const char *text, size_t columns)
{
	size_t taken = text_columns(text);

	fputs(text, output->file);
	for (size_t i = taken; i < columns; i++)
		fputc(' ', output->file);
}

void output_json(FILE *file, struct json_object *document)
{
	const char *text = json_object_to_json_string_ext(
		document,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);

	while (*text) {
		uint32_t point = 0xfffd;
		size_t bytes = utf8_sequence(text, strnlen(text, 4), &point);
		char one[5] = "";
		char escaped[4 * 4 + 1];

		memcpy(one, text, bytes);
		/* Line breaks are part of the JSON layout: in strings they are already escaped. */
		if (bytes && one[0] != '\n')
			text_escape(one, escaped, sizeof(escaped));
		if (!bytes || (one[0] != '\n' && strcmp(one, escaped) != 0))
			fprintf(file, "\\u%04x", point);
		else
			fputs(one, file);
		text += bytes ? bytes : 1;
	}
	fputc('\n', file);
}
