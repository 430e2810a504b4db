/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "core/error.h"
#include "expect.h"

Test(error, set_names_the_object_and_returns_the_errno)
{
	struct error error = UNSET_ERROR;
	int r = error_set(&error, STATUS_SYSTEM, ENOSPC, "%s: can't be made", "/run");

	cr_expect(r == -ENOSPC);
	expect_error("ENOSPC", r, &error, STATUS_SYSTEM, ERROR_NO_OFFSET,
		     "/run: can't be made: ENOSPC");
	expect_text("text", error.text, "/run: can't be made: ENOSPC");
}

Test(error, set_without_errno)
{
	struct error error = UNSET_ERROR;
	int r = error_set(&error, STATUS_ANNOTATION, 0, "no path");

	cr_expect(r == -EINVAL);
	expect_text("text", error.text, "no path");
	cr_expect(error.err == 0);
}

Test(error, memory)
{
	struct error error = UNSET_ERROR;

	cr_expect(error_memory(&error) == -ENOMEM);
	cr_expect(error.status == STATUS_SYSTEM);
	expect_text("text", error.text, "out of memory: ENOMEM");
}

Test(error, wrap_keeps_everything_but_the_text)
{
	struct error error = UNSET_ERROR;

	error_set(&error, STATUS_SEED, EDQUOT, "a");
	error.offset = 7;
	cr_expect(error_wrap(&error, "%s %d", "entry", 2) == -EDQUOT);
	expect_error("wrap", -1, &error, STATUS_SEED, 7, "entry 2: a: EDQUOT");
	cr_expect(error_wrap(&error, "key") == -EDQUOT);
	expect_text("twice", error.text, "key: entry 2: a: EDQUOT");
}

Test(error, long_texts_are_cut)
{
	AUTO_FREE char *name = repeat('n', 5000);
	struct error error = UNSET_ERROR;

	error_set(&error, STATUS_INPUT, EIO, "%s", name);
	expect_number("set", strlen(error.text), ERROR_TEXT_MAX - 1);
	error_wrap(&error, "%s", name);
	expect_number("wrap", strlen(error.text), ERROR_TEXT_MAX - 1);
	error_set(&error, STATUS_INPUT, 0, "%" NAME_SHOWN, name);
	expect_number("a name", strlen(error.text), 200);
}

Test(error, names)
{
	char buffer[16];

	expect_text("2", error_name(ENOENT, buffer), "ENOENT");
	expect_text("30", error_name(EROFS, buffer), "EROFS");
	expect_text("unknown", error_name(99999, buffer), "error 99999");
}

Test(error, escape)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
		{"", ""},
		{"plain text: '~'", "plain text: '~'"},
		{"a\nb\tc\x1b[2J\x7f", "a\\x0ab\\x09c\\x1b[2J\\x7f"},
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"\xf0\x9f\x90\x8b", "\xf0\x9f\x90\x8b"},
		/* Not UTF-8: a lone byte, a sequence cut short, an overlong one, a surrogate, one
		   past the last. */
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

Test(error, escape_of_a_value)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
		{"/run/app-1.0_x:y,z", "/run/app-1.0_x:y,z"},
		{"/a root=unchanged", "/a\\x20root\\x3dunchanged"},
		{"\"x\"", "\\x22x\\x22"},
		{"\\x20", "\\x5cx20"},
		{"a\nb\xff", "a\\x0ab\\xff"},
		/* Blanks that are none in ASCII: no-break, em, ideographic. */
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

Test(error, escape_is_cut_between_characters)
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
