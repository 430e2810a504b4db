/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state on standard input. */
#include "core/state.h"
#include "fuzz_json.h"

static void require_id(const char *id)
{
	REQUIRE(strlen(id) >= 1 && strlen(id) <= STATE_ID_MAX, "%zu bytes", strlen(id));
	REQUIRE(!strchr(id, '/') && strcmp(id, ".") != 0 && strcmp(id, "..") != 0, "'%s'", id);
	require_escapes(id);
}

static void require_same(const struct state *a, const struct state *b)
{
	REQUIRE(a->pid == b->pid, "%d and %d", (int)a->pid, (int)b->pid);
	REQUIRE(same_text(a->id, b->id), "'%s' and '%s'", a->id, b->id);
	REQUIRE(same_text(a->bundle, b->bundle), "'%s' and '%s'", a->bundle, b->bundle);
	REQUIRE(same_text(a->root, b->root), "root");
	REQUIRE(a->is_crun == b->is_crun, "crun");
	REQUIRE(a->stage == b->stage, "stage");
	REQUIRE(a->has_annotations == b->has_annotations, "annotations");
	require_same_annotations(&a->annotations, &b->annotations);
}

static void require_state(const struct state *state)
{
	require_id(state->id);
	REQUIRE(state->pid >= 1, "%d", (int)state->pid);
	REQUIRE(state->bundle[0] == '/', "'%s'", state->bundle);
	REQUIRE(!state->root || state->root[0] == '/', "'%s'", state->root);
	require_annotations(&state->annotations);
}

static int parse(const char *text, size_t length, struct error *error, struct state *ret_state)
{
	char id[STATE_ID_MAX + 1];
	int r;

	memset(id, 'x', sizeof(id));
	*error = UNSET_ERROR;
	r = state_parse(text, length, error, id, ret_state);
	REQUIRE(memchr(id, '\0', sizeof(id)), "no end");
	if (r < 0 && *id)
		require_id(id);
	if (r < 0)
		require_error(r, error, STATUS_BIT(STATUS_INPUT), 0);
	else
		REQUIRE(r == 0 && !strcmp(id, ret_state->id), "%d", r);
	return r;
}

/* Written and parsed again, it is the same. */
static void round_trip(const struct state *state)
{
	AUTO_TEXT text = {0};
	AUTO_STATE again = {0};
	struct error error;

	text_add(&text, "{\"pid\":%d,\"id\":", (int)state->pid);
	json_put_string(&text, state->id);
	text_add(&text, ",\"bundle\":");
	json_put_string(&text, state->bundle);
	text_put(&text, ',');
	if (state->stage != STAGE_UNKNOWN)
		text_add(&text, "\"status\":\"%s\",",
			 state->stage == STAGE_RUNNING ? "running" : "stopped");
	if (state->is_crun) {
		text_add(&text, "\"root\":");
		json_put_string(&text, state->root ? state->root : "rootfs");
		text_put(&text, ',');
	}
	if (state->has_annotations)
		put_annotations(&text, &state->annotations);
	else
		text_add(&text, "\"annotations\":null");
	text_put(&text, '}');
	REQUIRE(parse(text.text, text.length, &error, &again) == 0, "%s: %s", error.text,
		text.text);
	require_same(state, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	AUTO_STATE state = {0};
	AUTO_STATE padded_state = {0};
	AUTO_TEXT padded = {0};
	struct error error, padded_error;
	int r;

	r = parse(text, size, &error, &state);
	pad_document(text, size, &padded);
	REQUIRE(parse(padded.text, padded.length, &padded_error, &padded_state) == r, "%d: %s", r,
		padded_error.text);
	if (r < 0)
		return 0;
	require_state(&state);
	require_same(&state, &padded_state);
	round_trip(&state);
	return 0;
}
