/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flags.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "carried.h"
#include "core/annotations.h"
#include "finding.h"
#include "input.h"
#include "inspect.h"
#include "output.h"
#include "written.h"

#define NAME "flags"
#define WHAT "standard input"

/* Finds every mistake in the labels, with the hook's messages for annotations. */
static int find_mistakes(struct written_list *labels, struct findings *findings,
			 struct wish *ret_wish)
{
	for (;;) {
		const struct annotations *annotations = written_annotations(labels);
		struct finding_place place;
		struct written *written;
		struct error error;
		int r;

		if (!annotations)
			return -ENOMEM;
		r = annotations_wish(annotations, &error, ret_wish);
		if (r == 0 || r == -ENOMEM)
			return r;
		written = written_blamed(labels, &error);
		if (written)
			place = written_place(labels, written, error.offset);
		r = findings_add(findings, false, (int)error.status, written ? &place : NULL, NULL,
				 "%s", error.text);
		if (r < 0 || !written)
			return r;
		written_take_out(written, error.offset);
	}
}

/* Reports entries that the hook accepts, but that a shell or podman would change. */
static int check_carried(const struct written_list *labels, const struct wish *wish,
			 struct findings *findings)
{
	for (size_t i = 0; i < wish->list.count; i++) {
		const struct tmpfs_entry *entry = &wish->list.entries[i];
		size_t fault = carried_fault(entry);
		struct finding_place place;
		int r;

		if (!entry->text[fault])
			continue;
		place = written_value_place(labels, written_find(labels, wish->list_key),
					    entry->offset + fault, 1);
		r = findings_add(findings, false, 0, &place,
				 "give podman this annotation yourself, in quotes",
				 "%s: entry '%" NAME_SHOWN "', at %zu: an unquoted $(...), or "
				 "podman before 5.0, does not pass this character on",
				 wish->list_key, entry->text, fault + 1);
		if (r < 0)
			return r;
	}
	return 0;
}

static int print_flags(const struct wish *wish)
{
	AUTO_FREE char *list = NULL;

	if (wish->readonly != READONLY_UNSAID)
		printf("--annotation=%s=%s\n", KEY_READONLY,
		       wish->readonly == READONLY_TRUE ? "true" : "false");
	if (!wish->list.count)
		return 0;
	list = carried_list(&wish->list);
	if (!list)
		return -ENOMEM;
	printf("--annotation=%s=%s\n", KEY_TMPFS, list);
	return 0;
}

static int print_labels(struct written_list *labels, struct error *error)
{
	AUTO_FINDINGS findings = {0};
	AUTO_WISH wish = {0};
	struct output output;
	int r;

	r = find_mistakes(labels, &findings, &wish);
	if (r == 0)
		r = check_carried(labels, &wish, &findings);
	if (r == 0 && !findings.mistakes)
		r = print_flags(&wish);
	if (r < 0) {
		error_memory(error);
		return output_failure(NAME, error);
	}
	output_begin(stderr, &output);
	findings_print(&output, &findings);
	return findings.mistakes ? TOOL_FINDING : TOOL_OK;
}

static int run(struct arguments *arguments)
{
	AUTO_WRITTEN labels = {0};
	AUTO_FREE char *text = NULL;
	struct error error;
	size_t length;
	int argument = arguments_next(arguments);

	if (argument == ARGUMENT_STOP)
		return arguments->status;
	if (argument != ARGUMENT_END)
		return arguments_wrong(arguments, "unexpected argument '%" NAME_SHOWN "'",
				       arguments->value);
	if (tool_read("-", INSPECT_LENGTH_MAX, &error, &text, &length) < 0 ||
	    inspect_labels(WHAT, text, length, &error, &labels) < 0)
		return output_failure(NAME, &error);
	return print_labels(&labels, &error);
}

const struct command flags_command = {
	.name = NAME,
	.summary = "print an image's labels as podman's --annotation flags",
	.usage = "< INSPECTED",
	.description =
		"Reads what 'podman image inspect IMAGE' prints, or Docker's, or 'skopeo inspect\n"
		"--config', and prints an --annotation flag for each label of the image that is\n"
		"named like an annotation of the hook. They are checked as the hook checks them.\n"
		"An unquoted $(...) passes the flags on as they are. If there is no such label,\n"
		"nothing is printed.\n",
	.examples = "  podman run $(podman image inspect IMAGE | oci-readonly flags) IMAGE\n",
	.run = run,
};
