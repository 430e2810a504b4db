/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/explain.h"
#include "words.h"
#include "wrap.h"

#define GAP    2
#define INDENT 4

/* If the output is narrower than this, each tmpfs is printed on separate lines. */
#define TABLE_COLUMNS 60

/* At most half of the columns are used for paths. */
#define PATH_PART 2

/* A table row for one tmpfs. */
struct row {
	char *path; /* escaped; owned */
	char size[WORDS_MAX];
	const char *seed;
	char options[WORDS_MAX];
	char *notes; /* escaped, in one line; owned */
};

struct rows {
	struct row *items;
	size_t count;
	/* The widths of the columns. */
	size_t path;
	size_t size;
	size_t seed;
	size_t options;
	size_t notes;
};

static void rows_done(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->items[i].path);
		free(rows->items[i].notes);
	}
	free(rows->items);
}

static void note(FILE *file, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

static void note(FILE *file, const char *format, ...)
{
	va_list args;

	if (ftell(file) > 0)
		fputs("; ", file);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
}

/* Adds the mounts below the tmpfs that stay visible. */
static void note_kept(FILE *file, const struct plan *plan, size_t index)
{
	bool is_first = true;

	for (size_t i = 0; i < plan->moves_count; i++) {
		if (plan->moves[i].onto != index)
			continue;
		if (is_first)
			note(file, "keeps %s", plan->moves[i].path);
		else
			fprintf(file, ", %s", plan->moves[i].path);
		is_first = false;
	}
}

static void note_all(FILE *file, const struct outcome *outcome, size_t index)
{
	const struct planned_tmpfs *tmpfs = &outcome->verdict->plan.tmpfs[index];
	const struct needed *needed = &outcome->needed[index];
	char bytes[WORDS_MAX];

	if (strcmp(tmpfs->path, tmpfs->entry->path) != 0)
		note(file, "written %s", tmpfs->entry->path);
	if (tmpfs->is_default)
		note(file, "the operator's --tmpfs");
	if (tmpfs->size && !(tmpfs->entry->given & GIVEN_SIZE))
		note(file, "size by %s", tmpfs->size_source);
	if (tmpfs->inodes && !(tmpfs->entry->given & GIVEN_NR_INODES))
		note(file, "nr_inodes by %s", tmpfs->inodes_source);
	if (outcome->judge->image && tmpfs->image_lacks)
		note(file, "the image has no such directory");
	else if (needed->is_measured) {
		words_size(needed->bytes, bytes);
		note(file, "%s %" PRIu64 " %s, %s",
		     needed->seed == SEED_OVERLAY ? "shows" : "seed of", needed->inodes - 1,
		     needed->inodes == 2 ? "file" : "files", bytes);
	}
	if (needed->chosen)
		note(file, "auto is %s (%s)", seed_name(needed->seed), needed->chosen);
	note_kept(file, &outcome->verdict->plan, index);
}

/* Closes a stream of open_memstream(). Returns the text, escaped; NULL if out of memory. */
static char *finish_notes(FILE *file, char **text)
{
	bool failed = ferror(file);

	failed |= fclose(file) != 0;
	/* glibc's fclose() succeeds even if its last allocation fails. */
	if (!failed && *text)
		return output_escaped(*text);
	output_cut();
	return NULL;
}

static char *make_notes(const struct outcome *outcome, size_t index)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file) {
		output_cut();
		return NULL;
	}
	note_all(file, outcome, index);
	return finish_notes(file, &text);
}

/* What a tmpfs of config.json is filled around. */
static char *make_fill_notes(const struct planned_fill *fill)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file) {
		output_cut();
		return NULL;
	}
	note(file, "filled in place, --seed-tmpfs");
	for (size_t i = 0; i < fill->covered_count; i++)
		fprintf(file, "%s%s/%s", i ? ", " : "; keeps ", fill->path, fill->covered[i]);
	return finish_notes(file, &text);
}

static size_t wider(size_t columns, const char *text)
{
	return text_columns(text) > columns ? text_columns(text) : columns;
}

/* Takes the row's texts into account for the widths. */
static bool finish_row(struct rows *rows, const struct row *row)
{
	if (!row->path || !row->notes)
		return false;
	rows->path = wider(rows->path, row->path);
	rows->size = wider(rows->size, row->size);
	rows->seed = wider(rows->seed, row->seed);
	rows->options = wider(rows->options, row->options);
	rows->notes = wider(rows->notes, row->notes);
	return true;
}

static bool make_rows(const struct outcome *outcome, struct rows *rows)
{
	const struct plan *plan = &outcome->verdict->plan;

	*rows = (struct rows){.path = strlen("PATH"),
			      .size = strlen("SIZE"),
			      .seed = strlen("SEED"),
			      .options = strlen("OPTIONS")};
	rows->items = calloc(plan->tmpfs_count + plan->fills_count + 1, sizeof(*rows->items));
	for (size_t i = 0; rows->items && i < plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &plan->tmpfs[i];
		struct row *row = &rows->items[rows->count++];

		row->path = output_escaped(tmpfs->path);
		row->seed = seed_name(tmpfs->entry->seed);
		row->notes = make_notes(outcome, i);
		words_limit(tmpfs, row->size);
		words_options(tmpfs, outcome->subject->is_user_known, row->options);
		if (!finish_row(rows, row))
			return false;
	}
	for (size_t i = 0; rows->items && i < plan->fills_count; i++) {
		struct row *row = &rows->items[rows->count++];

		row->path = output_escaped(plan->fills[i].path);
		row->seed = seed_name(SEED_COPY);
		row->notes = make_fill_notes(&plan->fills[i]);
		snprintf(row->size, sizeof(row->size), "the engine's");
		snprintf(row->options, sizeof(row->options), "the engine's");
		if (!finish_row(rows, row))
			return false;
	}
	if (!rows->items)
		output_cut();
	return rows->items;
}

static void print_notes(const struct output *output, const struct row *row)
{
	if (!*row->notes)
		return;
	output_padded(output, "", INDENT);
	wrap_print(output, row->notes, INDENT, INDENT);
}

static void print_narrow(const struct output *output, const struct row *row)
{
	fprintf(output->file, "%s\n", row->path);
	output_padded(output, "", INDENT);
	fprintf(output->file, "size %s, seed %s\n", row->size, row->seed);
	output_padded(output, "", INDENT);
	wrap_print(output, row->options, INDENT, INDENT);
	print_notes(output, row);
}

static void print_table(const struct output *output, const struct rows *rows)
{
	size_t options = rows->path + rows->size + rows->seed + 3 * GAP;
	size_t notes = options + rows->options + GAP;
	bool is_wide = rows->notes && notes + rows->notes <= output->columns;

	output_padded(output, "PATH", rows->path + GAP);
	output_padded(output, "SIZE", rows->size + GAP);
	output_padded(output, "SEED", rows->seed + GAP);
	output_padded(output, "OPTIONS", is_wide ? rows->options + GAP : 0);
	fprintf(output->file, "%s\n", is_wide ? "NOTES" : "");
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];

		output_padded(output, row->path, rows->path + GAP);
		output_padded(output, row->size, rows->size + GAP);
		output_padded(output, row->seed, rows->seed + GAP);
		if (is_wide && *row->notes) {
			output_padded(output, row->options, rows->options + GAP);
			fprintf(output->file, "%s\n", row->notes);
			continue;
		}
		wrap_print(output, row->options, options, options);
		print_notes(output, row);
	}
}

static void print_rows(const struct output *output, const struct outcome *outcome)
{
	CLEANUP(rows_done) struct rows rows;

	if (!make_rows(outcome, &rows) || !rows.count)
		return;
	if (output->columns >= TABLE_COLUMNS && rows.path <= output->columns / PATH_PART) {
		print_table(output, &rows);
		return;
	}
	for (size_t i = 0; i < rows.count; i++)
		print_narrow(output, &rows.items[i]);
}

static void print_left_out(const char *text, void *data)
{
	wrap_print(data, text, 0, INDENT);
}

void report_print(const struct output *output, const struct outcome *outcome)
{
	const struct verdict *verdict = outcome->verdict;
	AUTO_FREE char *title =
		output_escaped(outcome->subject->title ? outcome->subject->title : "");
	char text[EXPLAIN_MAX];

	if (title && *title) {
		output_coloured(output, COLOUR_BOLD, title);
		fputc('\n', output->file);
	}
	if (verdict->is_refused) {
		output_coloured(output, COLOUR_RED, "refused");
		fprintf(output->file, ", exit status %d\n", (int)verdict->error.status);
		/* Only a seed that does not fit leaves a plan to print. */
		if (verdict->error.status != STATUS_SEED)
			return;
	}
	if (verdict->policy.left_alone) {
		AUTO_FREE char *why = output_escaped(verdict->policy.left_alone);

		fprintf(output->file, "left alone: %s\n", why ? why : "");
		return;
	}
	outcome_root(outcome, text);
	wrap_print(output, text, 0, INDENT);
	print_rows(output, outcome);
	outcome_left_out(outcome, print_left_out, (void *)(uintptr_t)output);
}
