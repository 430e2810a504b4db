/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooksfile.h"

#include <errno.h>
#include <regex.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "json_check.h"

#define FORMAT "1.0.0"

void hooksfile_done(struct hooksfile *file)
{
	json_put(&file->document);
	*file = (struct hooksfile){0};
}

static int read_args(struct json_object *hook, struct error *error, struct hooksfile *file)
{
	struct json_object *args = NULL;
	int r;

	r = json_get_array(hook, "hook", "args", JSON_OPTIONAL, error, &args);
	if (r < 0)
		return r;
	if (json_array_count(args) >= HOOKSFILE_ARGS_MAX)
		return error_set(error, STATUS_INPUT, 0, "hook.args: more than %d",
				 HOOKSFILE_ARGS_MAX - 1);
	for (size_t i = 0; i < json_array_count(args); i++) {
		struct json_object *arg = json_object_array_get_idx(args, i);

		if (!json_object_is_type(arg, json_type_string))
			return error_set(error, STATUS_INPUT, 0, "hook.args[%zu]: not a string", i);
		file->args[file->args_count++] = json_object_get_string(arg);
	}
	return 0;
}

static enum hooks_program program_of(const char *path, const char *argument)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (strcmp(name, "oci-readonly-hook") == 0)
		return PROGRAM_HOOK;
	if (strcmp(name, "oci-readonly") == 0 && argument && strcmp(argument, "learn") == 0)
		return PROGRAM_LEARN;
	return PROGRAM_OTHER;
}

int hooksfile_parse_hook(struct json_object *hook, struct error *error, struct hooksfile *ret_file)
{
	struct hooksfile file = {0};
	const char *path = NULL;
	int r;

	r = json_get_string(hook, "hook", "path", JSON_REQUIRED, error, &path);
	if (r == 0)
		r = read_args(hook, error, &file);
	if (r < 0)
		return r;
	file.program = program_of(path, file.args[1]);
	file.binary = file.program == PROGRAM_OTHER ? NULL : path;
	*ret_file = file;
	return 0;
}

static int check_stages(struct json_object *stages, struct error *error)
{
	static const char *const names[] = {
		"prestart",	  "precreate", "createRuntime", "createContainer",
		"startContainer", "poststart", "poststop",
	};

	for (size_t i = 0; i < json_array_count(stages); i++) {
		const char *stage = json_object_get_string(json_object_array_get_idx(stages, i));
		bool known = false;

		for (size_t k = 0; stage && k < ARRAY_SIZE(names); k++)
			known = known || strcmp(stage, names[k]) == 0;
		if (!known)
			return error_set(error, STATUS_INPUT, 0,
					 "stages: there is no stage '%" NAME_SHOWN "'",
					 stage ? stage : "null");
	}
	if (!json_array_count(stages))
		return error_set(error, STATUS_INPUT, 0, "stages: empty");
	return 0;
}

static int read_document(struct json_object *document, struct error *error, struct hooksfile *file)
{
	struct json_object *hook = NULL;
	const char *version = NULL;
	int r;

	r = json_get_string(document, "hooks file", "version", JSON_OPTIONAL, error, &version);
	if (r < 0)
		return r;
	if (!version || strcmp(version, FORMAT) != 0) {
		error_set(error, STATUS_INPUT, 0, "version: '%" NAME_SHOWN "', not " FORMAT,
			  version ? version : "");
		return -ENOTSUP;
	}
	r = json_get_object(document, "hooks file", "hook", JSON_REQUIRED, error, &hook);
	if (r == 0)
		r = hooksfile_parse_hook(hook, error, file);
	if (r == 0 && file->program != PROGRAM_OTHER)
		r = json_get_array(document, "hooks file", "stages", JSON_REQUIRED, error,
				   &file->stages);
	if (r == 0 && file->program != PROGRAM_OTHER)
		r = check_stages(file->stages, error);
	if (r == 0 && file->program != PROGRAM_OTHER)
		r = json_get_object(document, "hooks file", "when", JSON_OPTIONAL, error,
				    &file->when);
	return r;
}

int hooksfile_parse(const char *text, size_t length, struct error *error,
		    struct hooksfile *ret_file)
{
	AUTO_JSON *document = NULL;
	struct hooksfile file = {0};
	size_t line;
	int r;

	line = strlen(text) == length ? json_check(text) : 1;
	if (line)
		return error_set(error, STATUS_INPUT, 0, "line %zu: not JSON", line);
	r = json_parse("hooks file", text, length, error, &document);
	if (r == 0)
		r = read_document(document, error, &file);
	/* Another program's hook may be of an unknown form, and is not judged here. */
	if (r < 0 && !strstr(text, "oci-readonly"))
		r = 0;
	if (r < 0)
		return r;
	file.document = take_ptr(document);
	*ret_file = file;
	return 0;
}

bool hooksfile_has_stage(const struct hooksfile *file, const char *stage)
{
	for (size_t i = 0; i < json_array_count(file->stages); i++) {
		const char *name =
			json_object_get_string(json_object_array_get_idx(file->stages, i));

		if (strcmp(name, stage) != 0)
			return false;
	}
	return json_array_count(file->stages) > 0;
}

void hooksfile_stages(const struct hooksfile *file, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < json_array_count(file->stages) && used < size; i++)
		used += (size_t)snprintf(
			buffer + used, size - used, "%s%s", i ? ", " : "",
			json_object_get_string(json_object_array_get_idx(file->stages, i)));
}

/* Go's regular expressions have syntax that POSIX lacks. Syntax that both have means the same in
 * both. */
static enum hooks_match match_regex(const char *pattern, const char *text)
{
	int flags = REG_EXTENDED | REG_NOSUB;
	regex_t regex;
	int r;

	if (strncmp(pattern, "(?i)", 4) == 0) {
		pattern += 4;
		flags |= REG_ICASE;
	}
	if (strstr(pattern, "(?") || strstr(pattern, "\\d") || strstr(pattern, "\\p") ||
	    strstr(pattern, "\\D") || strstr(pattern, "\\A") || strstr(pattern, "\\z") ||
	    strstr(pattern, "\\x") || strstr(pattern, "\\Q") ||
	    regcomp(&regex, pattern, flags) != 0)
		return MATCH_UNKNOWN;
	r = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	if (r != 0 && r != REG_NOMATCH)
		return MATCH_UNKNOWN;
	return r == 0 ? MATCH_YES : MATCH_NO;
}

/* One annotation must match both patterns of a pair: that of the key, and that of the value. */
static enum hooks_match match_annotations(struct json_object *patterns, const char *key,
					  const char *value)
{
	json_object_object_foreach(patterns, key_pattern, member)
	{
		const char *value_pattern = json_object_get_string(member);
		enum hooks_match match = match_regex(key_pattern, key);

		if (match == MATCH_YES)
			match = match_regex(value_pattern ? value_pattern : "", value);
		if (match != MATCH_YES)
			return match;
	}
	return MATCH_YES;
}

enum hooks_match hooksfile_matches(const struct hooksfile *file, const char *key, const char *value)
{
	enum hooks_match match = MATCH_NO;

	if (!file->when)
		return MATCH_NO;
	json_object_object_foreach(file->when, condition, member)
	{
		enum hooks_match one = MATCH_UNKNOWN;

		if (strcmp(condition, "always") == 0)
			one = json_object_get_boolean(member) ? MATCH_YES : MATCH_NO;
		else if (strcmp(condition, "annotations") == 0 &&
			 json_object_is_type(member, json_type_object))
			one = match_annotations(member, key, value);
		/* All conditions must match. */
		if (one == MATCH_NO)
			return MATCH_NO;
		if (match != MATCH_UNKNOWN)
			match = one;
	}
	return match;
}
