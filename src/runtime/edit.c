/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/bundle.h"
#include "core/json.h"
#include "core/memory.h"
#include "scan.h"

#define CONFIG "config.json"
#define HOOKS  "hooks"
#define STAGE  "createRuntime"

/* The part of the text that is replaced, and the text before and after the hook that replaces
 * it. */
struct splice {
	struct span replaced;
	const char *before;
	const char *after;
};

static bool is_null(const char *text, struct span value)
{
	return text[value.start] == 'n';
}

/* Inserts after the bracket that opens an object. */
static struct splice first_member(const char *text, size_t object, const char *before,
				  const char *after, const char *after_if_empty)
{
	bool is_empty = text[scan_blanks(text, object + 1)] == '}';

	return (struct splice){{object + 1, object + 1}, before, is_empty ? after_if_empty : after};
}

/* Inserts before the bracket that closes an array. */
static struct splice last_element(const char *text, struct span array)
{
	bool is_empty = text[scan_blanks(text, array.start + 1)] == ']';

	return (struct splice){{array.end - 1, array.end - 1}, is_empty ? "" : ",", ""};
}

static int find_place(const char *text, struct error *error, struct splice *ret_splice)
{
	size_t root = scan_blanks(text, 0);
	struct span hooks, stage;
	bool found;
	int r;

	r = scan_member(CONFIG, text, root, HOOKS, error, &found, &hooks);
	if (r < 0)
		return r;
	if (!found) {
		*ret_splice =
			first_member(text, root, "\"" HOOKS "\":{\"" STAGE "\":[", "]},", "]}");
		return 0;
	}
	if (is_null(text, hooks)) {
		*ret_splice = (struct splice){hooks, "{\"" STAGE "\":[", "]}"};
		return 0;
	}
	r = scan_member(CONFIG ": " HOOKS, text, hooks.start, STAGE, error, &found, &stage);
	if (r < 0)
		return r;
	if (!found)
		*ret_splice = first_member(text, hooks.start, "\"" STAGE "\":[", "],", "]");
	else if (is_null(text, stage))
		*ret_splice = (struct splice){stage, "[", "]"};
	else
		*ret_splice = last_element(text, stage);
	return 0;
}

/* Finds hooks.createRuntime; NULL if there is none. The types of "hooks" and of its members must be
 * those that OCI specifies. */
static int get_stage(struct json_object *document, struct error *error,
		     struct json_object **ret_stage)
{
	struct json_object *hooks;
	struct json_object *stage = NULL;
	int r;

	r = json_get_object(document, CONFIG, HOOKS, JSON_OPTIONAL, error, &hooks);
	if (r == 0 && hooks)
		r = json_get_array(hooks, CONFIG ": " HOOKS, STAGE, JSON_OPTIONAL, error, &stage);
	if (r < 0)
		return r;
	*ret_stage = stage;
	return 0;
}

static bool has_hook(struct json_object *stage, struct json_object *hook)
{
	for (size_t i = 0; i < json_array_count(stage); i++)
		if (json_object_equal(json_object_array_get_idx(stage, i), hook))
			return true;
	return false;
}

static int splice_in(const char *text, size_t length, const struct splice *splice,
		     const struct hook_text *hook, struct error *error, char **ret_text,
		     size_t *ret_length)
{
	size_t size = length - (splice->replaced.end - splice->replaced.start) +
		      strlen(splice->before) + hook->length + strlen(splice->after);
	char *changed, *end;

	if (size > CONFIG_LENGTH_MAX)
		return error_set(error, STATUS_INPUT, 0,
				 CONFIG ": more than %d bytes with the hook", CONFIG_LENGTH_MAX);
	changed = malloc(size + 1);
	if (!changed)
		return error_memory(error);
	end = mempcpy(changed, text, splice->replaced.start);
	end = stpcpy(end, splice->before);
	end = mempcpy(end, hook->text, hook->length);
	end = stpcpy(end, splice->after);
	end = mempcpy(end, text + splice->replaced.end, length - splice->replaced.end);
	*end = '\0';
	*ret_text = changed;
	*ret_length = size;
	return 0;
}

/* Adds the hook to the parsed document, as the last one of its stage. The edited text must parse to
 * the same document. */
static int put_hook(struct json_object *document, struct json_object *hook)
{
	struct json_object *hooks = json_object_object_get(document, HOOKS);
	struct json_object *stage = json_object_object_get(hooks, STAGE);

	if (!hooks) {
		hooks = json_object_new_object();
		if (!hooks || json_object_object_add(document, HOOKS, hooks) < 0)
			return -ENOMEM;
	}
	if (!stage) {
		stage = json_object_new_array();
		if (!stage || json_object_object_add(hooks, STAGE, stage) < 0)
			return -ENOMEM;
	}
	return json_object_array_add(stage, json_object_get(hook)) < 0 ? -ENOMEM : 0;
}

/* json-c accepts some texts that are not valid JSON. In such a text, the hook may have been
 * inserted in the wrong place. */
static int verify(const char *text, size_t length, struct json_object *document,
		  struct json_object *hook, struct error *error)
{
	AUTO_JSON *changed = NULL;
	int r;

	if (put_hook(document, hook) < 0)
		return error_memory(error);
	r = json_parse(CONFIG, text, length, error, &changed);
	if (r == -ENOMEM || (r == 0 && json_object_equal(document, changed)))
		return r;
	return error_set(error, STATUS_INPUT, 0, CONFIG ": is not plain JSON");
}

int edit_add_hook(const char *text, size_t length, const struct hook_text *hook,
		  struct error *error, char **ret_text, size_t *ret_length)
{
	AUTO_JSON *document = NULL;
	AUTO_FREE char *changed = NULL;
	struct json_object *stage = NULL;
	struct splice splice = {0};
	size_t changed_length = 0;
	int r;

	r = json_parse(CONFIG, text, length, error, &document);
	if (r == 0)
		r = get_stage(document, error, &stage);
	if (r == 0)
		r = find_place(text, error, &splice);
	if (r == 0 && !has_hook(stage, hook->object)) {
		r = splice_in(text, length, &splice, hook, error, &changed, &changed_length);
		if (r == 0)
			r = verify(changed, changed_length, document, hook->object, error);
	}
	if (r < 0)
		return r;
	*ret_text = take_ptr(changed);
	*ret_length = changed_length;
	return 0;
}
