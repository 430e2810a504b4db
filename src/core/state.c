/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include <stdint.h>
#include <string.h>

#include "json.h"

void state_done(struct state *state)
{
	annotations_done(&state->annotations);
	json_put(&state->document);
}

static int read_id(struct json_object *document, struct error *error, const char **ret_id)
{
	const char *id;
	int r;

	r = json_get_string(document, "state", "id", JSON_REQUIRED, error, &id);
	if (r < 0)
		return r;
	if (!*id || strlen(id) > STATE_ID_MAX)
		return error_set(error, STATUS_INPUT, 0,
				 "state: id: must be 1 to %d bytes long, and is %zu", STATE_ID_MAX,
				 strlen(id));
	if (strchr(id, '/') || !strcmp(id, ".") || !strcmp(id, ".."))
		return error_set(error, STATUS_INPUT, 0,
				 "state: id: '%" NAME_SHOWN "' is not the name of a container", id);
	*ret_id = id;
	return 0;
}

/* Runtimes report different statuses at createRuntime, but none of those checked here. A member of
 * another type is ignored. */
static enum hook_stage read_stage(struct json_object *document)
{
	struct json_object *value = NULL;
	const char *status;

	if (!json_object_object_get_ex(document, "status", &value) ||
	    !json_object_is_type(value, json_type_string))
		return STAGE_UNKNOWN;
	status = json_object_get_string(value);
	if (!strcmp(status, "stopped"))
		return STAGE_STOPPED;
	return strcmp(status, "running") != 0 ? STAGE_UNKNOWN : STAGE_RUNNING;
}

static int read_pid(const struct state *state, struct error *error, pid_t *ret_pid)
{
	/* runc omits it once the process is gone. */
	enum json_flags flags = state->stage == STAGE_STOPPED ? JSON_OPTIONAL : JSON_REQUIRED;
	int64_t pid;
	int r;

	r = json_get_int(state->document, "state", "pid", flags, 0, INT32_MAX, error, &pid);
	if (r < 0)
		return r;
	if (!pid)
		return error_set(
			error, STATUS_INPUT, 0,
			"state: pid: is 0: there is no process, the hook runs at the wrong "
			"stage; register it for createRuntime");
	*ret_pid = (pid_t)pid;
	return 0;
}

int state_check_stage(const struct state *state, struct error *error)
{
	static const char late[] = "the hook runs too late; register it for createRuntime";

	if (state->stage == STAGE_RUNNING)
		return error_set(error, STATUS_INPUT, 0, "state: status: is 'running': %s", late);
	if (state->stage == STAGE_STOPPED)
		return error_set(error, STATUS_INPUT, 0,
				 "state: status: is 'stopped': %s (or, restoring a checkpoint, the "
				 "runtime calls hooks before it mounts anything)",
				 late);
	return 0;
}

static int read_bundle(struct json_object *document, struct error *error, const char **ret_bundle)
{
	const char *bundle;
	int r;

	r = json_get_string(document, "state", "bundle", JSON_REQUIRED, error, &bundle);
	if (r < 0)
		return r;
	if (*bundle != '/')
		return error_set(error, STATUS_INPUT, 0,
				 "state: bundle: '%" NAME_SHOWN "' is not an absolute path",
				 bundle);
	*ret_bundle = bundle;
	return 0;
}

/* crun adds config.json's root.path. It is not in the OCI specification, so any other value there
 * is not an error. */
static void read_root(struct state *state)
{
	struct json_object *value = NULL;
	const char *root;

	if (!json_object_object_get_ex(state->document, "root", &value) ||
	    !json_object_is_type(value, json_type_string))
		return;
	state->is_crun = true;
	root = json_object_get_string(value);
	if (*root == '/')
		state->root = root;
}

static int read_annotations(struct state *state, struct error *error)
{
	struct json_object *object;
	int r;

	r = json_get_object(state->document, "state", "annotations", JSON_OPTIONAL, error, &object);
	if (r < 0)
		return r;
	/* crun omits the member if config.json has none. */
	state->has_annotations = object || state->is_crun;
	return annotations_read(object, "state", error, &state->annotations);
}

static int parse(const char *text, size_t length, bool has_pid, struct error *error,
		 char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state)
{
	AUTO_STATE state = {0};
	int r;

	ret_id_on_error[0] = '\0';
	if (length > STATE_LENGTH_MAX)
		return error_set(error, STATUS_INPUT, 0, "state: longer than %d bytes",
				 STATE_LENGTH_MAX);
	r = json_parse("state", text, length, error, &state.document);
	if (r < 0)
		return r;
	r = read_id(state.document, error, &state.id);
	if (r < 0)
		return r;
	memcpy(ret_id_on_error, state.id, strlen(state.id) + 1);
	state.stage = read_stage(state.document);
	if (has_pid)
		r = read_pid(&state, error, &state.pid);
	if (r < 0)
		return r;
	r = read_bundle(state.document, error, &state.bundle);
	if (r < 0)
		return r;
	read_root(&state);
	r = read_annotations(&state, error);
	if (r < 0)
		return r;
	*ret_state = state;
	state = (struct state){0};
	return 0;
}

int state_parse(const char *text, size_t length, struct error *error,
		char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state)
{
	return parse(text, length, true, error, ret_id_on_error, ret_state);
}

int state_parse_stopped(const char *text, size_t length, struct error *error,
			char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state)
{
	return parse(text, length, false, error, ret_id_on_error, ret_state);
}
