/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool/output.h"

#include "expect.h"

Test(output, columns)
{
	static const struct {
		const char *text;
		size_t columns;
		size_t fit_3;
	} rows[] = {
		{"", 0, 0},
		{"ab", 2, 2},
		{"abcd", 4, 3},
		{"\u00e4\u00f6", 2, 4},
		{"\u65e5\u672c", 4, 3}, /* wide: the second would take a fourth */
		{"a\u0308bcd", 4, 5},	/* combining */
		{"\xff\xff", 2, 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_number(rows[i].text, text_columns(rows[i].text), rows[i].columns);
		expect_number(rows[i].text, text_fit(rows[i].text, 3), rows[i].fit_3);
	}
}

/* The output of output_json() for an array with one string. */
static void print_json(const char *text, char buffer[static 256])
{
	FILE *file = fmemopen(buffer, 256, "w");
	struct json_object *array = json_object_new_array();

	json_object_array_add(array, json_object_new_string(text));
	output_json(file, array);
	fclose(file);
	json_object_put(array);
}

Test(output, json)
{
	static const struct {
		const char *text;
		const char *printed;
	} rows[] = {
		{"plain/path", "\"plain/path\""},
		{"a\nb\033[31m\177", "\"a\\nb\\u001b[31m\\u007f\""},
		{"\u00e4 \u65e5", "\"\u00e4 \u65e5\""},
		{"\xc2\x9b"
		 "31m\u202e",
		 "\"\\u009b31m\\u202e\""},
		{"bad\xff", "\"bad\\ufffd\""},
		{"\"\\", "\"\\\"\\\\\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buffer[256] = "";

		print_json(rows[i].text, buffer);
		cr_expect(strstr(buffer, rows[i].printed), "'%s' is not in '%s'", rows[i].printed,
			  buffer);
	}
}

Test(output, escaped)
{
	AUTO_FREE char *escaped = output_escaped("/run/a\nb\033");

	expect_text("escaped", escaped, "/run/a\\x0ab\\x1b");
}
