/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/json.h"

#include <stdio.h>

#include "expect.h"
#include "memory_limit.h"

static struct json_object *parse(const char *text)
{
	struct json_object *object = NULL;
	struct error error = UNSET_ERROR;

	expect_success(text, json_parse("doc", text, strlen(text), &error, &object), &error);
	cr_assert(object, "'%s' gives no object", text);
	return object;
}

Test(json, accepts)
{
	static const char *const rows[] = {
		"{}",
		" \t\r\n{ } \n\r\t ",
		"{\"a\": [1, -2, 3.5e10, true, false, null, {\"b\": \"c\"}]}",
		"{\"a\": [0, -0, 10, 0.5, -0.25, 1E2, 1e-2, 1.5e+007,0 ,1]}",
		"{\"a\": \"\\u0001 \\\" \\\\ \\/ \\u00fc\"}",
		/* A backslash and a text. */
		"{\"a\\\\u0000\": \"\\\\\\\\u0000\"}",
		"{\"key\": \"// no comment, 'no quote', NaN\"}",
		/* json-c 0.18 takes these, but not in its strict mode. */
		"{\"gr\xc3\xbc\xc3\x9f\": \"\xf0\x9f\x90\x8b\"}",
		"{\"a\": [\"\xc3\x9c\", \"\xe2\x82\xac\", true , false,null]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_JSON *object = parse(rows[i]);

		cr_expect(object != NULL);
	}
}

Test(json, refuses)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{"", "doc: empty"},
		{"  \n", "doc: empty"},
		{"null", "doc: not a JSON object"},
		{"[]", "doc: not a JSON object"},
		{"42", "doc: not a JSON object"},
		{"\"{}\"", "doc: not a JSON object"},
		{"\xef\xbb\xbf{}", "doc: not a JSON object"},
		{"{", "doc: not JSON: it ends before"},
		{"{\"a\": \"b", "doc: not JSON: it ends before"},
		{"{\"a\": \"b\\", "doc: not JSON: it ends before"},
		{"{\"a\": tru", "doc: not JSON: it ends before"},
		{"{} {}", "not JSON: at byte 4: more than one value"},
		{"{}x", "not JSON: at byte 3: more than one value"},
		{"{}]", "not JSON: at byte 3: more than one value"},
		{"{\"a\" 1}", "not JSON: at byte 6"},
		{"{a: 1}", "not JSON: at byte 2"},
		{"{\"a\": x}", "not JSON: at byte 7"},
		{"{\"a\": [1,,2]}", "not JSON: at byte 10"},
		{"{\"a\": 1,,\"b\": 2}", "not JSON: at byte 9"},
		{"{,}", "not JSON: at byte"},
		{"{\"a\": \"\\x41\"}", "not JSON: at byte"},
		{"{\xff}", "not JSON: at byte 2"},
		/* A NUL, in a value, in a key, after other escapes. */
		{"{\"a\": \"\\u0000\"}", "doc: at byte 8: NUL characters are not supported"},
		{"{\"a\\u0000b\": 1}", "doc: at byte 4: NUL"},
		{"{\"c\": \"\", \"\\\\\\u0000\" \n: 1}", "doc: at byte 14: NUL"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_object *object = NULL;
		struct error error = UNSET_ERROR;
		int r = json_parse("doc", rows[i].text, strlen(rows[i].text), &error, &object);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
		expect_null(rows[i].text, object);
	}
}

Test(json, refuses_a_nul_byte)
{
	static const struct {
		const char *text;
		size_t length;
		const char *part;
	} rows[] = {
		{"{}\0", 3, "at byte 3: NUL"},
		{"{\"a\": \"b\0c\"}", 12, "at byte 9: NUL"},
		{"{\"a\": \"\\\0c\"}", 12, "at byte 9: NUL"},
		{"{\0}", 3, "at byte 2: NUL"},
		{"\0{}", 3, "must begin with '{'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_object *object = NULL;
		struct error error = UNSET_ERROR;
		int r = json_parse("doc", rows[i].text, rows[i].length, &error, &object);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
	}
}

/* The text need not end with a NUL, and nothing after its length is read. */
Test(json, reads_no_further_than_the_length)
{
	AUTO_FREE char *text = malloc(8);
	struct json_object *object = NULL;
	struct error error = UNSET_ERROR;

	cr_assert(text);
	memcpy(text, "{\"a\":12}", 8);
	expect_success("whole", json_parse("doc", text, 8, &error, &object), &error);
	json_put(&object);
	for (size_t length = 0; length < 8; length++)
		cr_expect(json_parse("doc", text, length, &error, &object) < 0, "length %zu",
			  length);
}

static int parse_nested(char open, size_t depth, struct error *error,
			struct json_object **ret_object)
{
	AUTO_FREE char *nested = repeat(open, depth + 5);

	memcpy(nested, "{\"a\":", 5);
	return json_parse("doc", nested, depth + 5, error, ret_object);
}

Test(json, refuses_a_mebibyte_of_nesting)
{
	struct json_object *object = NULL;
	struct error error = UNSET_ERROR;

	expect_error("[[[", parse_nested('[', 1 << 20, &error, &object), &error, STATUS_INPUT,
		     ERROR_NO_OFFSET, "nesting");
	expect_error("{{{", parse_nested('{', 1 << 20, &error, &object), &error, STATUS_INPUT,
		     ERROR_NO_OFFSET, "not JSON");
	expect_error("\"\"\"", parse_nested('"', 1 << 20, &error, &object), &error, STATUS_INPUT,
		     ERROR_NO_OFFSET, "not JSON");
	expect_error("\\\\\\", parse_nested('\\', 1 << 20, &error, &object), &error, STATUS_INPUT,
		     ERROR_NO_OFFSET, "not JSON");
}

/* The object itself is a level, too. */
Test(json, nesting_at_and_past_the_limit)
{
	for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		AUTO_FREE char *open = repeat('[', (size_t)depth - 1);
		AUTO_FREE char *close = repeat(']', (size_t)depth - 1);
		AUTO_JSON *object = NULL;
		struct error error = UNSET_ERROR;
		char text[256];
		int r;

		snprintf(text, sizeof(text), "{\"a\":%s%s}", open, close);
		r = json_parse("doc", text, strlen(text), &error, &object);
		if (depth == JSON_DEPTH_MAX)
			expect_success(text, r, &error);
		else
			expect_error(text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, "nesting");
	}
}

Test(json, the_last_of_two_counts)
{
	AUTO_JSON *object = parse("{\"a\": 1, \"b\": 2, \"a\": 3}");
	struct error error = UNSET_ERROR;
	int64_t number = 0;

	expect_success("a", json_get_int(object, "doc", "a", JSON_REQUIRED, 0, 9, &error, &number),
		       &error);
	expect_number("a", (unsigned long long)number, 3);
}

Test(json, missing_and_null)
{
	AUTO_JSON *object = parse("{\"null\": null}");
	static const char *const keys[] = {"null", "none"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct json_object *value = object;
		struct error error = UNSET_ERROR;
		const char *string = "";
		int64_t number = 5;
		bool flag = true;

		expect_success("object", json_get_object(object, "doc", keys[i], 0, &error, &value),
			       &error);
		expect_null(keys[i], value);
		value = object;
		expect_success("array", json_get_array(object, "doc", keys[i], 0, &error, &value),
			       &error);
		expect_null(keys[i], value);
		expect_success("string",
			       json_get_string(object, "doc", keys[i], 0, &error, &string), &error);
		expect_null(keys[i], string);
		expect_success("int",
			       json_get_int(object, "doc", keys[i], 0, 3, 9, &error, &number),
			       &error);
		cr_expect(number == 0);
		expect_success("bool", json_get_bool(object, "doc", keys[i], 0, &error, &flag),
			       &error);
		cr_expect(!flag);
		expect_error(
			"required",
			json_get_string(object, "doc", keys[i], JSON_REQUIRED, &error, &string),
			&error, STATUS_INPUT, ERROR_NO_OFFSET, ": missing");
	}
}

Test(json, context_joins_the_key)
{
	AUTO_JSON *object = parse("{}");
	struct error error = UNSET_ERROR;
	const char *string;

	json_get_string(object, "doc", "key", JSON_REQUIRED, &error, &string);
	expect_text("top", error.text, "doc: key: missing");
	json_get_string(object, "doc: a.b[3]", "key", JSON_REQUIRED, &error, &string);
	expect_text("below", error.text, "doc: a.b[3].key: missing");
}

/* Each getter against each type. */
Test(json, types)
{
	AUTO_JSON *object = parse(
		"{\"object\": {}, \"array\": [], \"string\": \"x\", \"int\": 1, \"double\": 1.0,"
		"\"exponent\": 1e3, \"bool\": true}");
	static const char *const keys[] = {"object", "array",	 "string", "int",
					   "double", "exponent", "bool"};
	static const char *const names[] = {"an object",
					    "an array",
					    "a string",
					    "a whole number",
					    "a number with a fraction or an exponent",
					    "a number with a fraction or an exponent",
					    "true or false"};

	for (size_t getter = 0; getter < ARRAY_SIZE(keys); getter++)
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			struct error error = UNSET_ERROR;
			struct json_object *value;
			const char *string;
			char text[128];
			int64_t number;
			bool flag;
			int r;

			if (getter == 0)
				r = json_get_object(object, "doc", keys[i], 0, &error, &value);
			else if (getter == 1)
				r = json_get_array(object, "doc", keys[i], 0, &error, &value);
			else if (getter == 2)
				r = json_get_string(object, "doc", keys[i], 0, &error, &string);
			else if (getter == 3)
				r = json_get_int(object, "doc", keys[i], 0, 0, 9, &error, &number);
			else if (getter == 6)
				r = json_get_bool(object, "doc", keys[i], 0, &error, &flag);
			else
				continue;
			snprintf(text, sizeof(text), "doc: %s: must be %s, and is %s", keys[i],
				 names[getter], names[i]);
			if (i == getter)
				expect_success(keys[i], r, &error);
			else
				expect_error(keys[i], r, &error, STATUS_INPUT, ERROR_NO_OFFSET,
					     text);
		}
}

Test(json, numbers)
{
	static const struct {
		const char *text;
		int64_t min, max;
		const char *part; /* NULL: accepted */
	} rows[] = {
		{"0", 0, 9, NULL},
		{"-3", -3, 9, NULL},
		{"9", 0, 9, NULL},
		{"10", 0, 9, "from 0 to 9, and is 10"},
		{"-1", 0, 9, "from 0 to 9, and is -1"},
		{"4294967295", 0, UINT32_MAX, NULL},
		{"4294967296", 0, UINT32_MAX, "and is 4294967296"},
		{"9223372036854775806", 0, INT64_MAX, NULL},
		/* json-c clamps these. */
		{"9223372036854775808", 0, INT64_MAX, "must be from"},
		{"18446744073709551616", 0, INT64_MAX, "must be from"},
		{"99999999999999999999999999999999", 0, INT64_MAX, "must be from"},
		{"-99999999999999999999999999999999", INT64_MIN, INT64_MAX, "must be from"},
		{"1e3", 0, INT64_MAX, "must be a whole number"},
		{"1.0", 0, INT64_MAX, "must be a whole number"},
		{"-0.5", 0, INT64_MAX, "must be a whole number"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_JSON *object = NULL;
		struct error error = UNSET_ERROR;
		char text[128];
		int64_t number = 77;
		int r;

		snprintf(text, sizeof(text), "{\"n\": %s}", rows[i].text);
		object = parse(text);
		r = json_get_int(object, "doc", "n", 0, rows[i].min, rows[i].max, &error, &number);
		if (rows[i].part) {
			expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET,
				     rows[i].part);
			cr_expect(number == 77);
			continue;
		}
		expect_success(rows[i].text, r, &error);
		snprintf(text, sizeof(text), "%lld", (long long)number);
		expect_text(rows[i].text, text, rows[i].text);
	}
}

Test(json, strings)
{
	AUTO_JSON *object = parse("{\"ok\": \"a\\nb\", \"none\": \"\"}");
	struct error error = UNSET_ERROR;
	const char *string = NULL;

	expect_success("ok", json_get_string(object, "doc", "ok", 0, &error, &string), &error);
	expect_text("ok", string, "a\nb");
	expect_success("none", json_get_string(object, "doc", "none", 0, &error, &string), &error);
	expect_text("none", string, "");
}

Test(json, elements)
{
	AUTO_JSON *object = parse("{\"a\": [{\"b\": 1}, null, \"c\"]}");
	struct error error = UNSET_ERROR;
	struct json_object *array = NULL, *element = NULL;
	char where[JSON_WHERE_MAX];

	expect_number("NULL", json_array_count(NULL), 0);
	expect_success("a", json_get_array(object, "doc", "a", 0, &error, &array), &error);
	expect_number("a", json_array_count(array), 3);
	expect_success("0", json_array_object(array, 0, "doc: a", &error, where, &element), &error);
	expect_text("0", where, "doc: a[0]");
	expect_error("1", json_array_object(array, 1, "doc: a", &error, where, &element), &error,
		     STATUS_INPUT, ERROR_NO_OFFSET, "doc: a[1]: must be an object, and is null");
	expect_error("2", json_array_object(array, 2, "doc: a", &error, where, &element), &error,
		     STATUS_INPUT, ERROR_NO_OFFSET,
		     "doc: a[2]: must be an object, and is a string");
}

/* {"a":[PIECE,PIECE,...]}, or with keys: {"a":{"k0":PIECE,...}}. */
static char *make_document(const char *piece, unsigned count, bool has_keys)
{
	char *text = malloc(count * (strlen(piece) + 16) + 32);
	char *at = text + sprintf(text, "{\"a\":%c", has_keys ? '{' : '[');

	for (unsigned i = 0; i < count; i++) {
		at += sprintf(at, "%s", i ? "," : "");
		if (has_keys)
			at += sprintf(at, "\"k%u\":", i);
		at += sprintf(at, "%s", piece);
	}
	sprintf(at, "%c}", has_keys ? '}' : ']');
	return text;
}

static enum outcome_of_limit parse_within(const char *text)
{
	struct json_object *object = NULL;
	struct error error;
	int r = json_parse("doc", text, strlen(text), &error, &object);

	memory_unlimit();
	if (r < 0)
		return error.err == ENOMEM && error.status == STATUS_SYSTEM ? REFUSED : READ_WRONG;
	return strcmp(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), text)
		       ? READ_WRONG
		       : READ_ALL;
}

/* With any amount of memory, the result is complete or an error, without a crash. */
Test(json, memory)
{
	static const struct {
		const char *piece;
		unsigned count;
		bool has_keys;
	} rows[] = {
		{"{}", 3000, false},
		{"[]", 3000, false},
		{"1", 9000, false},
		{"[[[[[[{}]]]]]]", 600, false},
		{"\"text\"", 4000, true},
		{"{\"b\":[]}", 1000, true},
		{"\""
		 "0123456789abcdef0123456789abcdef0123456789abcdef"
		 "\"",
		 1500, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = make_document(rows[i].piece, rows[i].count, rows[i].has_keys);

		expect_all_or_nothing(rows[i].piece, 8 << 20, parse_within, text);
		free(text);
	}
}
