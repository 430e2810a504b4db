/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "arguments.h"
#include "core/json.h"
#include "hookargs.h"
#include "input.h"
#include "linux/sys.h"
#include "sources.h"
#include "survey.h"

#define NAME "check"

#define HOOKS_FILE_MAX (1024 * 1024)

enum option {
	OPTION_ANNOTATION,
	OPTION_CONFIG,
	OPTION_POD,
	OPTION_HOOKS_FILE,
	OPTION_ROOTFS,
	OPTION_JSON,
};

static const struct command_option options[] = {
	[OPTION_ANNOTATION] = {.name = "annotation",
			       .value = "KEY=VALUE",
			       .help = "an annotation, as podman run takes it; repeatable"},
	[OPTION_CONFIG] = {.name = "config",
			   .value = "FILE",
			   .help = "a container's config.json, as engines write it"},
	[OPTION_POD] = {.name = "pod",
			.value = "FILE",
			.help = "Kubernetes objects, in YAML or JSON"},
	[OPTION_HOOKS_FILE] = {.name = "hooks-file",
			       .value = "FILE",
			       .help = "the hooks file with the operator's options"},
	[OPTION_ROOTFS] = {.name = "rootfs",
			   .value = "DIR",
			   .help = "the image's root: follow links, measure seeds"},
	[OPTION_JSON] = {.name = "json", .help = "print JSON"},
};

struct check {
	const char *config; /* a file name, "-" or NULL; the same for the following members */
	const char *pod;
	const char *hooks_file;
	const char *rootfs;
	bool is_json;
	bool has_annotations;
	struct subject annotations;
	struct hookargs hookargs;
	struct rootfs image; /* fd is -EBADF if there is no image */
};

static void check_done(struct check *check)
{
	subject_done(&check->annotations);
	hookargs_done(&check->hookargs);
	close_fd(&check->image.fd);
}

static int take_annotation(struct arguments *arguments, struct check *check)
{
	const char *equals = strchr(arguments->value, '=');
	AUTO_FREE char *key = NULL;
	struct error error;

	if (!equals || equals == arguments->value)
		return arguments_wrong(arguments,
				       "'--annotation' needs KEY=VALUE, not '%" NAME_SHOWN "'",
				       arguments->value);
	key = strndup(arguments->value, (size_t)(equals - arguments->value));
	check->has_annotations = true;
	if (key && written_add(&check->annotations.annotations, key, equals + 1, NULL, NULL) == 0)
		return TOOL_OK;
	error_memory(&error);
	return output_failure(NAME, &error);
}

static int take_operand(struct arguments *arguments, struct check *check)
{
	struct error error;

	if (!arguments->after_dashes)
		return arguments_wrong(arguments,
				       "unexpected argument '%" NAME_SHOWN
				       "'; the hook's options follow '--'",
				       arguments->value);
	if (hookargs_add(&check->hookargs, arguments->value, &error) < 0)
		return output_failure(NAME, &error);
	return TOOL_OK;
}

static int take_file(struct arguments *arguments, const char **file)
{
	if (*file)
		return arguments_wrong(
			arguments, "one file each can be read, and '%" NAME_SHOWN "' is a second",
			arguments->value);
	*file = arguments->value;
	return TOOL_OK;
}

static int take(struct arguments *arguments, int option, struct check *check)
{
	switch (option) {
	case OPTION_ANNOTATION:
		return take_annotation(arguments, check);
	case OPTION_CONFIG:
		return take_file(arguments, &check->config);
	case OPTION_POD:
		return take_file(arguments, &check->pod);
	case OPTION_HOOKS_FILE:
		return take_file(arguments, &check->hooks_file);
	case OPTION_ROOTFS:
		return take_file(arguments, &check->rootfs);
	case OPTION_JSON:
		check->is_json = true;
		return TOOL_OK;
	case ARGUMENT_OPERAND:
		return take_operand(arguments, check);
	default:
		return arguments->status;
	}
}

/* The functions below return the exit status, or GO_ON. */
#define GO_ON (-1)

static int read_arguments(struct arguments *arguments, struct check *check)
{
	int option;

	while ((option = arguments_next(arguments)) != ARGUMENT_END) {
		int status = take(arguments, option, check);

		if (status != TOOL_OK || option == ARGUMENT_STOP)
			return status;
	}
	switch (check->has_annotations + !!check->config + !!check->pod) {
	case 0:
		if (!check->hooks_file && !check->hookargs.count)
			return arguments_wrong(arguments, "nothing to check: give '--annotation', "
							  "'--config' or '--pod'");
		return GO_ON;
	case 1:
		return GO_ON;
	default:
		return arguments_wrong(arguments, "'--annotation', '--config' and '--pod' exclude "
						  "each other");
	}
}

static int read_hooks_file(struct check *check, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	if (!check->hooks_file)
		return 0;
	r = tool_read(check->hooks_file, HOOKS_FILE_MAX, error, &text, &length);
	return r < 0 ? r : hookargs_read(&check->hookargs, check->hooks_file, text, length, error);
}

static int open_image(struct check *check, struct error *error)
{
	int r;

	if (!check->rootfs)
		return 0;
	check->image.fd = open(check->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (check->image.fd < 0)
		return error_set(error, STATUS_INPUT, errno, "cannot open %" NAME_SHOWN,
				 check->rootfs);
	r = sys_file_id(check->image.fd, &check->image.id);
	if (r < 0)
		return error_set(error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": statx", check->rootfs);
	return 0;
}

/* Checks annotations without a container configuration. There may be no annotations at all. */
static int survey_annotations(struct survey *survey, struct subject *subject, struct error *error)
{
	AUTO_JSON *config = subject_config();
	int r = subject_set_config(subject, config, error);

	if (r < 0)
		return r;
	subject->id = "";
	subject->is_for_podman = true;
	return survey_take(survey, subject) < 0 ? error_memory(error) : 0;
}

static int survey_all(struct survey *survey, struct check *check, struct error *error)
{
	int r = hookargs_parse(&check->hookargs, error);

	if (r == -ENOMEM)
		return r;
	/* The hook would refuse every container. */
	if (r < 0)
		return findings_add(&survey->findings, false, (int)error->status, NULL, NULL, "%s",
				    error->text) < 0
			       ? error_memory(error)
			       : 0;
	if (check->config)
		return sources_config(survey, check->config, error);
	if (check->pod)
		return sources_pod(survey, check->pod, error);
	return survey_annotations(survey, &check->annotations, error);
}

static int begin(struct survey *survey, struct check *check, struct error *error)
{
	struct sysinfo system;
	int r = read_hooks_file(check, error);

	if (r == 0)
		r = open_image(check, error);
	if (r < 0)
		return r;
	if (sysinfo(&system) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "sysinfo");
	survey->judge = (struct judge){
		.options = &check->hookargs.options,
		.image = check->rootfs ? &check->image : NULL,
		.total_memory = (uint64_t)system.totalram * system.mem_unit,
	};
	output_begin(stdout, &survey->output);
	survey->containers = check->is_json ? json_object_new_array() : NULL;
	return 0;
}

static int run(struct arguments *arguments)
{
	CLEANUP(check_done) struct check check = {.image = {.fd = -EBADF}};
	AUTO_SURVEY survey = {0};
	struct error error;
	int status = read_arguments(arguments, &check);
	int r;

	if (status != GO_ON)
		return status;
	r = begin(&survey, &check, &error);
	if (r == 0)
		r = survey_all(&survey, &check, &error);
	return r < 0 ? output_failure(NAME, &error) : survey_end(&survey);
}

const struct command check_command = {
	.name = NAME,
	.summary = "show what the hook would do, or each mistake",
	.usage = "[OPTION]... [-- HOOK-OPTION...]",
	.description =
		"Shows what the hook would do for a container: its read-only root, and each tmpfs\n"
		"with its size, options and seed; or each mistake, with its place. FILE may be \"-\".\n"
		"The hook's own options follow \"--\". The exit status is 1 if there is a mistake.\n",
	.examples = "  oci-readonly check --annotation io.containers.readonly=true \\\n"
		    "      --annotation 'io.containers.readonly.tmpfs=/run;/tmp:size=64m'\n"
		    "  kubectl get deployment web -o yaml | oci-readonly check --pod -\n"
		    "  oci-readonly check --config config.json --rootfs rootfs -- --max-size=64m\n",
	.options = options,
	.options_count = ARRAY_SIZE(options),
	.run = run,
};
