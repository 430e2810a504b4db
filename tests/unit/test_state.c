/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/state.h"
#include "expect.h"

static int parse(const char *text, struct error *error, char id[static STATE_ID_MAX + 1],
		 struct state *ret_state)
{
	*error = UNSET_ERROR;
	return state_parse(text, strlen(text), error, id, ret_state);
}

Test(state, runc)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.2-dev\",\"id\":\"c0ffee_1.2-x\",\"status\":\"creating\",\"pid\":4711,"
		"\"bundle\":\"/run/b\",\"annotations\":{\"a\":\"1\",\"io.containers.readonly\":\"true\"}}\n";
	char id[STATE_ID_MAX + 1];
	struct error error;
	AUTO_STATE state = {0};

	expect_success(text, parse(text, &error, id, &state), &error);
	expect_text("id", state.id, "c0ffee_1.2-x");
	expect_text("id on error", id, "c0ffee_1.2-x");
	expect_text("bundle", state.bundle, "/run/b");
	expect_number("pid", (unsigned)state.pid, 4711);
	expect_null("root", state.root);
	cr_expect(state.has_annotations);
	expect_number("annotations", state.annotations.count, 2);
	expect_text("value", annotations_get(&state.annotations, "io.containers.readonly"), "true");
}

Test(state, crun)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0\",\"id\":\"c\",\"pid\":1,\"root\":\"/merged\","
		"\"bundle\":\"/\",\"status\":\"created\",\"annotations\":{}}";
	char id[STATE_ID_MAX + 1];
	struct error error;
	AUTO_STATE state = {0};

	expect_success(text, parse(text, &error, id, &state), &error);
	expect_text("root", state.root, "/merged");
	cr_expect(state.has_annotations);
	expect_number("annotations", state.annotations.count, 0);
}

Test(state, docker_has_no_annotations)
{
	static const char *const rows[] = {
		"{\"id\":\"c\",\"pid\":2147483647,\"bundle\":\"/b\"}",
		"{\"id\":\"c\",\"pid\":2147483647,\"bundle\":\"/b\",\"annotations\":null}",
		"{\"id\":\"c\",\"pid\":2147483647,\"bundle\":\"/b\",\"root\":7}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[STATE_ID_MAX + 1];
		struct error error;
		AUTO_STATE state = {0};

		expect_success(rows[i], parse(rows[i], &error, id, &state), &error);
		cr_expect(!state.has_annotations, "'%s'", rows[i]);
		expect_number(rows[i], (unsigned)state.pid, INT32_MAX);
	}
}

Test(state, crun_leaves_annotations_out_if_there_are_none)
{
	static const char *const rows[] = {
		"{\"id\":\"c\",\"pid\":1,\"bundle\":\"/\",\"root\":\"/merged\"}",
		"{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"root\":\"rootfs\",\"annotations\":null}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[STATE_ID_MAX + 1];
		struct error error;
		AUTO_STATE state = {0};

		expect_success(rows[i], parse(rows[i], &error, id, &state), &error);
		cr_expect(state.has_annotations, "'%s'", rows[i]);
		expect_number(rows[i], state.annotations.count, 0);
	}
}

Test(state, ignores_a_root_that_is_not_from_crun)
{
	static const char *const rows[] = {"null", "{\"path\":\"/x\"}", "\"relative\"", "\"\"",
					   "7"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[STATE_ID_MAX + 1], text[128];
		struct error error;
		AUTO_STATE state = {0};

		snprintf(text, sizeof(text),
			 "{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"root\":%s}", rows[i]);
		expect_success(rows[i], parse(text, &error, id, &state), &error);
		expect_null(rows[i], state.root);
	}
}

/* JSON that replaces the last members, and whether the id was read before. */
Test(state, refuses)
{
	static const struct {
		const char *text;
		const char *part, *id;
	} rows[] = {
		{"", "state: empty", ""},
		{"[]", "state: not a JSON object", ""},
		{"{}", "state: id: missing", ""},
		{"{\"id\":null}", "state: id: missing", ""},
		{"{\"id\":7}", "state: id: must be a string", ""},
		{"{\"id\":\"\"}", "state: id: must be 1 to 1024 bytes long, and is 0", ""},
		{"{\"id\":\".\"}", "'.' is not the name of a container", ""},
		{"{\"id\":\"..\"}", "'..' is not the name of a container", ""},
		{"{\"id\":\"a/b\"}", "'a/b' is not the name of a container", ""},
		{"{\"id\":\"a\\u0000b\"}", "state: at byte 9: NUL", ""},
		{"{\"id\":\"c\"}", "state: pid: missing", "c"},
		{"{\"id\":\"c\",\"pid\":\"1\"}", "state: pid: must be a whole number", "c"},
		{"{\"id\":\"c\",\"pid\":1.0}", "state: pid: must be a whole number", "c"},
		{"{\"id\":\"c\",\"pid\":1e3}", "state: pid: must be a whole number", "c"},
		{"{\"id\":\"c\",\"pid\":true}", "state: pid: must be a whole number", "c"},
		{"{\"id\":\"c\",\"pid\":0}",
		 "state: pid: is 0: there is no process, the hook runs at the wrong stage; "
		 "register it for createRuntime",
		 "c"},
		{"{\"id\":\"c\",\"pid\":0,\"status\":\"stopped\"}", "register it for createRuntime",
		 "c"},
		{"{\"id\":\"c\",\"status\":\"stopped\"}", "register it for createRuntime", "c"},
		{"{\"id\":\"c\",\"status\":\"created\"}", "state: pid: missing", "c"},
		{"{\"id\":\"c\",\"pid\":-1}", "state: pid: must be from 0 to 2147483647, and is -1",
		 "c"},
		{"{\"id\":\"c\",\"pid\":2147483648}", "state: pid: must be from", "c"},
		{"{\"id\":\"c\",\"pid\":4294967297}", "state: pid: must be from", "c"},
		{"{\"id\":\"c\",\"pid\":99999999999999999999}", "state: pid: must be from", "c"},
		{"{\"id\":\"c\",\"pid\":1}", "state: bundle: missing", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":[]}", "state: bundle: must be a string", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":\"\"}", "'' is not an absolute path", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":\"b\"}", "'b' is not an absolute path", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"annotations\":[]}",
		 "state: annotations: must be an object", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"annotations\":{\"a\":1}}",
		 "state: annotations: 'a' must be a string", "c"},
		{"{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\"}}", "state: not JSON", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[STATE_ID_MAX + 1] = "never written";
		struct error error;
		struct state state = {.pid = 77};
		int r = parse(rows[i].text, &error, id, &state);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
		expect_text(rows[i].text, id, rows[i].id);
		expect_number(rows[i].text, (unsigned)state.pid, 77);
	}
}

Test(state, check_stage)
{
	static const struct {
		const char *status, *part;
	} rows[] = {
		{"\"creating\"", NULL},
		{"\"created\"", NULL},
		{"\"paused\"", NULL},
		{"\"\"", NULL},
		{"null", NULL},
		{"7", NULL},
		{"\"running\"",
		 "state: status: is 'running': the hook runs too late; register it for createRuntime"},
		{"\"stopped\"",
		 "state: status: is 'stopped': the hook runs too late; register it for "
		 "createRuntime (or, restoring a checkpoint, the runtime calls hooks before it mounts "
		 "anything)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[STATE_ID_MAX + 1], text[128];
		struct error error;
		AUTO_STATE state = {0};
		int r;

		snprintf(text, sizeof(text),
			 "{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"status\":%s}",
			 rows[i].status);
		expect_success(rows[i].status, parse(text, &error, id, &state), &error);
		r = state_check_stage(&state, &error);
		if (rows[i].part)
			expect_error(rows[i].status, r, &error, STATUS_INPUT, ERROR_NO_OFFSET,
				     rows[i].part);
		else
			expect_success(rows[i].status, r, &error);
	}
}

Test(state, an_id_at_and_past_the_limit)
{
	for (size_t length = STATE_ID_MAX; length <= STATE_ID_MAX + 1; length++) {
		AUTO_FREE char *name = repeat('i', length);
		char id[STATE_ID_MAX + 1], text[2048];
		struct error error;
		AUTO_STATE state = {0};
		int r;

		snprintf(text, sizeof(text), "{\"id\":\"%s\",\"pid\":1,\"bundle\":\"/b\"}", name);
		r = parse(text, &error, id, &state);
		if (length == STATE_ID_MAX) {
			expect_success("1024", r, &error);
			expect_text("1024", id, name);
			continue;
		}
		expect_error("1025", r, &error, STATUS_INPUT, ERROR_NO_OFFSET, "and is 1025");
		expect_text("1025", id, "");
	}
}

Test(state, a_length_at_and_past_the_limit)
{
	AUTO_FREE char *text = repeat(' ', STATE_LENGTH_MAX + 1);
	static const char start[] = "{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\"}";
	char id[STATE_ID_MAX + 1];
	struct error error = UNSET_ERROR;
	AUTO_STATE state = {0};
	struct state none;

	memcpy(text, start, strlen(start));
	expect_success("at", state_parse(text, STATE_LENGTH_MAX, &error, id, &state), &error);
	expect_error("past", state_parse(text, STATE_LENGTH_MAX + 1, &error, id, &none), &error,
		     STATUS_INPUT, ERROR_NO_OFFSET, "longer than 1048576 bytes");
}

Test(state, the_last_of_two_members_counts)
{
	static const char text[] = "{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\",\"pid\":2,"
				   "\"annotations\":{\"k\":\"1\",\"k\":\"2\"}}";
	char id[STATE_ID_MAX + 1];
	struct error error;
	AUTO_STATE state = {0};

	expect_success(text, parse(text, &error, id, &state), &error);
	expect_number("pid", (unsigned)state.pid, 2);
	expect_number("annotations", state.annotations.count, 1);
	expect_text("k", annotations_get(&state.annotations, "k"), "2");
}

Test(state, done_twice)
{
	char id[STATE_ID_MAX + 1];
	struct error error;
	struct state state = {0};

	expect_success("", parse("{\"id\":\"c\",\"pid\":1,\"bundle\":\"/b\"}", &error, id, &state),
		       &error);
	state_done(&state);
	state_done(&state);
}
