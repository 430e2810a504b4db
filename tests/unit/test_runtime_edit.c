/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/edit.h"

#include "core/bundle.h"
#include "core/json.h"
#include "expect.h"

#define HOOK "{ \"path\": \"/h\" }"

static struct hook_text hook_of(const char *text)
{
	struct hook_text hook = {.text = text, .length = strlen(text)};
	struct error error = UNSET_ERROR;

	expect_success(text, json_parse("hook", text, hook.length, &error, &hook.object), &error);
	cr_assert(hook.object, "'%s' is no hook", text);
	return hook;
}

static int add(const char *text, struct error *error, char **ret_text)
{
	struct hook_text hook = hook_of(HOOK);
	size_t length = 0;
	int r;

	*error = UNSET_ERROR;
	*ret_text = NULL;
	r = edit_add_hook(text, strlen(text), &hook, error, ret_text, &length);
	if (r == 0 && *ret_text)
		expect_number(text, length, strlen(*ret_text));
	json_object_put(hook.object);
	return r;
}

Test(edit, adds_the_hook)
{
	static const char *const rows[][2] = {
		{"{}", "{\"hooks\":{\"createRuntime\":[" HOOK "]}}"},
		{" { } \n", " {\"hooks\":{\"createRuntime\":[" HOOK "]} } \n"},
		{"{\"a\":1}", "{\"hooks\":{\"createRuntime\":[" HOOK "]},\"a\":1}"},
		{"{\n\t\"a\" : 1\n}\n",
		 "{\"hooks\":{\"createRuntime\":[" HOOK "]},\n\t\"a\" : 1\n}\n"},
		{"{\"hooks\":null}", "{\"hooks\":{\"createRuntime\":[" HOOK "]}}"},
		{"{\"hooks\":{}}", "{\"hooks\":{\"createRuntime\":[" HOOK "]}}"},
		{"{\"hooks\": {\n} ,\"b\":2}",
		 "{\"hooks\": {\"createRuntime\":[" HOOK "]\n} ,\"b\":2}"},
		{"{\"hooks\":{\"prestart\":[1]}}",
		 "{\"hooks\":{\"createRuntime\":[" HOOK "],\"prestart\":[1]}}"},
		{"{\"hooks\":{\"createRuntime\":null}}",
		 "{\"hooks\":{\"createRuntime\":[" HOOK "]}}"},
		{"{\"hooks\":{\"createRuntime\":[]}}",
		 "{\"hooks\":{\"createRuntime\":[" HOOK "]}}"},
		{"{\"hooks\":{\"createRuntime\":[ \n]}}",
		 "{\"hooks\":{\"createRuntime\":[ \n" HOOK "]}}"},
		{"{\"hooks\":{\"createRuntime\":[{\"path\":\"/g\"}\n]}}",
		 "{\"hooks\":{\"createRuntime\":[{\"path\":\"/g\"}\n," HOOK "]}}"},
		/* The same path, but other arguments. */
		{"{\"hooks\":{\"createRuntime\":[{\"path\":\"/h\",\"args\":[]}]}}",
		 "{\"hooks\":{\"createRuntime\":[{\"path\":\"/h\",\"args\":[]}," HOOK "]}}"},
		/* Runtimes read neither of these as hooks. */
		{"{\"process\":{\"hooks\":{\"createRuntime\":[]}}}",
		 "{\"hooks\":{\"createRuntime\":[" HOOK
		 "]},\"process\":{\"hooks\":{\"createRuntime\":[]}}}"},
		{"{\"a\":\"\\\"hooks\\\":{\",\"hooks\":{\"x\":\"]}\\\\\",\"createRuntime\":[]}}",
		 "{\"a\":\"\\\"hooks\\\":{\",\"hooks\":{\"x\":\"]}\\\\\",\"createRuntime\":[" HOOK
		 "]}}"},
		/* Unusual spellings are preserved. */
		{"{\"a\":1.50e+3,\"b\":18446744073709551615,\"c\":-0.0,\"\\u00e9\":\"\\/\",\"hooks\":{\"createRuntime\":[]},"
		 "\"d\":0.1000,\"a\\u0062\":1e400,\"e\":[[],{},[{}]]}",
		 "{\"a\":1.50e+3,\"b\":18446744073709551615,\"c\":-0.0,\"\\u00e9\":\"\\/\",\"hooks\":{\"createRuntime\":[" HOOK
		 "]},\"d\":0.1000,\"a\\u0062\":1e400,\"e\":[[],{},[{}]]}"},
		/* Duplicate members are left alone if they do not matter to this program. */
		{"{\"a\":1,\"a\":2,\"hook\":3}",
		 "{\"hooks\":{\"createRuntime\":[" HOOK "]},\"a\":1,\"a\":2,\"hook\":3}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = NULL;
		AUTO_FREE char *again = NULL;
		struct error error;

		expect_success(rows[i][0], add(rows[i][0], &error, &text), &error);
		expect_text(rows[i][0], text, rows[i][1]);
		if (!text)
			continue;
		expect_success(text, add(text, &error, &again), &error);
		expect_null(text, again);
	}
}

Test(edit, finds_an_existing_hook)
{
	static const char *const rows[] = {
		"{\"hooks\":{\"createRuntime\":[" HOOK "]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/g\"},{\"path\":\"\\/h\"},{}]}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = NULL;
		struct error error;

		expect_success(rows[i], add(rows[i], &error, &text), &error);
		expect_null(rows[i], text);
	}
}

Test(edit, refuses)
{
	static const char *const rows[][2] = {
		{"", "config.json: empty"},
		{"[]", "config.json: not a JSON object"},
		{"{\"hooks\":{}", "config.json: not JSON"},
		{"{\"hooks\":[]}", "config.json: hooks: must be an object"},
		{"{\"hooks\":{\"createRuntime\":{}}}",
		 "config.json: hooks.createRuntime: must be an array"},
		/* Go merges the two; crun uses the first or the last. */
		{"{\"hooks\":{},\"hooks\":{}}", "config.json: a member like 'hooks'"},
		{"{\"hooks\":{\"createRuntime\":[],\"createRuntime\":[]}}",
		 "config.json: hooks: a member like 'createRuntime'"},
		/* Go accepts these as the member, other parsers do not. */
		{"{\"Hooks\":{}}", "config.json: a member like 'hooks'"},
		{"{\"hoo\\u212As\":{}}", "config.json: a member like 'hooks'"},
		{"{\"hoo\xe2\x84\xaa\xc5\xbf\":{}}", "config.json: a member like 'hooks'"},
		{"{\"hooks\":{\"createruntime\":[]}}",
		 "config.json: hooks: a member like 'createRuntime'"},
		/* What json-c accepts although it is not JSON, if it could hide something. */
		{"{/* no */\"hooks\":{\"createRuntime\":[]}}", "config.json: is not plain JSON"},
		{"{\"hooks\":{'createRuntime':[]}}", "config.json: is not plain JSON"},
		{"{\"a\":'\"','hooks':{}}", "config.json: is not plain JSON"},
		{"{\"a\":NaN}", "config.json: is not plain JSON"},
		/* Every parser reads this name, but its bytes differ. */
		{"{\"h\\u006fOks\":{}}", "config.json: a member like 'hooks'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = NULL;
		struct error error;

		expect_error(rows[i][0], add(rows[i][0], &error, &text), &error, STATUS_INPUT,
			     ANYWHERE, rows[i][1]);
	}
}

Test(edit, refuses_a_result_that_is_too_long)
{
	AUTO_FREE char *text = repeat(' ', CONFIG_LENGTH_MAX);
	AUTO_FREE char *changed = NULL;
	struct error error;

	text[0] = '{';
	text[CONFIG_LENGTH_MAX - 1] = '}';
	expect_error("long", add(text, &error, &changed), &error, STATUS_INPUT, ANYWHERE,
		     "config.json: more than 16777216 bytes with the hook");
}

/* A random document, from the state of a generator. */
static unsigned draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

static void put_value(FILE *out, unsigned *seed, int depth);

static void put_blanks(FILE *out, unsigned *seed)
{
	static const char *const blanks[] = {"", "", "", " ", "\n\t", "\r\n"};

	fputs(blanks[draw(seed, ARRAY_SIZE(blanks))], out);
}

static void put_members(FILE *out, unsigned *seed, int depth)
{
	static const char *const keys[] = {"ociVersion",  "a b", "\\u0041",	  "hook",
					   "h\xc3\xb6ks", "",	 "\\\"hooks\\\"", "createRuntimes"};

	for (unsigned i = 0, count = draw(seed, 5); i < count; i++) {
		fprintf(out, "%s\"%s%u\"", i ? "," : "", keys[draw(seed, ARRAY_SIZE(keys))], i);
		put_blanks(out, seed);
		fputc(':', out);
		put_value(out, seed, depth - 1);
	}
}

static void put_value(FILE *out, unsigned *seed, int depth)
{
	static const char *const simple[] = {"0",
					     "-0.0",
					     "1e-7",
					     "1.10",
					     "9223372036854775807",
					     "18446744073709551615",
					     "123456789012345678901234567890",
					     "null",
					     "true",
					     "false",
					     "\"\"",
					     "\"]}\\\\\\\"\"",
					     "\"\xe2\x82\xac\\ud83d\\udc0b\"",
					     "[]",
					     "{ }"};

	put_blanks(out, seed);
	if (depth <= 0 || draw(seed, 3)) {
		fputs(simple[draw(seed, ARRAY_SIZE(simple))], out);
	} else if (draw(seed, 2)) {
		fputc('{', out);
		put_members(out, seed, depth);
		fputc('}', out);
	} else {
		fputc('[', out);
		for (unsigned i = 0, count = draw(seed, 4); i < count; i++) {
			fputs(i ? "," : "", out);
			put_value(out, seed, depth - 1);
		}
		fputc(']', out);
	}
	put_blanks(out, seed);
}

/* Members of all kinds, and "hooks" in one of its forms or not at all. */
static char *make_document(unsigned seed)
{
	static const char *const hooks[] = {
		"",
		"\"hooks\":null",
		"\"hooks\" : { }",
		"\"hooks\":{\"poststop\":[{\"path\":\"/x\"}]}",
		"\"hooks\":{\"poststop\":[],\"createRuntime\":null,\"prestart\":[]}",
		"\"hooks\":{\"createRuntime\" : [ ] }",
		"\"hooks\":{\"a\":{\"createRuntime\":[]},\"createRuntime\":[{\"path\":\"/x\",\"timeout\":1.0}]}",
	};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *one = hooks[draw(&seed, ARRAY_SIZE(hooks))];

	cr_assert(out, "out of memory");
	fputc('{', out);
	if (*one)
		fprintf(out, "%s,", one);
	fputs("\"root\":", out);
	put_value(out, &seed, 3);
	if (draw(&seed, 2)) {
		fputs(",\"annotations\":{", out);
		put_members(out, &seed, 4);
		fputc('}', out);
	}
	fputc('}', out);
	fclose(out);
	return text;
}

static struct json_object *parse(const char *text)
{
	struct json_object *object = NULL;
	struct error error = UNSET_ERROR;

	expect_success(text, json_parse("doc", text, strlen(text), &error, &object), &error);
	cr_assert(object, "'%s'", text);
	return object;
}

/* Removes the last entry of hooks.createRuntime, and the containers that the edit created for it.
 */
static void undo(const char *row, struct json_object *after, struct json_object *before)
{
	struct json_object *hooks = json_object_object_get(after, "hooks");
	struct json_object *stage = json_object_object_get(hooks, "createRuntime");
	struct json_object *hooks_before = json_object_object_get(before, "hooks");
	struct hook_text hook = hook_of(HOOK);
	size_t last = json_array_count(stage) - 1;

	cr_expect(json_object_equal(json_object_array_get_idx(stage, last), hook.object), "%s",
		  row);
	json_object_put(hook.object);
	json_object_array_del_idx(stage, last, 1);
	if (json_object_object_get_ex(hooks_before, "createRuntime", NULL)) {
		if (!json_object_object_get(hooks_before, "createRuntime"))
			json_object_object_add(hooks, "createRuntime", NULL);
	} else {
		json_object_object_del(hooks, "createRuntime");
	}
	if (!json_object_object_get_ex(before, "hooks", NULL))
		json_object_object_del(after, "hooks");
	else if (!hooks_before)
		json_object_object_add(after, "hooks", NULL);
}

/* The inserted text, at one place, is the only change. */
static void expect_inserted(const char *row, const char *before, const char *after)
{
	size_t start = 0;
	size_t end = 0;
	size_t length = strlen(before);

	while (before[start] && before[start] == after[start])
		start++;
	while (end < length - start && before[length - 1 - end] == after[strlen(after) - 1 - end])
		end++;
	/* Was absent, or null. */
	cr_expect(start + end == length ||
			  (start + end == length - 4 && !strncmp(before + start, "null", 4)),
		  "'%s' became '%s'", row, after);
}

Test(edit, changes_nothing_else)
{
	for (unsigned seed = 1; seed <= 3000; seed++) {
		AUTO_FREE char *text = make_document(seed);
		AUTO_FREE char *changed = NULL;
		AUTO_JSON *before = parse(text);
		AUTO_JSON *after = NULL;
		struct error error;

		expect_success(text, add(text, &error, &changed), &error);
		cr_assert(changed, "'%s': nothing was added", text);
		after = parse(changed);
		expect_inserted(text, text, changed);
		undo(text, after, before);
		cr_expect(json_object_equal(before, after), "'%s' became '%s'", text, changed);
	}
}
