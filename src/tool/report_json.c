/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_json.h"

#include "core/explain.h"
#include "words.h"

static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text ? json_object_new_string(text) : NULL);
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static struct json_object *kept(const struct plan *plan, size_t index)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < plan->moves_count; i++)
		if (plan->moves[i].onto == index)
			json_object_array_add(array, json_object_new_string(plan->moves[i].path));
	return array;
}

static struct json_object *tmpfs_json(const struct outcome *outcome, size_t index)
{
	const struct planned_tmpfs *tmpfs = &outcome->verdict->plan.tmpfs[index];
	const struct tmpfs_entry *entry = tmpfs->entry;
	struct json_object *object = json_object_new_object();
	char options[WORDS_MAX];

	words_options(tmpfs, outcome->subject->is_user_known, options);
	add_text(object, "path", tmpfs->path);
	add_text(object, "written", entry->path);
	add_text(object, "from", tmpfs->is_default ? "--tmpfs" : outcome->verdict->policy.list_key);
	if (tmpfs->size)
		add_number(object, "size", tmpfs->size);
	else
		add_text(object, "size", NULL);
	add_text(object, "size_from", tmpfs->size_source);
	add_text(object, "seed", seed_name(entry->seed));
	if (outcome->needed[index].chosen)
		add_text(object, "seed_chosen", seed_name(outcome->needed[index].seed));
	add_text(object, "options", options);
	if (outcome->needed[index].is_measured) {
		add_number(object, "files", outcome->needed[index].inodes - 1);
		add_number(object, "bytes", outcome->needed[index].bytes);
	}
	json_object_object_add(object, "keeps", kept(&outcome->verdict->plan, index));
	return object;
}

/* The tmpfs of config.json that are filled in place. */
static struct json_object *fills_json(const struct plan *plan)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < plan->fills_count; i++) {
		struct json_object *object = json_object_new_object();

		add_text(object, "path", plan->fills[i].path);
		add_text(object, "from", "--seed-tmpfs");
		json_object_array_add(array, object);
	}
	return array;
}

static void add_left_out(const char *text, void *data)
{
	json_object_array_add(data, json_object_new_string(text));
}

static void add_plan(struct json_object *object, const struct outcome *outcome)
{
	const struct verdict *verdict = outcome->verdict;
	struct json_object *tmpfs = json_object_new_array();
	struct json_object *left_out = json_object_new_array();
	char text[EXPLAIN_MAX];

	outcome_root(outcome, text);
	json_object_object_add(object, "root_readonly",
			       json_object_new_boolean(verdict->plan.root_readonly));
	add_text(object, "root", text);
	for (size_t i = 0; i < verdict->plan.tmpfs_count; i++)
		json_object_array_add(tmpfs, tmpfs_json(outcome, i));
	json_object_object_add(object, "tmpfs", tmpfs);
	json_object_object_add(object, "filled", fills_json(&verdict->plan));
	outcome_left_out(outcome, add_left_out, left_out);
	json_object_object_add(object, "left_out", left_out);
}

struct json_object *report_json(const struct outcome *outcome)
{
	const struct verdict *verdict = outcome->verdict;
	struct json_object *object = json_object_new_object();

	add_text(object, "container", outcome->subject->title);
	if (verdict->is_refused) {
		add_text(object, "decision", "refused");
		json_object_object_add(object, "status",
				       json_object_new_int((int)verdict->error.status));
		add_text(object, "reason", verdict->error.text);
	} else if (verdict->policy.left_alone) {
		add_text(object, "decision", "left alone");
		add_text(object, "reason", verdict->policy.left_alone);
	} else {
		add_text(object, "decision", "done");
		add_plan(object, outcome);
	}
	return object;
}
