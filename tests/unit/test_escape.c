/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/escape.h"

#include "expect.h"

Test(escape, line)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
		{"", ""},
		{"plain text: '~'", "plain text: '~'"},
		{"a\nb\tc\x1b[2J\x7f", "a\\x0ab\\x09c\\x1b[2J\\x7f"},
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"\xf0\x9f\x90\x8b", "\xf0\x9f\x90\x8b"},
		/* Not UTF-8: a lone byte, a truncated sequence, an overlong one, a surrogate, one
		   after the last. */
		{"\xff", "\\xff"},
		{"\xc3", "\\xc3"},
		{"\xc3(", "\\xc3("},
		{"\xc0\xaf", "\\xc0\\xaf"},
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
		/* C1 controls, line separator, right-to-left override, byte order mark. */
		{"\xc2\x85", "\\xc2\\x85"},
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
		{"\xe2\x80\xae", "\\xe2\\x80\\xae"},
		{"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
		{"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buffer[128];
		size_t length = text_escape(rows[i].text, buffer, sizeof(buffer));

		expect_text(rows[i].escaped, buffer, rows[i].escaped);
		expect_number(rows[i].escaped, length, strlen(rows[i].escaped));
	}
}

Test(escape, value)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
		{"/run/app-1.0_x:y,z", "/run/app-1.0_x:y,z"},
		{"/a root=unchanged", "/a\\x20root\\x3dunchanged"},
		{"\"x\"", "\\x22x\\x22"},
		{"\\x20", "\\x5cx20"},
		{"a\nb\xff", "a\\x0ab\\xff"},
		/* Blanks outside ASCII: no-break, em, ideographic. */
		{"a\xc2\xa0"
		 "b",
		 "a\\xc2\\xa0b"},
		{"\xe2\x80\x83", "\\xe2\\x80\\x83"},
		{"\xe3\x80\x80", "\\xe3\\x80\\x80"},
		{"gr\xc3\xbc", "gr\xc3\xbc"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char value[128], line[128];

		text_escape_value(rows[i].text, value, sizeof(value));
		expect_text(rows[i].text, value, rows[i].escaped);
		text_escape(value, line, sizeof(line));
		expect_text("the line", line, value);
	}
}

Test(escape, is_cut_between_characters)
{
	static const struct {
		const char *text;
		size_t size;
		const char *escaped;
	} rows[] = {
		{"abc", 4, "abc"},
		{"abc", 3, "ab"},
		{"abc", 1, ""},
		{"a\nb", 5, "a"},
		{"a\nb", 6, "a\\x0a"},
		{"a\xc3\xbc", 3, "a"},
		{"\xff", 4, ""},
		{"\xe2\x80\xa8", 12, ""},
		{"\xe2\x80\xa8", 13, "\\xe2\\x80\\xa8"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buffer[32];

		text_escape(rows[i].text, buffer, rows[i].size);
		expect_text(rows[i].text, buffer, rows[i].escaped);
	}
}
