/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reasons.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

/* Part of a line, escaped by output_remark(). */
#define WHY_MAX 2048

static const char *verb(const struct record *record, const struct trace *trace)
{
	if (trace->kind == TRACE_DELETED)
		return "deleted";
	if (record->has_layer && trace->type == TRACE_DIRECTORY && trace->kind == TRACE_CHANGED)
		return "something in it came and went, or its mode changed";
	if (record->has_layer && trace->type == TRACE_FILE)
		return "written";
	return trace->kind == TRACE_ADDED ? "added" : "changed";
}

static void explain_need(const char *command, const struct record *record, const struct need *need)
{
	char text[WHY_MAX] = "";
	size_t used = 0;
	size_t shown = need->why_count < NEED_WHY_MAX ? need->why_count : NEED_WHY_MAX;

	for (size_t i = 0; i < shown; i++) {
		int n = snprintf(text + used, sizeof(text) - used, "%s%" NAME_SHOWN " (%s)",
				 i ? ", " : "", need->why[i]->path, verb(record, need->why[i]));

		used += (size_t)n;
	}
	if (need->why_count > shown)
		snprintf(text + used, sizeof(text) - used, ", and %zu more",
			 need->why_count - shown);
	if (!need->why_count)
		snprintf(text, sizeof(text),
			 "offered in any case: what is made and removed there may leave no trace");
	output_remark(command, "%" NAME_SHOWN ": %s", need->path, text);
}

void reasons_explain(const char *command, const struct record *record, const struct needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		explain_need(command, record, &needs->items[i]);
	if (needs->noise_count)
		output_remark(command,
			      "left out: %zu of %zu entries, which the engine made, or which are "
			      "directories listed for what is below them",
			      needs->noise_count, record->count);
}

static void remark_need(const char *command, const struct need *need)
{
	if (need->program)
		output_remark(command,
			      "%" NAME_SHOWN ": exec, since the executable file %" NAME_SHOWN
			      " was written; drop it if nothing there is run",
			      need->path, need->program->path);
	if (need->is_lacking && need->has_owner)
		output_remark(command,
			      "%" NAME_SHOWN
			      ": the image does not have it; mode and owner are those that it got",
			      need->path);
	else if (need->is_lacking)
		output_remark(command,
			      "%" NAME_SHOWN
			      ": the image does not have it, and a diff does not tell its mode and "
			      "owner; check them",
			      need->path);
}

void reasons_remark(const char *command, const struct record *record, const struct needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		remark_need(command, &needs->items[i]);
	for (size_t i = 0; i < needs->left_out_count; i++) {
		const struct left_out *left = &needs->left_out[i];

		output_remark(command, "left out: %" NAME_SHOWN ": %s%s", left->path, left->why,
			      left->count > 1 ? " (more than one entry)" : "");
	}
	if (needs->left_out_more)
		output_remark(command, "left out: %zu more entries of these kinds",
			      needs->left_out_more);
	if (record->is_cut)
		output_remark(command, "there is more than was read: the result may lack "
				       "directories");
}
