/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diff.h"

#include <errno.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"

/* Text put before an array, because json_parse() accepts objects only. */
#define WRAP "{\"array\":"

struct reader {
	struct record *record;
	struct error *error;
	struct diff_count count;
};

static int add(struct reader *reader, enum trace_kind kind, const char *path)
{
	struct trace trace = {.path = (char *)(uintptr_t)path, .kind = kind};
	int r = record_add(reader->record, &trace);

	if (r == -E2BIG)
		return error_set(reader->error, STATUS_INPUT, 0,
				 "standard input: more than %d paths", RECORD_MAX);
	if (r == -ENOMEM)
		return error_memory(reader->error);
	reader->count.ignored += r < 0;
	reader->count.read += r == 0;
	return 0;
}

/* Reads one of podman's three arrays. */
static int read_paths(struct reader *reader, struct json_object *object, const char *key,
		      enum trace_kind kind)
{
	struct json_object *array;
	int r;

	r = json_get_array(object, "podman diff", key, JSON_OPTIONAL, reader->error, &array);
	for (size_t i = 0; r == 0 && i < json_array_count(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string))
			r = add(reader, kind, json_object_get_string(item));
		else
			reader->count.ignored++;
	}
	return r;
}

static int read_podman(struct reader *reader, struct json_object *object)
{
	static const char *const keys[] = {
		[TRACE_CHANGED] = "changed",
		[TRACE_ADDED] = "added",
		[TRACE_DELETED] = "deleted",
	};
	int r = 0;

	json_object_object_foreach(object, key, value)
	{
		(void)value;
		if (strcmp(key, keys[0]) != 0 && strcmp(key, keys[1]) != 0 &&
		    strcmp(key, keys[2]) != 0)
			return error_set(reader->error, STATUS_INPUT, 0,
					 "standard input: '%" NAME_SHOWN
					 "' is not a member of podman diff's JSON",
					 key);
	}
	for (unsigned i = 0; r == 0 && i < ARRAY_SIZE(keys); i++)
		r = read_paths(reader, object, keys[i], (enum trace_kind)i);
	return r;
}

/* Reads one of Docker's changes. Kind is the number that Docker's API defines. */
static int read_change(struct reader *reader, struct json_object *object)
{
	static const enum trace_kind kinds[] = {TRACE_CHANGED, TRACE_ADDED, TRACE_DELETED};
	const char *path;
	int64_t kind;
	int r;

	r = json_get_string(object, "docker diff", "Path", JSON_REQUIRED, reader->error, &path);
	if (r == 0)
		r = json_get_int(object, "docker diff", "Kind", JSON_REQUIRED, 0, 2, reader->error,
				 &kind);
	return r != 0 ? r : add(reader, kinds[kind], path);
}

static int add_mount(struct reader *reader, const char *path)
{
	int r = record_add_mount(reader->record, path);

	if (r == -ENOMEM)
		return error_memory(reader->error);
	reader->count.ignored += r < 0;
	return 0;
}

/* Reads the mounts of one inspected container: volumes, and those of --tmpfs. */
static int read_inspected(struct reader *reader, struct json_object *object)
{
	char where[JSON_WHERE_MAX];
	struct json_object *mounts, *host, *tmpfs = NULL;
	int r;

	r = json_get_array(object, "inspect", "Mounts", JSON_REQUIRED, reader->error, &mounts);
	for (size_t i = 0; r == 0 && i < json_array_count(mounts); i++) {
		struct json_object *mount;
		const char *path;

		r = json_array_object(mounts, i, "inspect: Mounts", reader->error, where, &mount);
		if (r == 0)
			r = json_get_string(mount, where, "Destination", JSON_REQUIRED,
					    reader->error, &path);
		if (r == 0)
			r = add_mount(reader, path);
	}
	if (r == 0)
		r = json_get_object(object, "inspect", "HostConfig", JSON_OPTIONAL, reader->error,
				    &host);
	if (r == 0 && host)
		r = json_get_object(host, "inspect: HostConfig", "Tmpfs", JSON_OPTIONAL,
				    reader->error, &tmpfs);
	if (r < 0 || !tmpfs)
		return r;
	json_object_object_foreach(tmpfs, key, value)
	{
		(void)value;
		r = add_mount(reader, key);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_array(struct reader *reader, struct json_object *document)
{
	char where[JSON_WHERE_MAX];
	struct json_object *array;
	int r;

	r = json_get_array(document, "standard input", "array", JSON_REQUIRED, reader->error,
			   &array);
	for (size_t i = 0; r == 0 && i < json_array_count(array); i++) {
		struct json_object *object;

		r = json_array_object(array, i, "standard input", reader->error, where, &object);
		if (r < 0)
			break;
		if (json_object_object_get_ex(object, "Mounts", NULL)) {
			reader->record->has_mounts = true;
			r = read_inspected(reader, object);
		} else {
			r = read_change(reader, object);
		}
	}
	return r;
}

/* Returns the length of the JSON object or array that text begins with; length if it does not
 * end. */
static size_t json_length(const char *text, size_t length)
{
	bool is_inside = false;
	size_t depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (is_inside && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			is_inside = !is_inside;
		else if (!is_inside && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!is_inside && (text[i] == '}' || text[i] == ']') && --depth == 0)
			return i + 1;
	}
	return length;
}

static int read_json(struct reader *reader, const char *text, size_t length)
{
	AUTO_JSON *document = NULL;
	AUTO_FREE char *wrapped = NULL;
	int r;

	if (text[0] == '{') {
		r = json_parse("standard input", text, length, reader->error, &document);
		return r < 0 ? r : read_podman(reader, document);
	}
	wrapped = malloc(sizeof(WRAP) + length + 1);
	if (!wrapped)
		return error_memory(reader->error);
	memcpy(wrapped, WRAP, sizeof(WRAP) - 1);
	memcpy(wrapped + sizeof(WRAP) - 1, text, length);
	memcpy(wrapped + sizeof(WRAP) - 1 + length, "}", 2);
	r = json_parse("standard input", wrapped, sizeof(WRAP) + length, reader->error, &document);
	return r < 0 ? r : read_array(reader, document);
}

static int read_line(struct reader *reader, const char *line, size_t length)
{
	AUTO_FREE char *path = NULL;
	static const struct {
		char letter;
		enum trace_kind kind;
	} kinds[] = {{'A', TRACE_ADDED}, {'C', TRACE_CHANGED}, {'D', TRACE_DELETED}};

	if (length && line[length - 1] == '\r')
		length--;
	if (!length)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (length < 3 || line[0] != kinds[i].letter || line[1] != ' ' || line[2] != '/' ||
		    memchr(line, '\0', length))
			continue;
		path = strndup(line + 2, length - 2);
		if (!path)
			return error_memory(reader->error);
		return add(reader, kinds[i].kind, path);
	}
	reader->count.ignored++;
	return 0;
}

int diff_read(const char *text, size_t length, struct error *error, struct record *record,
	      struct diff_count *ret_count)
{
	struct reader reader = {.record = record, .error = error};
	size_t at = 0;
	int r = 0;

	while (at < length && r == 0) {
		size_t size;
		const char *end;

		if (text[at] == '{' || text[at] == '[') {
			size = json_length(text + at, length - at);
			r = read_json(&reader, text + at, size);
			at += size;
			continue;
		}
		end = memchr(text + at, '\n', length - at);
		size = end ? (size_t)(end - text) - at : length - at;
		r = read_line(&reader, text + at, size);
		at += size + (end != NULL);
	}
	if (r == 0)
		*ret_count = reader.count;
	return r;
}
