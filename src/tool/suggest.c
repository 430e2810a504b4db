/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "core/annotations.h"
#include "core/memory.h"
#include "core/path.h"
#include "core/size.h"
#include "decide.h"
#include "diff.h"
#include "reasons.h"
#include "format.h"
#include "input.h"
#include "layer_process.h"
#include "learned.h"
#include "output.h"
#include "value.h"
#include "walk.h"

#define INCLUDES_MAX 32

/* In milliseconds. */
#define PROGRESS_EVERY 500

enum {
	OPTION_FORMAT,
	OPTION_EXPLAIN,
	OPTION_LEARNED,
	OPTION_INCLUDE,
};

static const struct command_option options[] = {
	[OPTION_FORMAT] = {"format", "FORMAT", FORMAT_NAMES, "format of the output: " FORMAT_NAMES},
	[OPTION_EXPLAIN] = {"explain", NULL, NULL, "explain each path on standard error"},
	[OPTION_LEARNED] = {"learned", NULL, NULL,
			    "read what learn has logged, and print a result for each image"},
	[OPTION_INCLUDE] = {"include", "DIR", NULL,
			    "allow DIR, although programs are below it (repeatable)"},
};

struct settings {
	const char *format;
	bool explain;
	bool learned;
	const char *include[INCLUDES_MAX];
	size_t include_count;
	const char *operand; /* as written; NULL if there is none */
	pid_t pid;	     /* 0: standard input is read */
};

static int add_include(const struct arguments *arguments, struct settings *settings)
{
	const char *dir = arguments->value;

	if (!path_is_normal(dir) || !dir[1])
		return arguments_wrong(arguments,
				       "'--include=%" NAME_SHOWN
				       "': write an absolute path other than '/', without '..'",
				       dir);
	if (settings->include_count == INCLUDES_MAX)
		return arguments_wrong(arguments, "more than %d times '--include'", INCLUDES_MAX);
	settings->include[settings->include_count++] = dir;
	return 0;
}

static int take_operand(const struct arguments *arguments, struct settings *settings)
{
	const char *operand = arguments->value;
	uint64_t number;

	if (settings->operand)
		return arguments_wrong(arguments, "'%" NAME_SHOWN "': give only one PID or '-'",
				       operand);
	settings->operand = operand;
	if (!strcmp(operand, "-"))
		return 0;
	if (number_parse(operand, strlen(operand), 10, INT32_MAX, &number) < 0 || !number)
		return arguments_wrong(
			arguments,
			"'%" NAME_SHOWN
			"' is not a PID; podman inspect --format {{.State.Pid}} prints it",
			operand);
	settings->pid = (pid_t)number;
	return 0;
}

/* Returns an exit status, or -1 to continue. */
static int read_settings(struct arguments *arguments, struct settings *settings)
{
	int status = 0;
	int kind;

	while (status == 0 && (kind = arguments_next(arguments)) != ARGUMENT_END) {
		if (kind == OPTION_FORMAT)
			settings->format = arguments->value;
		else if (kind == OPTION_EXPLAIN)
			settings->explain = true;
		else if (kind == OPTION_LEARNED)
			settings->learned = true;
		else if (kind == OPTION_INCLUDE)
			status = add_include(arguments, settings);
		else if (kind == ARGUMENT_OPERAND)
			status = take_operand(arguments, settings);
		else
			return arguments->status;
	}
	return status ? status : -1;
}

static int read_diffs(struct error *error, struct record *record)
{
	AUTO_FREE char *text = NULL;
	struct diff_count count;
	size_t length;
	int r;

	if (isatty(STDIN_FILENO))
		output_remark("suggest", "reading a diff from standard input");
	r = tool_read("-", DIFF_LENGTH_MAX, error, &text, &length);
	if (r == 0)
		r = diff_read(text, length, error, record, &count);
	if (r != 0)
		return r;
	if (count.ignored && !count.read)
		return error_set(error, STATUS_INPUT, 0,
				 "standard input is not a diff of podman or docker");
	if (count.ignored)
		output_remark("suggest", "lines that are not a diff's, and were ignored: %zu",
			      count.ignored);
	if (!count.read)
		output_remark("suggest", "standard input has no changes: the container wrote "
					 "nothing, or the diff failed");
	return 0;
}

/* Shows progress during a long walk. */
static void show_progress(size_t entries)
{
	static int64_t last;
	int64_t now = walk_clock();

	if (!last)
		last = now;
	if (now - last < PROGRESS_EVERY)
		return;
	last = now;
	fprintf(stderr, "\r%zu entries\r", entries);
}

static int read_process(const struct settings *settings, struct error *error, struct record *record)
{
	AUTO_LAYER layer = LAYER_NONE;
	struct walk_limits limits = {
		.entries = RECORD_MAX,
		.alive = isatty(STDERR_FILENO) ? show_progress : NULL,
	};
	int r;

	r = layer_of_process(settings->pid, error, record, &layer);
	if (r == 0)
		r = walk_layer(&layer, &limits, error, record);
	return r;
}

/* Prints the needs of one container, or of all containers of one image. */
static int print_needs(const struct settings *settings, const struct needs *needs)
{
	AUTO_FREE char *value = NULL;
	struct error error;
	int r;

	r = value_write(needs, &error, &value);
	if (r == -ENOMEM)
		return output_failure("suggest", &error);
	if (r < 0) {
		output_remark("suggest", "%s", error.text);
		return TOOL_FINDING;
	}
	if (!strcmp(settings->format, "kube") && strlen(value) > KUBE_PLAY_VALUE_MAX)
		output_remark("suggest",
			      "podman kube play before 4.7 refuses values of more than 63 bytes; "
			      "this one has %zu",
			      strlen(value));
	format_print(stdout, settings->format, value);
	return TOOL_OK;
}

static int suggest(const struct settings *settings)
{
	AUTO_RECORD record = {0};
	AUTO_NEEDS needs = {0};
	struct error error;
	int r;

	r = settings->pid ? read_process(settings, &error, &record) : read_diffs(&error, &record);
	if (r == 0 && decide_needs(&record, settings->include, settings->include_count, &needs) < 0)
		r = error_memory(&error);
	if (r < 0)
		return output_failure("suggest", &error);
	if (settings->explain)
		reasons_explain("suggest", &record, &needs);
	reasons_remark("suggest", &record, &needs);
	return print_needs(settings, &needs);
}

/* A line that begins with "#" is a comment in every format. */
static int print_image(const struct settings *settings, const struct learned_image *image,
		       bool is_first)
{
	AUTO_FREE char *name = output_escaped(image->name);
	bool is_yaml = !strcmp(settings->format, "compose") || !strcmp(settings->format, "kube");

	if (!is_first)
		fputs(is_yaml ? "---\n" : "\n", stdout);
	printf("# %s (containers: %zu)\n", name ? name : "", image->runs);
	if (image->runs_cut)
		output_remark("suggest",
			      "%" NAME_SHOWN
			      ": directories may be missing: containers that wrote more "
			      "than learn could read: %zu",
			      image->name, image->runs_cut);
	return print_needs(settings, &image->needs);
}

static int suggest_learned(const struct settings *settings)
{
	AUTO_LEARNED learned = {0};
	AUTO_FREE char *text = NULL;
	struct error error;
	int status = TOOL_OK;
	int one;
	bool is_first = true;
	size_t length;
	int r;

	r = tool_read("-", DIFF_LENGTH_MAX, &error, &text, &length);
	if (r == 0)
		r = learned_read(text, length, &error, &learned);
	if (r < 0)
		return output_failure("suggest", &error);
	for (size_t i = 0; i < learned.count; i++) {
		const struct learned_image *image = &learned.images[i];

		if (image->runs_without)
			output_remark("suggest",
				      "%" NAME_SHOWN ": containers without a result: %zu: %s",
				      image->name, image->runs_without, image->reason);
		if (!image->runs)
			continue;
		one = print_image(settings, image, is_first);
		status = one > status ? one : status;
		is_first = false;
	}
	if (learned.ignored)
		output_remark("suggest", "lines that are not learn's, and were ignored: %zu",
			      learned.ignored);
	return status;
}

static int run(struct arguments *arguments)
{
	struct settings settings = {.format = "annotations"};
	int status = read_settings(arguments, &settings);

	if (status >= 0)
		return status;
	if (settings.learned && (settings.pid || settings.explain))
		return arguments_wrong(
			arguments,
			"'--learned' reads standard input, and cannot be combined with a PID or '--explain'");
	return settings.learned ? suggest_learned(&settings) : suggest(&settings);
}

const struct command suggest_command = {
	.name = "suggest",
	.summary = "print the annotations that a container needs",
	.usage = "[--format=FORMAT] [--explain] [--learned] [--include=DIR]... [PID | -]",
	.description =
		"Prints the annotations with which a container's root can be read-only, according to\n"
		"what the container has written so far. With a PID, it reads the upper directory of that\n"
		"process's root, on any engine, as root or as the container's owner. Without a PID, it\n"
		"reads standard input: podman diff --format json, or lines of podman diff or docker diff.\n"
		"Several diffs are merged. The output of podman inspect or docker inspect among them\n"
		"distinguishes mount points from written paths. Use the container first. Merge its diffs\n"
		"from before and after the stop, because pid files disappear at the stop.\n",
	.examples =
		"  oci-readonly suggest $(podman inspect --format '{{.State.Pid}}' web)\n"
		"  podman diff --format json web | oci-readonly suggest --explain\n"
		"  { docker diff web; docker inspect web; } | oci-readonly suggest --format compose\n",
	.options = options,
	.options_count = ARRAY_SIZE(options),
	.run = run,
};
