/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "learn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "arguments.h"
#include "core/annotations.h"
#include "core/memory.h"
#include "core/path.h"
#include "decide.h"
#include "image.h"
#include "layer_root.h"
#include "lesson.h"
#include "linux/config.h"
#include "linux/input.h"
#include "linux/log.h"
#include "linux/process.h"
#include "value.h"
#include "walk.h"

/* Engines wait for the hook. The limits of the walk and of the whole run, in milliseconds. */
#define WALK_TIME 500
#define LIFE_TIME 900

/* The maximum number of entries read. The record of a larger upper directory is cut. */
#define ENTRIES_MAX 100000

/* The container that has exited, and what was found out about it. */
struct end {
	struct state state;
	struct bundle bundle;
	struct record record;
	struct needs needs;
	struct lesson lesson;
};

static void end_done(struct end *end)
{
	needs_done(&end->needs);
	record_done(&end->record);
	lesson_done(&end->lesson);
	bundle_done(&end->bundle);
	state_done(&end->state);
}

/* Exits without logging, so that a filesystem that does not answer does not block the engine. */
static _Noreturn void give_up(int signal)
{
	(void)signal;
	_exit(TOOL_OK);
}

static void limit_life(void)
{
	struct itimerval timer = {.it_value = {.tv_usec = LIFE_TIME * 1000}};

	signal(SIGALRM, give_up);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static int read_state(struct error *error, struct state *ret_state)
{
	AUTO_FREE char *text = NULL;
	char id[STATE_ID_MAX + 1];
	size_t length;
	int r;

	r = input_read(STDIN_FILENO, STATE_LENGTH_MAX, &text, &length);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r, "state: cannot read standard input");
	r = state_parse_stopped(text, length, error, id, ret_state);
	log_container(r < 0 ? id : ret_state->id);
	return r;
}

/* The engine mounts config.json's destinations, so their contents were not written by the
 * program. */
static int note_mounts(const struct bundle *bundle, struct error *error, struct record *record)
{
	record->has_mounts = true;
	for (size_t i = 0; i < bundle->mounts_count; i++) {
		if (record_add_mount(record, bundle->mounts[i].destination) == -ENOMEM)
			return error_memory(error);
	}
	if (bundle->cwd && path_is_normal(bundle->cwd)) {
		record->cwd = strdup(bundle->cwd);
		if (!record->cwd)
			return error_memory(error);
	}
	return 0;
}

/* Copies the map. config.json uses it from the container's ids to those of files, the record in the
 * other direction. */
static int copy_map(const struct id_map *from, struct id_map *to)
{
	for (size_t i = 0; i < from->count; i++) {
		if (array_reserve(&to->lines, &to->capacity, to->count, sizeof(*to->lines)) < 0)
			return -ENOMEM;
		to->lines[to->count++] = from->lines[i];
	}
	return 0;
}

static int find_layer(struct end *end, const struct mounts *mounts, struct error *error,
		      struct layer *layer)
{
	AUTO_FREE char *stored = NULL;
	struct error ignored;
	int r = layer_of_root(end->bundle.root_path, mounts, error, layer, &end->lesson.layer);

	if (r == 0)
		return 0;
	stored = image_podman_root(&end->state, &end->bundle);
	if (stored && layer_of_root(stored, mounts, &ignored, layer, &end->lesson.layer) == 0)
		return 0;
	return r;
}

static int walk(struct end *end, int64_t deadline, struct error *error)
{
	AUTO_LAYER layer = LAYER_NONE;
	AUTO_MOUNTS mounts = {0};
	AUTO_FD self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walk_limits limits = {.entries = ENTRIES_MAX, .deadline = deadline};
	int r;

	r = mounts_read(self, error, &mounts);
	if (r == 0)
		r = find_layer(end, &mounts, error, &layer);
	if (r < 0)
		return r;
	if (copy_map(&end->bundle.uids, &layer.uids) < 0 ||
	    copy_map(&end->bundle.gids, &layer.gids) < 0)
		return error_memory(error);
	r = note_mounts(&end->bundle, error, &end->record);
	return r < 0 ? r : walk_layer(&layer, &limits, error, &end->record);
}

/* Adds the container's existing tmpfs, because writes there leave no traces. */
static int add_own_list(struct end *end, struct error *error)
{
	const char *list = NULL;
	AUTO_WISH wish = {0};
	struct error ignored;
	int r;

	if (annotations_wish(&end->bundle.annotations, &ignored, &wish) == 0 && wish.list_key)
		list = annotations_get(&end->bundle.annotations, wish.list_key);
	if (!list)
		return 0;
	r = value_read(list, error, &end->needs);
	needs_reduce(&end->needs);
	return r;
}

static int learn(struct end *end, int64_t deadline, struct error *error)
{
	int r = walk(end, deadline, error);

	if (r < 0)
		return r;
	if (decide_needs(&end->record, NULL, 0, &end->needs) < 0)
		return error_memory(error);
	r = add_own_list(end, error);
	if (r == 0)
		r = value_write(&end->needs, error, &end->lesson.list);
	end->lesson.is_cut = end->record.is_cut;
	return r;
}

static void log_lesson(struct lesson *lesson)
{
	char line[LESSON_LENGTH_MAX];

	if (lesson_write(lesson, line, sizeof(line)) < 0) {
		free_ptr(&lesson->list);
		free_ptr(&lesson->reason);
		lesson->reason = strdup("the list is too long for the log");
		if (!lesson->reason || lesson_write(lesson, line, sizeof(line)) < 0)
			return;
	}
	log_line(LEVEL_INFO, "%s", line);
}

/* An engine may call the hook again after the container was removed. Nothing is logged then. */
static void work(void)
{
	CLEANUP(end_done) struct end end = {0};
	int64_t deadline = walk_clock() + WALK_TIME;
	struct error error;
	int r;

	r = read_state(&error, &end.state);
	if (r == 0)
		r = config_load(&end.state, &error, &end.bundle);
	if (r == 0 && annotations_is_sandbox(&end.bundle.annotations, end.state.id))
		return;
	if (r == 0) {
		end.lesson.image = image_name(&end.state, &end.bundle);
		r = learn(&end, deadline, &error);
	}
	if (r == -ENOENT)
		return;
	if (r < 0) {
		free_ptr(&end.lesson.list);
		end.lesson.reason = strdup(error.text);
	}
	log_lesson(&end.lesson);
}

static int run(struct arguments *arguments)
{
	struct error error;
	int kind = arguments_next(arguments);

	log_tag(LESSON_TAG);
	/* Wrong options must not fail a container. */
	if (kind == ARGUMENT_STOP)
		return TOOL_OK;
	if (kind != ARGUMENT_END)
		arguments_wrong(arguments,
				"it takes no arguments, and reads the state from standard input");
	else if (process_prepare(&error) == 0) {
		limit_life();
		work();
	}
	return TOOL_OK;
}

const struct command learn_command = {
	.name = "learn",
	.summary = "log what a container would have needed (an OCI hook)",
	.usage = "< STATE",
	.description =
		"An OCI hook for the stage poststop, which an engine calls when a container has ended:\n"
		"logs one line, with the tag " LESSON_TAG ": the annotations with which the\n"
		"container's root could have been read-only, and the container's image.\n"
		"It never makes a container fail, takes at most a second, and always exits 0.\n"
		"suggest --learned merges such lines, from any number of hosts.\n",
	.examples = "  journalctl -t " LESSON_TAG " -o cat | oci-readonly suggest --learned\n",
	.run = run,
};
