/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook: wiring and exit status only. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bundle.h"
#include "core/options.h"
#include "core/policy.h"
#include "core/state.h"
#include "linux/config.h"
#include "linux/container.h"
#include "linux/input.h"
#include "linux/log.h"
#include "linux/process.h"
#include "summary.h"
#include "worker.h"

static int print(const char *text, struct error *error)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	return error_set(error, STATUS_SYSTEM, errno, "standard output cannot be written to");
}

static int print_help(struct error *error)
{
	return print(
		"Usage: oci-readonly-hook [OPTION]... < STATE\n"
		"An OCI hook (createRuntime) that makes a container's root read-only and mounts seeded tmpfs,\n"
		"as the container's annotations ask: io.containers.readonly, io.containers.readonly.tmpfs.\n"
		"\n"
		"  --readonly                  treat a container without io.containers.readonly as true\n"
		"  --enforce                   like --readonly, and refuse a container with the value false\n"
		"  --audit                     log what would be done or refused, and change nothing\n"
		"  --tmpfs=ENTRY               a default entry for every read-only container; repeatable\n"
		"  --seed-tmpfs                fill each tmpfs of config.json, as of docker run --tmpfs, from the image\n"
		"  --max-size=SIZE             maximum size of a tmpfs\n"
		"  --max-total=SIZE            maximum size of all tmpfs of a container together\n"
		"  --max-inodes=N              maximum number of files of a tmpfs\n"
		"  --allow=GLOB, --deny=GLOB   paths that annotations may, or may not, name; repeatable\n"
		"  --forbid=OPTION[,OPTION]... options that annotations may not use\n"
		"  --exempt=KEY=REGEX          leave containers with such an annotation alone; repeatable\n"
		"  --log-level=error|info|debug\n"
		"  --help, --version\n"
		"\n"
		"See oci-readonly-hook(8) and oci-readonly-annotations(5).\n",
		error);
}

static void log_names(const struct annotations *annotations)
{
	log_pod(annotations_pod_namespace(annotations), annotations_pod_name(annotations),
		annotations_container_name(annotations));
}

static int read_state(struct error *error, struct state *ret_state)
{
	AUTO_FREE char *text = NULL;
	char id[STATE_ID_MAX + 1];
	size_t length;
	int r;

	r = input_read(STDIN_FILENO, STATE_LENGTH_MAX, &text, &length);
	if (r == -EFBIG)
		return error_set(error, STATUS_INPUT, EFBIG,
				 "state: more than %d bytes on standard input", STATE_LENGTH_MAX);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r, "state: standard input cannot be read");
	r = state_parse(text, length, error, id, ret_state);
	log_container(r < 0 ? id : ret_state->id);
	if (r == 0)
		log_names(&ret_state->annotations);
	return r;
}

/* What was read, and what was decided from it. */
struct job {
	const struct options *options;
	uint64_t start;
	struct state state;
	struct bundle bundle;
	struct wish wish;
	struct policy policy;
};

static void job_done(struct job *job)
{
	policy_done(&job->policy);
	wish_done(&job->wish);
	bundle_done(&job->bundle);
	state_done(&job->state);
}

static void log_outcome(const struct job *job, const struct outcome *outcome)
{
	struct summary summary = {
		.outcome = outcome,
		.bundle = &job->bundle,
		.microseconds = summary_clock() - job->start,
	};
	char line[SUMMARY_MAX];

	summary_write(&summary, line);
	log_done(line);
	summary_warn(&summary);
}

/* Did an annotation or an option request something? */
static int act(struct job *job, struct error *error)
{
	AUTO_CONTAINER container = CONTAINER_NONE;
	AUTO_FREE struct outcome *outcome = calloc(1, sizeof(*outcome));
	struct worker_request request = {
		.container = &container,
		.policy = &job->policy,
		.options = job->options,
		.bundle = &job->bundle,
	};
	bool is_debug = job->options->log_level == LEVEL_DEBUG;
	int r;

	if (!outcome)
		return error_memory(error);
	if (is_debug)
		summary_log_policy(&request, &job->wish);
	r = state_check_stage(&job->state, error);
	if (r == 0)
		r = process_ask_kernel(error);
	if (r == 0)
		r = container_open(job->state.pid, error, &container);
	if (r == 0)
		r = container_id_maps(&container, error, &job->bundle);
	if (r == 0)
		r = worker_run(&request, error, outcome);
	if (r < 0)
		return r;
	if (is_debug)
		summary_log_requests(&request, &job->wish, outcome);
	log_outcome(job, outcome);
	return 0;
}

/* The runtime's state is enough to see that nothing is requested: it may have extra annotations,
 * but never lacks one of ours. */
static bool is_idle(const struct job *job)
{
	return job->state.has_annotations && policy_is_idle(&job->state.annotations, job->options);
}

/* Decides by the annotations of config.json, which the engine wrote. If it has none, by those of
 * the state. */
static int decide(struct job *job, struct error *error)
{
	const struct annotations *annotations = &job->bundle.annotations;
	int r;

	r = config_load(&job->state, error, &job->bundle);
	if (r < 0)
		return r;
	if (!annotations->count)
		annotations = &job->state.annotations;
	log_names(annotations);
	r = policy_decide(annotations, job->state.id, job->options, error, &job->wish,
			  &job->policy);
	if (r == 0)
		policy_see_mounts(&job->bundle, &job->policy);
	return r;
}

static int run(const struct options *options, struct error *error)
{
	CLEANUP(job_done) struct job job = {.options = options, .start = summary_clock()};
	int r;

	r = read_state(error, &job.state);
	if (r < 0)
		return r;
	if (is_idle(&job))
		job.policy.left_alone = "no annotation asks for it";
	else
		r = decide(&job, error);
	if (r < 0)
		return r;
	if (job.policy.left_alone) {
		log_line(LEVEL_DEBUG, "left alone: %s", job.policy.left_alone);
		return 0;
	}
	return act(&job, error);
}

/* Reads the state, if possible, to name the container in the error. */
static int options_wrong(struct error *error)
{
	AUTO_STATE state = {0};
	struct error ignored;

	if (process_prepare(&ignored) == 0 && !isatty(STDIN_FILENO))
		read_state(&ignored, &state);
	return error_wrap(error, "options");
}

/* Looks at argv itself, because options_parse() may have run out of memory before it reached
 * --audit. */
static bool is_audit(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--audit") == 0)
			return true;
	}
	return false;
}

/* In an audit, only wrong options keep a container from starting. */
static int fail(const struct error *error, bool audit)
{
	if (!audit || error->status == STATUS_OPTIONS) {
		log_error(error);
		return (int)error->status;
	}
	log_audit();
	log_refusal(error);
	return EXIT_SUCCESS;
}

static int hook(int argc, char *argv[])
{
	AUTO_OPTIONS options = {0};
	struct error error;
	int r;

	r = options_parse(argc, (const char *const *)argv, &error, &options);
	r = r < 0 ? options_wrong(&error) : process_prepare(&error);
	if (r == 0 && options.help) {
		r = print_help(&error);
	} else if (r == 0 && options.version) {
		r = print("oci-readonly-hook " PACKAGE_VERSION "\n", &error);
	} else if (r == 0) {
		log_level(options.log_level);
		if (options.audit)
			log_audit();
		r = run(&options, &error);
	}
	return r < 0 ? fail(&error, is_audit(argc, argv)) : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	return process_call(hook, argc, argv);
}
