/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "containers.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/size.h"
#include "output.h"
#include "usage.h"

#define NAME "status"

/* The length of an id in text output, as engines print it. */
#define ID_SHOWN 12

/* From this width on, all columns are printed before the path. */
#define WIDE_COLUMNS 72

#define NUMBER_MAX 24

struct survey {
	struct containers containers;
	pid_t *pids; /* the processes named on the command line */
	size_t pids_count;
	size_t shown; /* the number of containers that were printed as text */
	bool is_json;
	bool has_failed; /* something could not be read */
	int patience;
	struct output output;
	struct json_object *list; /* the containers, for JSON */
};

/* Formats 1536 as "1.5K": three digits and a unit, as df(1) does. */
static void format_size(uint64_t bytes, char buffer[static NUMBER_MAX])
{
	static const char units[] = "BKMGTPE";
	uint64_t tenths = bytes > UINT64_MAX / 10 ? UINT64_MAX : bytes * 10;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(buffer, NUMBER_MAX, "%" PRIu64, bytes);
		return;
	}
	while (tenths >= 10240 && unit + 2 < sizeof(units)) {
		tenths = (tenths + 1023) / 1024;
		unit++;
	}
	if (tenths < 100)
		snprintf(buffer, NUMBER_MAX, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
			 units[unit]);
	else
		snprintf(buffer, NUMBER_MAX, "%" PRIu64 "%c", (tenths + 9) / 10, units[unit]);
}

static void format_number(uint64_t number, char buffer[static NUMBER_MAX])
{
	snprintf(buffer, NUMBER_MAX, "%" PRIu64, number);
}

/* A part, its whole, and the percentage, as text; "-" if there is no limit. */
struct share {
	char part[NUMBER_MAX];
	char whole[NUMBER_MAX];
	char percent[NUMBER_MAX];
	bool is_full;
};

static struct share share_of(uint64_t part, uint64_t whole, int err,
			     void (*format)(uint64_t number, char buffer[static NUMBER_MAX]))
{
	struct share share = {.part = "-", .whole = "-", .percent = "-"};
	unsigned percent = usage_percent(part, whole);

	if (err || !whole)
		return share;
	format(part, share.part);
	format(whole, share.whole);
	snprintf(share.percent, sizeof(share.percent), "%u%%", percent);
	share.is_full = percent >= USAGE_FULL;
	return share;
}

static const char *kind_of(const struct usage *usage)
{
	if (!usage->is_hooks)
		return "other tmpfs";
	return strcmp(usage->mount->fstype, "overlay") == 0 ? "hook overlay" : "hook tmpfs";
}

static void print_usage(const struct survey *survey, const struct usage *usage)
{
	const struct usage_numbers *numbers = &usage->numbers;
	const struct output *output = &survey->output;
	struct share space = share_of(numbers->used, numbers->size, usage->err, format_size);
	struct share files = share_of(numbers->files, numbers->inodes, usage->err, format_number);
	bool is_full = space.is_full || files.is_full;
	enum colour colour = is_full ? COLOUR_RED : COLOUR_NONE;
	AUTO_FREE char *path = output_escaped(usage->mount->target);
	char line[8 * NUMBER_MAX];

	if (output->columns >= WIDE_COLUMNS) {
		snprintf(line, sizeof(line), "%s %6s %6s %5s %9s %9s %5s  %-12s  ",
			 is_full ? "!" : " ", space.part, space.whole, space.percent, files.part,
			 files.whole, files.percent, kind_of(usage));
		output_coloured(output, colour, line);
		fprintf(output->file, "%s\n", path ? path : "");
		return;
	}
	fprintf(output->file, "%s %s (%s)\n", is_full ? "!" : " ", path ? path : "",
		kind_of(usage));
	snprintf(line, sizeof(line), "    %s of %s, %s\n", space.part, space.whole, space.percent);
	output_coloured(output, space.is_full ? COLOUR_RED : COLOUR_NONE, line);
	snprintf(line, sizeof(line), "    %s of %s files, %s\n", files.part, files.whole,
		 files.percent);
	output_coloured(output, files.is_full ? COLOUR_RED : COLOUR_NONE, line);
}

static void print_container(struct survey *survey, const struct found_container *container,
			    const struct usage *usages, size_t count)
{
	const struct mounts_entry *root = mounts_root(&container->mounts);
	const struct output *output = &survey->output;
	bool is_readonly = root && root->is_readonly;
	char line[128];

	if (survey->shown++)
		putchar('\n');
	snprintf(line, sizeof(line), "%s%.*s%sprocess %d", container->id[0] ? "container " : "",
		 ID_SHOWN, container->id, container->id[0] ? ", " : "", (int)container->pid);
	output_coloured(output, COLOUR_BOLD, line);
	fputs(": root ", output->file);
	output_coloured(output, is_readonly ? COLOUR_GREEN : COLOUR_YELLOW,
			is_readonly ? "read-only" : "writable");
	fputc('\n', output->file);
	if (count && output->columns >= WIDE_COLUMNS)
		fprintf(output->file, "  %6s %6s %5s %9s %9s %5s  %-12s  %s\n", "USED", "SIZE",
			"USE%", "FILES", "INODES", "USE%", "TYPE", "PATH");
	for (size_t i = 0; i < count; i++)
		print_usage(survey, &usages[i]);
}

/* Returns NULL, JSON's null, for an unknown number. */
static struct json_object *number_or_null(uint64_t number, bool is_known)
{
	return is_known ? json_object_new_int64((int64_t)number) : NULL;
}

static struct json_object *usage_json(const struct usage *usage)
{
	struct json_object *object = json_object_new_object();
	const struct usage_numbers *numbers = &usage->numbers;
	bool has_size = !usage->err && numbers->size;
	bool has_inodes = !usage->err && numbers->inodes;
	bool is_full = (has_size && usage_percent(numbers->used, numbers->size) >= USAGE_FULL) ||
		       (has_inodes && usage_percent(numbers->files, numbers->inodes) >= USAGE_FULL);
	char name[16];

	json_object_object_add(object, "path", json_object_new_string(usage->mount->target));
	json_object_object_add(object, "type", json_object_new_string(usage->mount->fstype));
	json_object_object_add(object, "hook", json_object_new_boolean(usage->is_hooks));
	json_object_object_add(object, "readonly",
			       json_object_new_boolean(usage->mount->is_readonly));
	json_object_object_add(object, "size", number_or_null(numbers->size, has_size));
	json_object_object_add(object, "used", number_or_null(numbers->used, has_size));
	json_object_object_add(object, "inodes", number_or_null(numbers->inodes, has_inodes));
	json_object_object_add(object, "files", number_or_null(numbers->files, has_inodes));
	json_object_object_add(object, "full", json_object_new_boolean(is_full));
	json_object_object_add(object, "error",
			       usage->err ? json_object_new_string(error_name(usage->err, name))
					  : NULL);
	return object;
}

static struct json_object *container_json(const struct found_container *container,
					  const struct usage *usages, size_t count)
{
	struct json_object *object = json_object_new_object();
	struct json_object *root = json_object_new_object();
	struct json_object *mounts = json_object_new_array();
	const struct mounts_entry *mount = mounts_root(&container->mounts);

	json_object_object_add(object, "pid", json_object_new_int(container->pid));
	json_object_object_add(object, "id",
			       container->id[0] ? json_object_new_string(container->id) : NULL);
	json_object_object_add(root, "readonly",
			       json_object_new_boolean(mount && mount->is_readonly));
	json_object_object_add(root, "type", mount ? json_object_new_string(mount->fstype) : NULL);
	json_object_object_add(object, "root", root);
	for (size_t i = 0; i < count; i++)
		json_object_array_add(mounts, usage_json(&usages[i]));
	json_object_object_add(object, "mounts", mounts);
	return object;
}

/* Drops hidden filesystems, and reports those that could not be read. */
static size_t sift(struct survey *survey, const struct found_container *container,
		   struct usage *usages, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		char name[16];

		if (usages[i].is_hidden)
			continue;
		if (usages[i].err) {
			output_remark(NAME, "process %d: %s: cannot be inspected: %s",
				      (int)container->pid, usages[i].mount->target,
				      error_name(usages[i].err, name));
			survey->has_failed = true;
		}
		usages[kept++] = usages[i];
	}
	return kept;
}

static int show(struct survey *survey, const struct found_container *container, struct error *error)
{
	AUTO_FREE struct usage *usages = NULL;
	size_t count = 0;
	int r;

	r = usage_select(&survey->containers, container, error, &usages, &count);
	if (r == 0)
		r = usage_measure(container, usages, count, &survey->patience, error);
	/* Not an error of a container that nobody named. */
	if (!survey->pids_count && containers_has_exited(container))
		return 0;
	if (r < 0)
		return r;
	count = sift(survey, container, usages, count);
	if (survey->is_json)
		json_object_array_add(survey->list, container_json(container, usages, count));
	else
		print_container(survey, container, usages, count);
	return 0;
}

static void show_all(struct survey *survey)
{
	for (size_t i = 0; i < survey->containers.count; i++) {
		struct error error;

		if (show(survey, &survey->containers.items[i], &error) < 0) {
			output_failure(NAME, &error);
			survey->has_failed = true;
		}
	}
}

static void print_list(struct survey *survey)
{
	AUTO_JSON *document = json_object_new_object();

	json_object_object_add(document, "containers", json_object_get(survey->list));
	output_json(stdout, document);
}

/* Returns the exit status. */
static int report(struct survey *survey)
{
	if (!survey->containers.count && !survey->is_json && !survey->has_failed)
		output_remark(NAME, "no container found%s",
			      geteuid() == 0 ? "" : " that this user may look at");
	show_all(survey);
	if (survey->is_json)
		print_list(survey);
	return survey->has_failed ? TOOL_UNREADABLE : TOOL_OK;
}

/* Stores the process of an operand. Returns 0, or the exit status of a mistake. */
static int take_operand(struct survey *survey, const struct arguments *arguments)
{
	uint64_t pid;

	if (number_parse(arguments->value, strlen(arguments->value), 10, INT32_MAX, &pid) < 0 ||
	    !pid)
		return arguments_wrong(arguments, "'%" NAME_SHOWN "' is not a process id",
				       arguments->value);
	survey->pids[survey->pids_count++] = (pid_t)pid;
	return 0;
}

/* Returns 0, or the exit status. ret_is_over is set if the program is to exit, also after
 * --help. */
static int parse(struct survey *survey, struct arguments *arguments, bool *ret_is_over)
{
	int argument;
	int wrong;

	*ret_is_over = true;
	while ((argument = arguments_next(arguments)) != ARGUMENT_END) {
		if (argument == ARGUMENT_STOP)
			return arguments->status;
		if (argument != ARGUMENT_OPERAND) {
			survey->is_json = true;
			continue;
		}
		wrong = take_operand(survey, arguments);
		if (wrong)
			return wrong;
	}
	*ret_is_over = false;
	return 0;
}

static void add_named(struct survey *survey)
{
	for (size_t i = 0; i < survey->pids_count; i++) {
		struct error error;

		if (containers_add(&survey->containers, survey->pids[i], &error) < 0) {
			output_failure(NAME, &error);
			survey->has_failed = true;
		}
	}
}

static void survey_done(struct survey *survey)
{
	free(survey->pids);
	json_object_put(survey->list);
	containers_done(&survey->containers);
}

static int run(struct arguments *arguments)
{
	CLEANUP(survey_done)
	struct survey survey = {
		.patience = USAGE_PATIENCE,
		.list = json_object_new_array(),
		.pids = calloc((size_t)arguments->argc + 1, sizeof(pid_t)),
		.containers = {.proc = -EBADF},
	};
	struct error error;
	bool is_over;
	int r;

	if (!survey.pids || !survey.list) {
		error_memory(&error);
		return output_failure(NAME, &error);
	}
	r = parse(&survey, arguments, &is_over);
	if (is_over)
		return r;
	output_begin(stdout, &survey.output);
	if (containers_begin(&error, &survey.containers) < 0)
		return output_failure(NAME, &error);
	add_named(&survey);
	if (!survey.pids_count && containers_find(&survey.containers, &error) < 0)
		return output_failure(NAME, &error);
	return report(&survey);
}

static const struct command_option options[] = {
	{"json", NULL, NULL, "print JSON: oci-readonly(1) describes it"},
};

const struct command status_command = {
	.name = NAME,
	.summary = "show how full the tmpfs of running containers are",
	.usage = "[--json] [PID]...",
	.description =
		"Shows whether the root of running containers is read-only, and the space and files\n"
		"used on each tmpfs and overlay of the hook and on each tmpfs of config.json. What is\n"
		"90 % full or more is marked. Without a PID, it shows all containers of this host\n"
		"that the caller may inspect: root may inspect all of them, other users their own.\n",
	.examples = "  oci-readonly status\n"
		    "  oci-readonly status \"$(podman inspect -f '{{.State.Pid}}' web)\"\n",
	.options = options,
	.options_count = ARRAY_SIZE(options),
	.run = run,
};
