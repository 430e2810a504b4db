/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "strict_json.h"

struct reader {
	const char *at;
	const char *end;
	unsigned depth_left;
};

static bool value(struct reader *reader);

static void blanks(struct reader *reader)
{
	while (reader->at < reader->end && memchr(" \t\r\n", *reader->at, 4))
		reader->at++;
}

static bool take(struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* How many of these bytes come next; all are passed. */
static size_t run(struct reader *reader, const char *bytes)
{
	const char *start = reader->at;

	while (reader->at < reader->end && *reader->at && strchr(bytes, *reader->at))
		reader->at++;
	return (size_t)(reader->at - start);
}

static bool string(struct reader *reader)
{
	if (!take(reader, "\""))
		return false;
	while (reader->at < reader->end) {
		unsigned char byte = (unsigned char)*reader->at++;

		if (byte == '"')
			return true;
		if (byte < 0x20)
			return false;
		if (byte != '\\')
			continue;
		if (take(reader, "u")) {
			struct reader four = {.at = reader->at};

			if (reader->end - reader->at < 4)
				return false;
			four.end = reader->at + 4;
			if (run(&four, "0123456789abcdefABCDEF") != 4)
				return false;
			reader->at += 4;
		} else if (reader->at == reader->end || !*reader->at ||
			   !strchr("\"\\/bfnrt", *reader->at++)) {
			return false;
		}
	}
	return false;
}

static bool number(struct reader *reader)
{
	static const char digits[] = "0123456789";

	take(reader, "-");
	if (!take(reader, "0") && !run(reader, digits))
		return false;
	if (take(reader, ".") && !run(reader, digits))
		return false;
	if (take(reader, "e") || take(reader, "E")) {
		if (!take(reader, "+"))
			take(reader, "-");
		return run(reader, digits);
	}
	return true;
}

static bool member(struct reader *reader)
{
	blanks(reader);
	if (!string(reader))
		return false;
	blanks(reader);
	return take(reader, ":") && value(reader);
}

/* What stands between the brackets, of which the first is passed. */
static bool sequence(struct reader *reader, const char *last, bool (*one)(struct reader *reader))
{
	bool good;

	if (!reader->depth_left)
		return false;
	reader->depth_left--;
	blanks(reader);
	good = take(reader, last);
	if (!good) {
		do {
			good = one(reader);
			blanks(reader);
		} while (good && take(reader, ","));
		good = good && take(reader, last);
	}
	reader->depth_left++;
	return good;
}

static bool value(struct reader *reader)
{
	bool good;

	blanks(reader);
	if (take(reader, "{"))
		good = sequence(reader, "}", member);
	else if (take(reader, "["))
		good = sequence(reader, "]", value);
	else if (reader->at < reader->end && *reader->at == '"')
		good = string(reader);
	else
		good = take(reader, "true") || take(reader, "false") || take(reader, "null") ||
		       number(reader);
	blanks(reader);
	return good;
}

bool json_is_object(const char *text, size_t length, unsigned depth_max)
{
	struct reader reader = {.at = text, .end = text + length, .depth_left = depth_max};

	blanks(&reader);
	return reader.at < reader.end && *reader.at == '{' && value(&reader) &&
	       reader.at == reader.end;
}

void json_put_string(struct text *out, const char *string)
{
	text_put(out, '"');
	for (; *string; string++) {
		unsigned char byte = (unsigned char)*string;

		if (byte < 0x20 || byte == '"' || byte == '\\')
			text_add(out, "\\u%04x", byte);
		else
			text_put(out, *string);
	}
	text_put(out, '"');
}

const char *json_find(const char *text, size_t length, const char *key, size_t *ret_length)
{
	struct reader reader = {.at = text, .end = text + length, .depth_left = 1000};
	const char *found = NULL;
	size_t key_length = strlen(key);

	blanks(&reader);
	take(&reader, "{");
	blanks(&reader);
	if (take(&reader, "}"))
		return NULL;
	do {
		const char *name, *start;
		bool is_it;

		blanks(&reader);
		name = reader.at + 1;
		string(&reader);
		is_it = (size_t)(reader.at - 1 - name) == key_length &&
			!memcmp(name, key, key_length);
		blanks(&reader);
		take(&reader, ":");
		blanks(&reader);
		start = reader.at;
		value(&reader);
		if (!is_it)
			continue;
		found = start;
		*ret_length = (size_t)(reader.at - start);
		while (strchr(" \t\r\n", start[*ret_length - 1]))
			--*ret_length;
	} while (take(&reader, ","));
	return found;
}
