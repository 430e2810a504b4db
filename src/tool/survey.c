/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "survey.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "advice.h"
#include "command.h"
#include "core/json.h"
#include "needed.h"
#include "report.h"
#include "report_json.h"
#include "wrap.h"

void survey_done(struct survey *survey)
{
	findings_done(&survey->findings);
	json_put(&survey->containers);
}

static int tell(struct survey *survey, const struct outcome *outcome)
{
	survey->is_blind |= outcome->verdict->plan.tmpfs_count && !outcome->verdict->is_refused &&
			    !survey->judge.image;
	if (survey->containers)
		return json_object_array_add(survey->containers, report_json(outcome)) < 0 ? -ENOMEM
											   : 0;
	if (survey->count++)
		fputc('\n', survey->output.file);
	report_print(&survey->output, outcome);
	return 0;
}

static void refuse_seed(struct verdict *verdict, const char *path)
{
	if (!verdict->is_refused)
		error_set(&verdict->error, STATUS_SEED, 0, "%" NAME_SHOWN "%sthe seed does not fit",
			  path, *path ? ": " : "");
	verdict->is_refused = true;
}

/* Shows on a terminal which path is being measured, because a large image takes a while. NULL
 * removes the message. */
static void show_progress(const struct survey *survey, const char *path)
{
	AUTO_FREE char *escaped = path ? output_escaped(path) : NULL;

	if (!survey->judge.image || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s%s", escaped ? "measuring " : "", escaped ? escaped : "");
	fflush(stderr);
}

static int measure(struct survey *survey, const struct subject *subject, struct verdict *verdict,
		   struct needed needed[])
{
	bool is_too_large = false;
	int r = 0;

	for (size_t i = 0; i < verdict->plan.tmpfs_count && r == 0; i++) {
		show_progress(survey, verdict->plan.tmpfs[i].path);
		r = needed_measure(&survey->judge, subject, verdict, i, &survey->findings,
				   &needed[i]);
		if (needed[i].is_too_large)
			refuse_seed(verdict, verdict->plan.tmpfs[i].entry->path);
	}
	show_progress(survey, NULL);
	if (r == 0)
		r = needed_check_memory(subject, verdict, needed, &survey->findings, &is_too_large);
	if (is_too_large)
		refuse_seed(verdict, "");
	return r;
}

int survey_take(struct survey *survey, struct subject *subject)
{
	AUTO_VERDICT verdict = {0};
	AUTO_FREE struct needed *needed = NULL;
	struct outcome outcome = {.judge = &survey->judge, .subject = subject, .verdict = &verdict};
	int r;

	r = judge_subject(&survey->judge, subject, &survey->findings, &verdict);
	if (r < 0)
		return r;
	needed = calloc(verdict.plan.tmpfs_count + 1, sizeof(*needed));
	if (!needed)
		return -ENOMEM;
	r = measure(survey, subject, &verdict, needed);
	if (r == 0)
		r = advice_add(&survey->judge, subject, &verdict, &survey->findings);
	outcome.needed = needed;
	return r < 0 ? r : tell(survey, &outcome);
}

static void print_json(const struct survey *survey)
{
	AUTO_JSON *document = json_object_new_object();

	json_object_object_add(document, "containers", json_object_get(survey->containers));
	json_object_object_add(document, "mistakes", findings_json(&survey->findings, false));
	json_object_object_add(document, "warnings", findings_json(&survey->findings, true));
	output_json(survey->output.file, document);
}

static void print_end(const struct survey *survey)
{
	const struct output *output = &survey->output;

	if (survey->is_blind) {
		fputc('\n', output->file);
		wrap_print(
			output,
			"Without --rootfs, the image's links are not followed, and its files are "
			"not counted.",
			0, 0);
	}
	if (!survey->findings.count)
		return;
	if (survey->count || survey->is_blind)
		fputc('\n', output->file);
	findings_print(output, &survey->findings);
}

int survey_end(struct survey *survey)
{
	findings_sort(&survey->findings);
	if (survey->containers)
		print_json(survey);
	else
		print_end(survey);
	return survey->findings.mistakes ? TOOL_FINDING : TOOL_OK;
}
