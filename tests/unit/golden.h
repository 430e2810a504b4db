/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cases of tests/golden, and the text form of a decision. */
#ifndef ORH_TESTS_GOLDEN_H
#define ORH_TESTS_GOLDEN_H

#include <dirent.h>
#include <errno.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/explain.h"
#include "core/json.h"
#include "core/options.h"
#include "core/policy.h"
#include "expect.h"
#include "plan_print.h"

#define GOLDEN_CASES_AT_LEAST 18
#define GOLDEN_OPTIONS_MOST   32
#define GOLDEN_MEMORY	      (UINT64_C(8) << 30)

static inline const char *golden_directory(void)
{
	static char path[512];
	const char *source = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/golden", source ? source : ".");
	return path;
}

static inline char *golden_text(const char *name)
{
	char path[1024], *text = NULL;
	size_t size = 0;
	FILE *file;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", golden_directory(), name);
	file = fopen(path, "re");
	cr_assert(file, "%s: %s", path, strerror(errno));
	length = getdelim(&text, &size, '\0', file);
	cr_assert(length > 0, "%s is empty", path);
	fclose(file);
	return text;
}

static inline struct json_object *golden_json(const char *name)
{
	AUTO_FREE char *text = golden_text(name);
	struct json_object *object = NULL;
	struct error error;
	int r = json_parse(name, text, strlen(text), &error, &object);

	expect_success(name, r, &error);
	cr_assert(object);
	return object;
}

/* Adds a case's mounts to those of config.json, sorted as engines do: a mount comes before those
 * below it. */
static inline void golden_add_mounts(struct json_object *config, struct json_object *more)
{
	struct json_object *old = json_object_object_get(config, "mounts");
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < json_array_count(more); i++) {
		struct json_object *mount = json_object_array_get_idx(more, i);

		if (!strcmp(json_object_get_string(json_object_object_get(mount, "type")), "tmpfs"))
			json_object_array_add(all, json_object_get(mount));
	}
	for (size_t i = 0; i < json_array_count(old); i++)
		json_object_array_add(all, json_object_get(json_object_array_get_idx(old, i)));
	for (size_t i = 0; i < json_array_count(more); i++) {
		struct json_object *mount = json_object_array_get_idx(more, i);

		if (strcmp(json_object_get_string(json_object_object_get(mount, "type")), "tmpfs"))
			json_object_array_add(all, json_object_get(mount));
	}
	json_object_object_add(config, "mounts", all);
}

/* Merges the members of one object into another; null removes a member. */
static inline void golden_merge(struct json_object *into, struct json_object *from)
{
	if (!from)
		return;
	json_object_object_foreach(from, key, value)
	{
		if (value)
			json_object_object_add(into, key, json_object_get(value));
		else
			json_object_object_del(into, key);
	}
}

/* The arguments of a case. The caller keeps the strings. */
static inline void golden_options(struct json_object *change, struct options *ret_options)
{
	struct json_object *list = json_object_object_get(change, "options");
	const char *argv[GOLDEN_OPTIONS_MOST] = {"oci-readonly-hook"};
	int argc = 1;
	struct error error;

	for (size_t i = 0; i < json_array_count(list); i++) {
		cr_assert(argc < GOLDEN_OPTIONS_MOST);
		argv[argc++] = json_object_get_string(json_object_array_get_idx(list, i));
	}
	expect_success("options", options_parse(argc, argv, &error, ret_options), &error);
}

static inline void golden_print_error(const struct error *error, FILE *file)
{
	char text[4 * ERROR_TEXT_MAX];

	text_escape(error->text, text, sizeof(text));
	fprintf(file, "refused, exit status %d: %s\n", (int)error->status, text);
}

static inline void golden_print_decisions(const struct options *options, const struct wish *wish,
					  const struct policy *policy, const struct plan *plan,
					  FILE *file)
{
	char text[EXPLAIN_MAX];

	explain_root(options, wish, policy, text);
	fprintf(file, "%s\n", text);
	for (size_t i = 0; i < options->defaults.count; i++)
		if (explain_default(wish, policy, &options->defaults.entries[i], text))
			fprintf(file, "%s\n", text);
	for (size_t i = 0; i < policy->requests_count; i++) {
		const struct planned_tmpfs *tmpfs = NULL;

		for (size_t k = 0; k < plan->tmpfs_count; k++)
			if (plan->tmpfs[k].request == i)
				tmpfs = &plan->tmpfs[k];
		explain_request(options, wish, &policy->requests[i], plan->fates[i],
				tmpfs ? tmpfs->path : "", tmpfs ? tmpfs->size : 0, text);
		fprintf(file, "%s\n", text);
	}
}

static inline void golden_print_flags(unsigned flags, FILE *file)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {
		{FLAG_RO, "ro"},
		{FLAG_NOSUID, "nosuid"},
		{FLAG_NODEV, "nodev"},
		{FLAG_NOEXEC, "noexec"},
		{FLAG_NOATIME, "noatime"},
		{FLAG_NODIRATIME, "nodiratime"},
		{FLAG_STRICTATIME, "strictatime"},
		{FLAG_NOSYMFOLLOW, "nosymfollow"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			fprintf(file, " %s", names[i].name);
}

static inline void golden_print_plan(const struct plan *plan, FILE *file)
{
	fprintf(file, "plan:\n");
	for (size_t i = 0; i < plan->ops_count; i++) {
		const struct op *op = &plan->ops[i];

		fputs("  ", file);
		plan_print_op(plan, op, file);
		if (op->kind == OP_FLAGS)
			golden_print_flags(plan->tmpfs[op->index].entry->flags, file);
		fputc('\n', file);
	}
}

/* Writes a whole decision. r is what the last step returned. */
static inline void golden_print(const struct options *options, int r, const struct error *error,
				const struct wish *wish, const struct policy *policy,
				const struct plan *plan, FILE *file)
{
	if (r < 0) {
		golden_print_error(error, file);
	} else if (policy->left_alone) {
		fprintf(file, "left alone: %s\n", policy->left_alone);
	} else {
		golden_print_decisions(options, wish, policy, plan, file);
		golden_print_plan(plan, file);
	}
}

/* Turns NAME.case into NAME.expected. */
static inline void golden_expected_name(const char *name, char expected[static 256])
{
	snprintf(expected, 256, "%.*s.expected", (int)(strlen(name) - strlen(".case")), name);
}

static inline int golden_is_case(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".case");
}

#endif
