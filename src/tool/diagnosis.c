/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnosis.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "wrap.h"

/* The column in which the text starts, after the verdict. */
#define INDENT 12

/* Long lines are hard to read. */
#define TEXT_COLUMNS_MAX 100

static const enum verdict order[] = {VERDICT_PROBLEM, VERDICT_UNKNOWN, VERDICT_OK};

static const struct {
	const char *word;
	const char *json;
	enum colour colour;
} verdicts[] = {
	[VERDICT_OK] = {"ok", "ok", COLOUR_GREEN},
	[VERDICT_PROBLEM] = {"problem", "problem", COLOUR_RED},
	[VERDICT_UNKNOWN] = {"cannot tell", "cannot tell", COLOUR_YELLOW},
};

static void diagnosis_done(struct diagnosis *finding)
{
	free(finding->text);
	free(finding->fix);
	*finding = (struct diagnosis){0};
}

void diagnoses_done(struct diagnoses *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		diagnosis_done(&findings->items[i]);
	free(findings->items);
	*findings = (struct diagnoses){0};
}

/* Returns the index of an equal finding; the count if there is none. */
static size_t find_same(const struct diagnoses *findings, const struct diagnosis *wanted)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct diagnosis *finding = &findings->items[i];

		if (strcmp(finding->check, wanted->check) == 0 &&
		    strcmp(finding->subject, wanted->subject) == 0 &&
		    strcmp(finding->text, wanted->text) == 0)
			break;
	}
	return i;
}

void diagnoses_add(struct diagnoses *findings, enum verdict verdict, const char *subject,
		   const char *check, const char *format, ...)
{
	CLEANUP(diagnosis_done)
	struct diagnosis finding = {.verdict = verdict, .check = check, .subject = subject};
	va_list args;

	va_start(args, format);
	if (vasprintf(&finding.text, format, args) < 0)
		finding.text = NULL;
	va_end(args);
	if (!finding.text || array_reserve(&findings->items, &findings->capacity, findings->count,
					   sizeof(finding)) < 0) {
		findings->is_short = true;
		findings->current = findings->count;
		return;
	}
	findings->current = find_same(findings, &finding);
	if (findings->current < findings->count)
		return;
	findings->items[findings->count++] = finding;
	finding = (struct diagnosis){0};
}

void diagnoses_fix(struct diagnoses *findings, const char *format, ...)
{
	struct diagnosis *finding = &findings->items[findings->current];
	va_list args;

	if (findings->current >= findings->count || finding->fix)
		return;
	va_start(args, format);
	if (vasprintf(&finding->fix, format, args) < 0) {
		finding->fix = NULL;
		findings->is_short = true;
	}
	va_end(args);
}

size_t diagnoses_count(const struct diagnoses *findings, enum verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].verdict == verdict;
	return count;
}

/* Prints text of several lines. The first line starts in column at. */
static void print_text(const struct output *output, const char *text, size_t at)
{
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy;
	char *line;

	if (!copy)
		output_cut();
	while (rest && (line = strsep(&rest, "\n"))) {
		AUTO_FREE char *escaped = output_escaped(line);

		if (line != copy)
			output_padded(output, "", INDENT);
		if (!escaped)
			continue;
		if (*escaped == ' ')
			fprintf(output->file, "%s\n", escaped);
		else
			wrap_print(output, escaped, line == copy ? at : INDENT, INDENT);
	}
}

/* Prints a coloured word and its subject. */
static void print_about(const struct output *output, enum colour colour, const char *word,
			const char *text)
{
	output_coloured(output, colour, word);
	fputs(": ", output->file);
	print_text(output, text, INDENT + strlen(word) + strlen(": "));
}

static void print_finding(const struct output *output, const struct diagnosis *finding)
{
	const char *word = verdicts[finding->verdict].word;

	output_coloured(output, verdicts[finding->verdict].colour, word);
	output_padded(output, "", INDENT - strlen(word));
	print_about(output, COLOUR_BOLD, finding->subject, finding->text);
	if (!finding->fix)
		return;
	output_padded(output, "", INDENT);
	print_about(output, COLOUR_CYAN, "Fix", finding->fix);
}

void diagnoses_print(const struct diagnoses *findings, const struct output *output)
{
	size_t problems = diagnoses_count(findings, VERDICT_PROBLEM);
	size_t unknown = diagnoses_count(findings, VERDICT_UNKNOWN);
	struct output limited = *output;

	if (limited.columns > TEXT_COLUMNS_MAX)
		limited.columns = TEXT_COLUMNS_MAX;
	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		for (size_t i = 0; i < findings->count; i++) {
			if (findings->items[i].verdict == order[k])
				print_finding(&limited, &findings->items[i]);
		}
	}
	if (!problems && !unknown)
		fputs("\nNo problem found.\n", output->file);
	else
		fprintf(output->file, "\n%zu problem%s%s\n", problems, problems == 1 ? "" : "s",
			unknown ? ", and there is more that doctor cannot tell." : ".");
}

static struct json_object *finding_json(const struct diagnosis *finding)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "verdict",
			       json_object_new_string(verdicts[finding->verdict].json));
	json_object_object_add(object, "check", json_object_new_string(finding->check));
	json_object_object_add(object, "subject", json_object_new_string(finding->subject));
	json_object_object_add(object, "text", json_object_new_string(finding->text));
	json_object_object_add(object, "fix",
			       finding->fix ? json_object_new_string(finding->fix) : NULL);
	return object;
}

void diagnoses_print_json(const struct diagnoses *findings, FILE *file)
{
	AUTO_JSON *document = json_object_new_object();
	struct json_object *list = json_object_new_array();

	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		for (size_t i = 0; i < findings->count; i++) {
			if (findings->items[i].verdict == order[k])
				json_object_array_add(list, finding_json(&findings->items[i]));
		}
	}
	json_object_object_add(
		document, "problems",
		json_object_new_int64((int64_t)diagnoses_count(findings, VERDICT_PROBLEM)));
	json_object_object_add(
		document, "unknown",
		json_object_new_int64((int64_t)diagnoses_count(findings, VERDICT_UNKNOWN)));
	json_object_object_add(document, "findings", list);
	output_json(file, document);
}
