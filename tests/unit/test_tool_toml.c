/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool/toml.h"

#include "expect.h"

static int parse(const char *text, struct error *error, struct toml *ret_toml)
{
	return toml_parse(text, strlen(text), error, ret_toml);
}

/* Each form of a value, and what is read for its key. */
Test(toml, values)
{
	static const struct {
		const char *text;
		const char *key;
		enum toml_kind kind;
		const char *strings; /* joined by "|", or a number */
	} rows[] = {
		{"a = \"b\"", "a", TOML_STRING, "b"},
		{"a='b\\n'", "a", TOML_STRING, "b\\n"},
		{"a = \"\"", "a", TOML_STRING, ""},
		{"a = ''''''", "a", TOML_STRING, ""},
		{"a = \"\\t\\\"\\\\\\u00e9\\U0001F600\" # c", "a", TOML_STRING,
		 "\t\"\\\u00e9\U0001F600"},
		{"a = \"\"\"\ntwo\nlines \"\" \\\n   more\"\"\"", "a", TOML_STRING,
		 "two\nlines \"\" more"},
		{"a = \"\"\"q\"\"\"\"\"", "a", TOML_STRING, "q\"\""},
		{"a = '''\n[b]\na = 1'''", "a", TOML_STRING, "[b]\na = 1"},
		{"a = \"b # c\" # d", "a", TOML_STRING, "b # c"},
		{"a = []", "a", TOML_STRINGS, ""},
		{"a = [\"b\"]", "a", TOML_STRINGS, "b"},
		{"a = [ # x\n\"b\", # y\n\n# \"no\",\n'c'\n,\n]\nd=1", "a", TOML_STRINGS, "b|c"},
		{"a = [\"b\", {append = true}]", "a", TOML_STRINGS, "b|+"},
		{"a = [{append=false}]", "a", TOML_OTHER, ""},
		{"a = [\"b\", 1]", "a", TOML_OTHER, ""},
		{"a = [[\"b\"], []]", "a", TOML_OTHER, ""},
		{"a = 42", "a", TOML_NUMBER, "42"},
		{"a = true", "a", TOML_BOOLEAN, "1"},
		{"a = false", "a", TOML_BOOLEAN, "0"},
		{"a = 1_000", "a", TOML_OTHER, ""},
		{"a = -1", "a", TOML_OTHER, ""},
		{"a = 0xff", "a", TOML_OTHER, ""},
		{"a = 1.5e+3", "a", TOML_OTHER, ""},
		{"a = 1979-05-27 07:32:00.5Z # d", "a", TOML_OTHER, ""},
		{"a = { b = \"c\", \"d.e\" = [1, 2], }", "a", TOML_OTHER, ""},
		{"\xef\xbb\xbf"
		 "a = \"b\"\r\n",
		 "a", TOML_STRING, "b"},
		{"[t]\na = \"b\"", "t.a", TOML_STRING, "b"},
		{"[ t . \"u.v\" . 'w' ] # x\na = \"b\"", "t.\"u.v\".w.a", TOML_STRING, "b"},
		{"t.u . a = \"b\"", "t.u.a", TOML_STRING, "b"},
		{"'' = \"b\"", "\"\"", TOML_STRING, "b"},
		{"\"q\\\"\\\\\" = \"b\"", "\"q\\\"\\\\\"", TOML_STRING, "b"},
		{"[T]\nA = \"b\"", "t.a", TOML_STRING, "b"},
		{"[t]\n[u]\na = \"b\"", "u.a", TOML_STRING, "b"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		AUTO_TOML toml = {0};
		const struct toml_entry *entry = NULL;
		char found[256] = "";
		int r = parse(rows[i].text, &error, &toml);

		expect_success(rows[i].text, r, &error);
		if (r < 0 || toml_find(&toml, rows[i].key, rows[i].kind, &entry) != TOML_FOUND) {
			cr_expect(false, "'%s': not found", rows[i].text);
			continue;
		}
		for (size_t k = 0; rows[i].kind != TOML_OTHER && k < entry->count; k++) {
			strcat(found, k ? "|" : "");
			strcat(found, entry->strings[k]);
		}
		if (entry->appends && rows[i].kind == TOML_STRINGS)
			strcat(found, "|+");
		if (rows[i].kind == TOML_NUMBER || rows[i].kind == TOML_BOOLEAN)
			snprintf(found, sizeof(found), "%lld", (long long)entry->number);
		expect_text(rows[i].text, found, rows[i].strings);
	}
}

Test(toml, lookups)
{
	static const struct {
		const char *text;
		const char *key;
		enum toml_found found;
	} rows[] = {
		{"", "t.a", TOML_ABSENT},
		{"[t]", "t.a", TOML_ABSENT},
		{"[t]\nab = \"\"", "t.a", TOML_ABSENT},
		{"[t.a.b]", "t.a", TOML_ABSENT},
		{"# [t]\n# a = \"b\"", "t.a", TOML_ABSENT},
		{"[t]\na = \"b\"", "t.a", TOML_FOUND},
		/* Of another kind, or duplicate. */
		{"[t]\na = 1", "t.a", TOML_UNCLEAR},
		{"[t]\na = [\"b\"]", "t.a", TOML_UNCLEAR},
		{"[t.a]", "t.a", TOML_UNCLEAR},
		{"[t]\na = \"b\"\na = \"c\"", "t.a", TOML_UNCLEAR},
		{"[t]\na = \"b\"\nA = \"c\"", "t.a", TOML_UNCLEAR},
		/* It may be inside a value that is not read. */
		{"t = { a = \"b\" }", "t.a", TOML_UNCLEAR},
		{"[[t]]\na = \"b\"", "t.a", TOML_UNCLEAR},
		{"t = 1", "t.a", TOML_UNCLEAR},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		AUTO_TOML toml = {0};
		const struct toml_entry *entry = NULL;

		expect_success(rows[i].text, parse(rows[i].text, &error, &toml), &error);
		expect_number(rows[i].text, toml_find(&toml, rows[i].key, TOML_STRING, &entry),
			      rows[i].found);
	}
}

Test(toml, refused)
{
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{"a", "line 1: a key without '='"},
		{"a =", "line 1: a key without a value"},
		{"\n\na = \"b", "line 3: a string without its closing quote"},
		{"a = \"b\nc\"", "line 1: a string without its closing quote"},
		{"a = \"\"\"b\nc", "line 2: a string without its closing quote"},
		{"a = \"\\q\"", "line 1: an unknown escape"},
		{"a = \"\\u12\"", "line 1: an escape without its digits"},
		{"a = \"\\ud800\"", "line 1: an escape that is not a character"},
		{"a = \"\\u0000\"", "line 1: an escape that is not a character"},
		{"a = \"b\" c", "line 1: text after the end of a value"},
		{"a = [\n\"b\"", "line 2: an array without its ']'"},
		{"a = [\"b\" \"c\"]", "line 1: an array without its ']'"},
		{"a = {b = 1", "line 1: an inline table without its '}'"},
		{"a = {b}", "line 1: a key without '='"},
		{"[t\n", "line 1: a table's header without its ']'"},
		{"[[t]\n", "line 1: a table's header without its ']'"},
		{"[]\n", "line 1: neither a key nor a table"},
		{"= 1", "line 1: neither a key nor a table"},
		{"\"a\"b = 1", "line 1: a key without '='"},
		{"a = \"b\x01\"", "line 1: a string without its closing quote"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		AUTO_TOML toml = {0};

		expect_error(rows[i].text, parse(rows[i].text, &error, &toml), &error, STATUS_INPUT,
			     ANYWHERE, rows[i].part);
	}
}

Test(toml, nul_is_refused)
{
	struct error error = UNSET_ERROR;
	AUTO_TOML toml = {0};

	expect_error("NUL", toml_parse("a = 1\0", 6, &error, &toml), &error, STATUS_INPUT, ANYWHERE,
		     "a NUL byte at byte 6");
}

/* A megabyte of brackets is refused, and uses no stack. */
Test(toml, depth)
{
	struct error error = UNSET_ERROR;
	AUTO_TOML toml = {0};
	AUTO_FREE char *text = repeat('[', 1024 * 1024);

	memcpy(text, "a = ", 4);
	expect_error("depth", parse(text, &error, &toml), &error, STATUS_INPUT, ANYWHERE,
		     "line 1: arrays or tables nested too deeply");
}

Test(toml, parts)
{
	static const struct {
		const char *key;
		size_t length;
	} rows[] = {
		{"a", 1}, {"a.b", 1}, {"\"a.b\".c", 5}, {"\"a\\\".b\".c", 7}, {"\"a", 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].key, toml_part(rows[i].key), rows[i].length);
}
