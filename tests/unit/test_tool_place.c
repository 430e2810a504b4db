/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"
#include "tool/place.h"

Test(place, of)
{
	static const struct {
		const char *text;
		size_t offset;
		size_t line;
		size_t column;
	} rows[] = {
		{"", 0, 1, 1},	   {"ab", 1, 1, 2},	    {"a\nb", 1, 1, 2},
		{"a\nb", 2, 2, 1}, {"a\r\n\r\nb", 5, 3, 1}, {"\u00e4\u65e5b", 5, 1, 3},
		{"a\n", 99, 2, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct place place = place_of(rows[i].text, strlen(rows[i].text), rows[i].offset);

		expect_number(rows[i].text, place.line, rows[i].line);
		expect_number(rows[i].text, place.column, rows[i].column);
	}
}

Test(place, print)
{
	static const struct {
		const char *text;
		size_t start;
		size_t end;
		size_t columns;
		const char *printed;
	} rows[] = {
		{"abc", 1, 2, 80, "  abc\n   ^\n"},
		{"abcdef", 2, 5, 80, "  abcdef\n    ^~~\n"},
		{"a\nbcd\ne", 3, 99, 80, "  bcd\n   ^~\n"},
		{"a\r\nbc\r\nd", 4, 4, 80, "  bc\n   ^\n"},
		{"abc", 3, 3, 80, "  abc\n     ^\n"},
		{"", 0, 0, 80, "  \n  ^\n"},
		{"\ta\033[m", 1, 2, 80, "   a\\x1b[m\n   ^\n"},
		{"\u65e5\u672c:\u65e5", 6, 7, 80, "  \u65e5\u672c:\u65e5\n      ^\n"},
		{"0123456789012345678901234567890123456789abcdef", 40, 46, 30,
		 "  ...123456789abcdef\n              ^~~~~~\n"},
		{"abcdefghijklmnopqrstuvwxyz01234567890", 1, 3, 30,
		 "  abcdefghijklmnopqrstuvwxy...\n   ^~\n"},
		{"0123456789abcdefghijklmnopqrstuvwxyz01234567890", 10, 40, 30,
		 "  ...123456789abcdefghijklm...\n              ^~~~~~~~~~~~~\n"},
		{"0123456789abcdefghijklmnopqrstuvwxyz01234567890", 10, 40, 1,
		 "  ...3456789abcdefghi...\n            ^~~~~~~~~\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char printed[256] = "";
		struct output output = {
			.file = fmemopen(printed, sizeof(printed), "w"),
			.columns = rows[i].columns,
		};

		place_print(&output, rows[i].text, strlen(rows[i].text), rows[i].start, rows[i].end,
			    "  ");
		fclose(output.file);
		expect_text(rows[i].text, printed, rows[i].printed);
	}
}

/* A line without an end is read only to a limit. */
Test(place, long_line)
{
	AUTO_FREE char *text = repeat('x', 10000000);
	char printed[256] = "";
	struct output output = {
		.file = fmemopen(printed, sizeof(printed), "w"),
		.columns = 24,
	};

	place_print(&output, text, 10000000, 5000000, 5000001, "");
	fclose(output.file);
	expect_text("long", printed, "...xxxxxxxxxxxxxxxxxx...\n           ^\n");
}
