/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_check.h"

#include <stdbool.h>
#include <string.h>

#include "core/json.h"

#define BLANKS "\t\n\r "
#define DIGITS "0123456789"

/* Each of these functions moves *at past the item in its name, or to the first error. */

static bool pass_value(const char **at, int depth);

static bool pass_text(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static void pass_blanks(const char **at)
{
	*at += strspn(*at, BLANKS);
}

static bool pass_escape(const char **at)
{
	if (pass_text(at, "u")) {
		size_t digits = strspn(*at, DIGITS "abcdefABCDEF");

		*at += digits < 4 ? digits : 4;
		return digits >= 4;
	}
	if (!**at || !strchr("\"\\/bfnrt", **at))
		return false;
	(*at)++;
	return true;
}

static bool pass_string(const char **at)
{
	if (!pass_text(at, "\""))
		return false;
	while (!pass_text(at, "\"")) {
		if ((unsigned char)**at < 0x20)
			return false;
		if (*(*at)++ == '\\' && !pass_escape(at))
			return false;
	}
	return true;
}

static bool pass_digits(const char **at)
{
	size_t digits = strspn(*at, DIGITS);

	*at += digits;
	return digits > 0;
}

static bool pass_number(const char **at)
{
	pass_text(at, "-");
	if (!pass_text(at, "0") && !pass_digits(at))
		return false;
	if (pass_text(at, ".") && !pass_digits(at))
		return false;
	if (!pass_text(at, "e") && !pass_text(at, "E"))
		return true;
	if (!pass_text(at, "+"))
		pass_text(at, "-");
	return pass_digits(at);
}

/* Passes the contents of an object or an array, and the closing bracket. */
static bool pass_members(const char **at, const char *end, int depth)
{
	pass_blanks(at);
	if (pass_text(at, end))
		return true;
	do {
		pass_blanks(at);
		if (*end == '}') {
			if (!pass_string(at))
				return false;
			pass_blanks(at);
			if (!pass_text(at, ":"))
				return false;
		}
		if (!pass_value(at, depth))
			return false;
	} while (pass_text(at, ","));
	return pass_text(at, end);
}

/* Passes a value and the surrounding blanks. */
static bool pass_value(const char **at, int depth)
{
	bool good;

	if (depth >= JSON_DEPTH_MAX)
		return false;
	pass_blanks(at);
	if (pass_text(at, "{"))
		good = pass_members(at, "}", depth + 1);
	else if (pass_text(at, "["))
		good = pass_members(at, "]", depth + 1);
	else if (**at == '"')
		good = pass_string(at);
	else if (**at == '-' || (**at >= '0' && **at <= '9'))
		good = pass_number(at);
	else
		good = pass_text(at, "true") || pass_text(at, "false") || pass_text(at, "null");
	if (good)
		pass_blanks(at);
	return good;
}

size_t json_check(const char *text)
{
	const char *at = text;
	size_t line = 1;

	if (pass_value(&at, 0) && !*at)
		return 0;
	for (const char *newline = text; (newline = memchr(newline, '\n', (size_t)(at - newline)));
	     newline++)
		line++;
	return line;
}
