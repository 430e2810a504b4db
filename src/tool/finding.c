/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "finding.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "wrap.h"

/* How many bytes of the text before and after a place are kept. */
#define EXCERPT_REACH 512

#define INDENT "    "

static void finding_done(struct finding *finding)
{
	free_ptr(&finding->text);
	free_ptr(&finding->hint);
	free_ptr(&finding->file);
	free_ptr(&finding->excerpt);
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_done(&findings->items[i]);
	free_ptr(&findings->items);
	*findings = (struct findings){0};
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_known(const struct findings *findings, const struct finding *finding)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *known = &findings->items[i];

		if (known->line == finding->line && known->column == finding->column &&
		    known->start == finding->start && same_text(known->text, finding->text) &&
		    same_text(known->file, finding->file) &&
		    same_text(known->excerpt, finding->excerpt))
			return true;
	}
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int set_place(struct finding *finding, const struct finding_place *at)
{
	size_t start = least(at->start, at->length);
	size_t first = start > EXCERPT_REACH ? start - EXCERPT_REACH : 0;
	struct place place;

	finding->excerpt =
		strndup(at->text + first, least(at->length, start + EXCERPT_REACH) - first);
	if (!finding->excerpt)
		return -ENOMEM;
	finding->start = start - first;
	finding->end = least(at->end, at->length) - first;
	finding->end = least(finding->end, strlen(finding->excerpt));
	finding->end = finding->end > finding->start ? finding->end : finding->start;
	if (!at->file)
		return 0;
	finding->file = strdup(at->file);
	if (!finding->file)
		return -ENOMEM;
	place = place_of(at->text, at->length, start);
	finding->line = place.line;
	finding->column = place.column;
	return 0;
}

static int fill(struct finding *finding, const struct finding_place *place, const char *hint)
{
	if (hint) {
		finding->hint = strdup(hint);
		if (!finding->hint)
			return -ENOMEM;
	}
	return place ? set_place(finding, place) : 0;
}

int findings_add(struct findings *findings, bool is_warning, int status,
		 const struct finding_place *place, const char *hint, const char *format, ...)
{
	CLEANUP(finding_done) struct finding finding = {.is_warning = is_warning, .status = status};
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&finding.text, format, args);
	va_end(args);
	if (r < 0) {
		finding.text = NULL;
		return -ENOMEM;
	}
	if (findings->count == FINDINGS_MAX) {
		findings->mistakes += !is_warning;
		findings->left_out++;
		return 0;
	}
	r = fill(&finding, place, hint);
	if (r < 0 || is_known(findings, &finding))
		return r;
	findings->mistakes += !is_warning;
	if (array_reserve(&findings->items, &findings->capacity, findings->count, sizeof(finding)) <
	    0)
		return -ENOMEM;
	finding.number = findings->count;
	findings->items[findings->count++] = finding;
	finding = (struct finding){0};
	return 0;
}

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->line != other->line)
		return compare_numbers(one->line, other->line);
	if (one->column != other->column)
		return compare_numbers(one->column, other->column);
	return compare_numbers(one->number, other->number);
}

void findings_sort(struct findings *findings)
{
	if (findings->count)
		qsort(findings->items, findings->count, sizeof(*findings->items), compare);
}

/* Returns the width of "FILE:LINE:COLUMN: mistake: ". */
static size_t prefix_columns(const struct finding *finding, const char *file)
{
	char numbers[64];

	snprintf(numbers, sizeof(numbers), ":%zu:%zu: ", finding->line, finding->column);
	return strlen("mistake: ") + (*file ? text_columns(file) + strlen(numbers) : 0);
}

static void print_one(const struct output *output, const struct finding *finding)
{
	AUTO_FREE char *text = output_escaped(finding->text);
	AUTO_FREE char *hint = output_escaped(finding->hint ? finding->hint : "");
	AUTO_FREE char *file = output_escaped(finding->file ? finding->file : "");

	if (!text || !hint || !file)
		return;
	if (finding->file)
		fprintf(output->file, "%s:%zu:%zu: ", file, finding->line, finding->column);
	output_coloured(output, finding->is_warning ? COLOUR_YELLOW : COLOUR_RED,
			finding->is_warning ? "warning" : "mistake");
	fprintf(output->file, ": ");
	/* Wrap for terminals only: other output keeps the text in one line, so that it can be
	 * searched. */
	if (output->is_terminal)
		wrap_print(output, text, prefix_columns(finding, file), strlen(INDENT));
	else
		fprintf(output->file, "%s\n", text);
	if (finding->excerpt)
		place_print(output, finding->excerpt, strlen(finding->excerpt), finding->start,
			    finding->end, INDENT);
	if (finding->hint) {
		output_coloured(output, COLOUR_CYAN, "  hint");
		fprintf(output->file, ": ");
		if (output->is_terminal)
			wrap_print(output, hint, strlen("  hint: "), strlen(INDENT));
		else
			fprintf(output->file, "%s\n", hint);
	}
}

void findings_print(const struct output *output, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		print_one(output, &findings->items[i]);
	if (findings->left_out)
		fprintf(output->file, "%zu more are not shown\n", findings->left_out);
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	if (text)
		json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(struct json_object *object, const char *key, size_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static struct json_object *one_json(const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	add_text(object, "text", finding->text);
	if (finding->status)
		json_object_object_add(object, "status", json_object_new_int(finding->status));
	add_text(object, "hint", finding->hint);
	if (finding->file) {
		add_text(object, "file", finding->file);
		add_number(object, "line", finding->line);
		add_number(object, "column", finding->column);
	}
	if (finding->excerpt)
		json_object_object_add(
			object, "at",
			json_object_new_string_len(finding->excerpt + finding->start,
						   (int)(finding->end - finding->start)));
	return object;
}

struct json_object *findings_json(const struct findings *findings, bool warnings)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].is_warning == warnings)
			json_object_array_add(array, one_json(&findings->items[i]));
	return array;
}
