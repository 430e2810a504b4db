/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <json-c/json_tokener.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"

#define MEMBER "%s%s%" NAME_SHOWN

static void tokener_free(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The offset of the first NUL, written as a byte or as \u0000; length if there is none. json-c
 * truncates a key at a NUL, so that two keys can become one. C code truncates strings there. */
static size_t find_nul(const char *text, size_t length)
{
	for (size_t at = 0; at < length; at++) {
		if (!text[at] || (length - at >= 6 && !memcmp(text + at, "\\u0000", 6)))
			return at;
		if (length - at >= 2 && !memcmp(text + at, "\\\\", 2))
			at++;
	}
	return length;
}

/*
 * An upper bound of what json-c allocates for a text; many times the usual amount. It covers each
 * object and array (which start with room for 16 members and 32 elements), each member and element,
 * the strings, and the parser.
 */
static size_t memory_needed(const char *text, size_t length)
{
	size_t needed = 4 * length + 65536;
	bool in_string = false;

	for (size_t at = 0; at < length; at++) {
		if (text[at] == '\\')
			at++;
		else if (text[at] == '"')
			in_string = !in_string;
		else if (!in_string && text[at] == '{')
			needed += 1024;
		else if (!in_string && (text[at] == '[' || text[at] == ','))
			needed += 512;
	}
	return needed;
}

static int parse_document(const char *text, int length, struct error *error,
			  struct json_object **ret_object)
{
	CLEANUP(tokener_free) struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
	AUTO_JSON *object = NULL;
	enum json_tokener_error fault;

	if (!tokener)
		return error_memory(error);
	object = json_tokener_parse_ex(tokener, text, length);
	fault = json_tokener_get_error(tokener);
	if (fault == json_tokener_continue)
		return error_set(error, STATUS_INPUT, 0, "not JSON: it ends before its last brace");
	if (fault != json_tokener_success)
		return error_set(error, STATUS_INPUT, 0, "not JSON: at byte %zu: %s",
				 json_tokener_get_parse_end(tokener) + 1,
				 json_tokener_error_desc(fault));
	if (json_tokener_get_parse_end(tokener) != (size_t)length)
		return error_set(error, STATUS_INPUT, 0,
				 "not JSON: at byte %zu: more than one value",
				 json_tokener_get_parse_end(tokener) + 1);
	*ret_object = take_ptr(object);
	return 0;
}

int json_parse(const char *what, const char *text, size_t length, struct error *error,
	       struct json_object **ret_object)
{
	size_t start = 0;
	size_t nul;
	int r;

	while (length && is_blank(text[length - 1]))
		length--;
	while (start < length && is_blank(text[start]))
		start++;
	if (start == length)
		return error_set(error, STATUS_INPUT, 0, "%s: empty", what);
	if (text[start] != '{')
		return error_set(error, STATUS_INPUT, 0,
				 "%s: not a JSON object: it must begin with '{'", what);
	if (length > INT_MAX)
		return error_set(error, STATUS_INPUT, 0, "%s: longer than %d bytes", what, INT_MAX);
	nul = find_nul(text, length);
	if (nul < length)
		return error_set(error, STATUS_INPUT, 0,
				 "%s: at byte %zu: NUL characters are not supported", what,
				 nul + 1);
	/* json-c, as of 0.16, crashes or silently drops a member if it runs out of memory. */
	r = memory_reserve(memory_needed(text, length)) < 0
		    ? error_memory(error)
		    : parse_document(text, (int)length, error, ret_object);
	memory_reserve_done();
	return r < 0 ? error_wrap(error, "%s", what) : 0;
}

/* The separator between the name of a document, or of a path in it, and a member's key. */
static const char *joint(const char *where)
{
	return strchr(where, ':') ? "." : ": ";
}

static const char *type_found(struct json_object *value)
{
	static const char *const names[] = {
		[json_type_null] = "null",
		[json_type_boolean] = "true or false",
		[json_type_double] = "a number with a fraction or an exponent",
		[json_type_int] = "a whole number",
		[json_type_object] = "an object",
		[json_type_array] = "an array",
		[json_type_string] = "a string",
	};

	return names[json_object_get_type(value)];
}

static const char *type_wanted(enum json_type type)
{
	switch (type) {
	case json_type_object:
		return "an object";
	case json_type_array:
		return "an array";
	case json_type_string:
		return "a string";
	case json_type_int:
		return "a whole number";
	default:
		return "true or false";
	}
}

static int get_member(struct json_object *object, const char *where, const char *key,
		      enum json_flags flags, enum json_type type, struct error *error,
		      struct json_object **ret_value)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	if (!value && flags & JSON_REQUIRED)
		return error_set(error, STATUS_INPUT, 0, MEMBER ": missing", where, joint(where),
				 key);
	if (value && !json_object_is_type(value, type))
		return error_set(error, STATUS_INPUT, 0, MEMBER ": must be %s, and is %s", where,
				 joint(where), key, type_wanted(type), type_found(value));
	*ret_value = value;
	return 0;
}

int json_get_object(struct json_object *object, const char *where, const char *key,
		    enum json_flags flags, struct error *error, struct json_object **ret_value)
{
	return get_member(object, where, key, flags, json_type_object, error, ret_value);
}

int json_get_array(struct json_object *object, const char *where, const char *key,
		   enum json_flags flags, struct error *error, struct json_object **ret_value)
{
	return get_member(object, where, key, flags, json_type_array, error, ret_value);
}

int json_get_string(struct json_object *object, const char *where, const char *key,
		    enum json_flags flags, struct error *error, const char **ret_value)
{
	struct json_object *value = NULL;
	int r;

	r = get_member(object, where, key, flags, json_type_string, error, &value);
	if (r < 0)
		return r;
	*ret_value = value ? json_object_get_string(value) : NULL;
	return 0;
}

int json_get_int(struct json_object *object, const char *where, const char *key,
		 enum json_flags flags, int64_t min, int64_t max, struct error *error,
		 int64_t *ret_value)
{
	struct json_object *value = NULL;
	int64_t number = 0;
	int r;

	r = get_member(object, where, key, flags, json_type_int, error, &value);
	if (r < 0)
		return r;
	if (value) {
		number = json_object_get_int64(value);
		/* json-c clamps numbers out of its range to INT64_MIN and INT64_MAX, so these two
		 * are refused. */
		if (number < min || number > max || number == INT64_MIN || number == INT64_MAX)
			return error_set(error, STATUS_INPUT, 0,
					 MEMBER ": must be from %lld to %lld, and is %s", where,
					 joint(where), key, (long long)min, (long long)max,
					 json_object_get_string(value));
	}
	*ret_value = number;
	return 0;
}

int json_get_bool(struct json_object *object, const char *where, const char *key,
		  enum json_flags flags, struct error *error, bool *ret_value)
{
	struct json_object *value = NULL;
	int r;

	r = get_member(object, where, key, flags, json_type_boolean, error, &value);
	if (r < 0)
		return r;
	*ret_value = value && json_object_get_boolean(value);
	return 0;
}

size_t json_array_count(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

int json_array_object(struct json_object *array, size_t index, const char *where,
		      struct error *error, char ret_where[static JSON_WHERE_MAX],
		      struct json_object **ret_value)
{
	struct json_object *value = json_object_array_get_idx(array, index);

	if (!json_object_is_type(value, json_type_object))
		return error_set(error, STATUS_INPUT, 0, "%s[%zu]: must be an object, and is %s",
				 where, index, type_found(value));
	snprintf(ret_where, JSON_WHERE_MAX, "%s[%zu]", where, index);
	*ret_value = value;
	return 0;
}

int json_each_object(struct json_object *object, const char *where, const char *key, size_t max,
		     json_element *read, void *data, struct error *error)
{
	char array_where[JSON_WHERE_MAX], element_where[JSON_WHERE_MAX];
	struct json_object *array = NULL, *element = NULL;
	int r;

	r = json_get_array(object, where, key, JSON_OPTIONAL, error, &array);
	if (r < 0)
		return r;
	snprintf(array_where, sizeof(array_where), "%s%s%s", where, joint(where), key);
	if (json_array_count(array) > max)
		return error_set(error, STATUS_INPUT, 0, "%s: %zu elements; %zu are allowed",
				 array_where, json_array_count(array), max);
	for (size_t i = 0; i < json_array_count(array) && r == 0; i++) {
		r = json_array_object(array, i, array_where, error, element_where, &element);
		if (r == 0)
			r = read(element, element_where, error, data);
	}
	return r;
}
