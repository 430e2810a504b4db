/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook that oci-readonly-runc adds to a config.json. */
#include <json-c/linkhash.h>

#include "core/json.h"
#include "fuzz.h"
#include "runtime/edit.h"

#define HOOK "{\"path\":\"/h\",\"args\":[\"h\",\"--enforce\"]}"

static struct json_object *parse(const char *text, size_t length)
{
	struct json_object *object = NULL;
	struct error error = UNSET_ERROR;

	return json_parse("doc", text, length, &error, &object) < 0 ? NULL : object;
}

static int add(const char *text, size_t length, char **ret_text, size_t *ret_length)
{
	struct hook_text hook = {HOOK, strlen(HOOK), parse(HOOK, strlen(HOOK))};
	struct error error = UNSET_ERROR;
	int r = edit_add_hook(text, length, &hook, &error, ret_text, ret_length);

	if (r < 0)
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), 0);
	json_object_put(hook.object);
	return r;
}

/* The text is unchanged except in one place, which now contains the hook, and may have contained
 * null, which json-c accepts in capitals too. */
static void require_inserted(const char *before, size_t length, const char *after,
			     size_t after_length)
{
	size_t start = 0;
	size_t end = 0;

	while (start < length && before[start] == after[start])
		start++;
	while (end < length - start && before[length - 1 - end] == after[after_length - 1 - end])
		end++;
	REQUIRE(start + end == length ||
			(start + end == length - 4 && !strncasecmp(before + start, "null", 4)),
		"'%s' became '%s'", before, after);
	REQUIRE(memmem(after, after_length, HOOK, strlen(HOOK)), "'%s'", after);
}

/* Runtimes find it among the stage's hooks, after the others. */
static void require_hook(struct json_object *before, struct json_object *after)
{
	struct json_object *stage =
		json_object_object_get(json_object_object_get(after, "hooks"), "createRuntime");
	struct json_object *old =
		json_object_object_get(json_object_object_get(before, "hooks"), "createRuntime");
	AUTO_JSON *hook = parse(HOOK, strlen(HOOK));
	size_t count = json_array_count(stage);

	REQUIRE(count == json_array_count(old) + 1, "%zu hooks", count);
	REQUIRE(json_object_equal(json_object_array_get_idx(stage, count - 1), hook), "the last");
	for (size_t i = 0; i + 1 < count; i++)
		REQUIRE(json_object_equal(json_object_array_get_idx(stage, i),
					  json_object_array_get_idx(old, i)),
			"hook %zu", i);
}

/* Every other member is there, and no additional one. */
static void require_rest(struct json_object *before, struct json_object *after)
{
	int count = json_object_object_length(before);

	json_object_object_foreach(before, key, value)
	{
		struct json_object *same = NULL;

		REQUIRE(json_object_object_get_ex(after, key, &same), "'%s'", key);
		REQUIRE(!strcmp(key, "hooks") || json_object_equal(value, same), "'%s'", key);
	}
	if (!json_object_object_get_ex(before, "hooks", NULL))
		count++;
	REQUIRE(json_object_object_length(after) == count, "%d members", count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	AUTO_FREE char *changed = NULL;
	AUTO_FREE char *again = NULL;
	AUTO_JSON *before = NULL;
	AUTO_JSON *after = NULL;
	size_t length = 0;
	size_t unused;

	if (add(text, size, &changed, &length) < 0 || !changed)
		return 0;
	before = parse(text, size);
	after = parse(changed, length);
	REQUIRE(before && after, "'%s' became '%s'", text, changed);
	require_inserted(text, size, changed, length);
	require_hook(before, after);
	require_rest(before, after);
	REQUIRE(add(changed, length, &again, &unused) == 0 && !again, "'%s'", changed);
	return 0;
}
