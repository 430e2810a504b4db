/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reasons.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

/* A part of a line, before output_remark() escapes it. */
#define WHY_MAX 2048

static const char *verb(const struct record *record, const struct trace *trace)
{
	if (trace->kind == TRACE_DELETED)
		return "deleted";
	if (record->has_layer && trace->type == TRACE_DIRECTORY && trace->kind == TRACE_CHANGED)
		return "something in it was created and removed, or its mode changed";
	if (record->has_layer && trace->type == TRACE_FILE)
		return "written";
	return trace->kind == TRACE_ADDED ? "added" : "changed";
}

/* Writes the stored traces, with what happened to each if with_verb, and how many more there
 * are. */
static void write_reasons(const struct record *record, const struct reasons *reasons,
			  bool with_verb, char text[static WHY_MAX])
{
	size_t shown = reasons->count < REASONS_SHOWN ? reasons->count : REASONS_SHOWN;
	size_t used = 0;

	for (size_t i = 0; i < shown; i++) {
		const struct trace *trace = reasons->traces[i];
		int n = snprintf(text + used, WHY_MAX - used, "%s%" NAME_SHOWN, i ? ", " : "",
				 trace->path);

		used += (size_t)n;
		if (with_verb)
			used += (size_t)snprintf(text + used, WHY_MAX - used, " (%s)",
						 verb(record, trace));
	}
	if (reasons->count > shown)
		snprintf(text + used, WHY_MAX - used, ", and %zu more", reasons->count - shown);
}

static void explain_need(const char *command, const struct record *record, const struct need *need)
{
	char text[WHY_MAX];

	if (need->offer) {
		output_remark(command, "%" NAME_SHOWN ": %s", need->path, need->offer);
		return;
	}
	write_reasons(record, &need->reasons, true, text);
	output_remark(command, "%" NAME_SHOWN ": %s", need->path, text);
}

void reasons_explain(const char *command, const struct record *record, const struct needs *needs)
{
	static const char *const why[NOISE_KINDS] = {
		[NOISE_ENGINE] = "created by engines for every container",
		[NOISE_USER] = "written by podman for its --user",
		[NOISE_MOUNT] = "mount points, and what is below them",
		[NOISE_WAY] = "created for mount points, or as the working directory",
		[NOISE_ABOVE] = "listed only for what is below them",
	};

	for (size_t i = 0; i < needs->count; i++)
		explain_need(command, record, &needs->items[i]);
	for (size_t i = 0; i < NOISE_KINDS; i++) {
		char text[WHY_MAX];

		if (!why[i] || !needs->noise[i].count)
			continue;
		write_reasons(record, &needs->noise[i], false, text);
		output_remark(command, "left out (%s): %s", why[i], text);
	}
}

static void remark_need(const char *command, const struct need *need)
{
	if (need->program)
		output_remark(command,
			      "%" NAME_SHOWN ": exec, because the executable file %" NAME_SHOWN
			      " was written; remove it if nothing there is executed",
			      need->path, need->program->path);
	if (need->is_lacking && need->has_owner)
		output_remark(command,
			      "%" NAME_SHOWN
			      ": the image lacks it; mode and owner are those of the directory",
			      need->path);
	else if (need->is_lacking)
		output_remark(
			command,
			"%" NAME_SHOWN
			": the image lacks it, and a diff does not contain its mode and owner; check them",
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
	if (record->is_readonly)
		output_remark(command, "its root is read-only already: what it could not write "
				       "left no trace");
	if (record->is_cut)
		output_remark(command, "there is more than was read: the result may lack "
				       "directories");
}
