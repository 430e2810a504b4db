/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <json-c/json_tokener.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "escape.h"

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

/*
 * The end of a string from text[at] on: its closing quote, or the first byte that JSON has not in a
 * string, where json-c is lax: a control character, or what is no UTF-8. ret_has_nul is whether the
 * string has the escape \u0000.
 */
static size_t string_end(const char *text, size_t length, size_t at, bool *ret_has_nul)
{
	*ret_has_nul = false;
	while (at < length && text[at] != '"') {
		uint32_t point = 0;
		size_t step = utf8_sequence(text + at, length - at, &point);

		if (!step || point < 0x20)
			break;
		if (text[at] == '\\' && length - at > 6 && !memcmp(text + at + 1, "u0000", 5))
			*ret_has_nul = true;
		if (text[at] == '\\' && at + 1 < length &&
		    (text[at + 1] == '"' || text[at + 1] == '\\'))
			step = 2;
		at += step;
	}
	return at;
}

static size_t digits_end(const char *text, size_t length, size_t at)
{
	while (at < length && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* The end of a number from text[at] on, or the first byte that JSON has not in one: "-.5" and "007"
 * are numbers to json-c. */
static size_t number_end(const char *text, size_t length, size_t at, bool *ret_good)
{
	size_t start = text[at] == '-' ? at + 1 : at;

	*ret_good = false;
	at = digits_end(text, length, start);
	if (at == start)
		return at;
	if (text[start] == '0' && at > start + 1)
		return start + 1;
	if (at < length && text[at] == '.') {
		start = at + 1;
		at = digits_end(text, length, start);
		if (at == start)
			return at;
	}
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		start = at + 1;
		if (start < length && (text[start] == '+' || text[start] == '-'))
			start++;
		at = digits_end(text, length, start);
		if (at == start)
			return at;
	}
	*ret_good = at == length || is_blank(text[at]) || strchr(",]}", text[at]);
	return at;
}

/* The end of a word from text[at] on, or the first byte that JSON has not in one. */
static size_t word_end(const char *text, size_t length, size_t at, bool *ret_good)
{
	static const char *const words[] = {"true", "false", "null"};

	*ret_good = false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t same = 0;

		while (at + same < length && words[i][same] && text[at + same] == words[i][same])
			same++;
		if (!same)
			continue;
		at += same;
		*ret_good = !words[i][same] &&
			    (at == length || is_blank(text[at]) || strchr(",]}", text[at]));
		break;
	}
	return at;
}

/*
 * Holds a text against what json-c lets through and JSON does not: commas before a closing bracket,
 * single quotes, comments, NaN, Infinity, what string_end(), number_end() and word_end() find. Its
 * strict mode is no help: it lets some of that through, and that of 0.18 takes no string that is
 * not ASCII. And a key with a NUL in it, which json-c cuts there: two keys would become one.
 * Returns where the text is wrong, length if nowhere.
 */
static size_t find_fault(const char *text, size_t length)
{
	static const char outside[] = "{}[]:, \t\n\r";
	bool has_nul, good;
	char last = '\0';

	for (size_t at = 0; at < length; at++) {
		size_t start = at;

		if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9') ||
		    (text[at] >= 'a' && text[at] <= 'z')) {
			at = text[at] >= 'a' ? word_end(text, length, at, &good)
					     : number_end(text, length, at, &good);
			if (!good)
				return at;
			at--;
			last = '0';
			continue;
		}
		if (text[at] != '"') {
			if (!memchr(outside, text[at], sizeof(outside) - 1) ||
			    (last == ',' && (text[at] == ']' || text[at] == '}')))
				return at;
			if (!is_blank(text[at]))
				last = text[at];
			continue;
		}
		last = '"';
		at = string_end(text, length, at + 1, &has_nul);
		if (at >= length)
			break; /* no end: the tokener says so */
		if (text[at] != '"')
			return at;
		for (size_t next = at + 1; has_nul && next < length; next++) {
			if (text[next] == ':')
				return start;
			if (!is_blank(text[next]))
				break;
		}
	}
	return length;
}

/*
 * The most that json-c may allocate for a text, many times what it does for a common one: for each
 * object and array (with room for 16 members and 32 elements from the start), for each member and
 * element, for texts, and for the parser.
 */
static size_t memory_needed(const char *text, size_t length)
{
	size_t needed = 4 * length + 65536;
	bool has_nul;

	for (size_t at = 0; at < length; at++) {
		if (text[at] == '"')
			at = string_end(text, length, at + 1, &has_nul);
		else if (text[at] == '{')
			needed += 1024;
		else if (text[at] == '[' || text[at] == ',')
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
	size_t fault;
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
	fault = find_fault(text, length);
	if (fault < length)
		return error_set(error, STATUS_INPUT, 0,
				 "%s: not JSON: at byte %zu: a character that may not stand there",
				 what, fault + 1);
	/* json-c, as of 0.16, crashes without memory, or leaves a member out without a word. */
	r = memory_reserve(memory_needed(text, length)) < 0
		    ? error_memory(error)
		    : parse_document(text, (int)length, error, ret_object);
	memory_reserve_done();
	return r < 0 ? error_wrap(error, "%s", what) : 0;
}

/* What stands between the document's name, or a path in it, and a member's key. */
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
	const char *string;
	int r;

	r = get_member(object, where, key, flags, json_type_string, error, &value);
	if (r < 0)
		return r;
	string = value ? json_object_get_string(value) : NULL;
	if (string && strlen(string) != (size_t)json_object_get_string_len(value))
		return error_set(error, STATUS_INPUT, 0, MEMBER ": may hold no NUL", where,
				 joint(where), key);
	*ret_value = string;
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
		/* json-c clamps what it can't hold to an end of its range, so the ends are no
		 * numbers here. */
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
