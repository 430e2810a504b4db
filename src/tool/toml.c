/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "toml.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/size.h"
#include "toml_text.h"

/* Maximum nesting of arrays and inline tables. */
#define DEPTH_MAX 16

static void entry_done(struct toml_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		free(entry->strings[i]);
	free(entry->strings);
	free(entry->key);
	*entry = (struct toml_entry){0};
}

#define AUTO_ENTRY CLEANUP(entry_done) struct toml_entry

void toml_done(struct toml *toml)
{
	for (size_t i = 0; i < toml->count; i++)
		entry_done(&toml->entries[i]);
	free(toml->entries);
	*toml = (struct toml){0};
}

static int entry_add(struct toml_reader *reader, struct toml_entry *entry, char *string)
{
	if (array_reserve(&entry->strings, &entry->capacity, entry->count, sizeof(char *)) < 0) {
		free(string);
		return error_memory(reader->error);
	}
	entry->strings[entry->count++] = string;
	return 0;
}

static int read_value(struct toml_reader *reader, struct toml_entry *entry);

/* Reads { key = value, ... }. {append=true} sets the entry's appends. */
static int read_inline_table(struct toml_reader *reader, struct toml_entry *entry)
{
	int r = 0;

	entry->kind = TOML_OTHER;
	toml_skip_lines(reader);
	while (r == 0 && !toml_take(reader, "}")) {
		AUTO_TOML_TEXT key = {0};
		AUTO_ENTRY value = {0};

		r = toml_read_key(reader, &key);
		if (r == 0 && !toml_take(reader, "="))
			return toml_wrong(reader, "a key without '='");
		r = r == 0 ? read_value(reader, &value) : r;
		entry->appends = r == 0 && value.kind == TOML_BOOLEAN && value.number &&
				 strcmp(key.bytes, "append") == 0;
		toml_skip_lines(reader);
		if (r == 0 && !toml_take(reader, ",") && *reader->at != '}')
			return toml_wrong(reader, "an inline table without its '}'");
		toml_skip_lines(reader);
	}
	return r;
}

static int read_element(struct toml_reader *reader, struct toml_entry *array)
{
	AUTO_ENTRY element = {0};
	int r = read_value(reader, &element);

	if (r < 0)
		return r;
	if (element.kind == TOML_STRING)
		return entry_add(reader, array, take_ptr(element.strings[0]));
	if (element.kind == TOML_OTHER && element.appends)
		array->appends = true;
	else
		array->kind = TOML_OTHER;
	return 0;
}

static int read_array(struct toml_reader *reader, struct toml_entry *entry)
{
	int r = 0;

	entry->kind = TOML_STRINGS;
	toml_skip_lines(reader);
	while (r == 0 && !toml_take(reader, "]")) {
		r = read_element(reader, entry);
		toml_skip_lines(reader);
		if (r == 0 && !toml_take(reader, ",") && *reader->at != ']')
			return toml_wrong(reader, "an array without its ']'");
		toml_skip_lines(reader);
	}
	return r;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* Reads a number, a boolean or a date. Only plain decimal integers and booleans are interpreted. */
static int read_scalar(struct toml_reader *reader, struct toml_entry *entry)
{
	size_t length = strspn(reader->at, "+-.:_0123456789"
					   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *word = reader->at;
	uint64_t number = 0;

	if (!length)
		return toml_wrong(reader, "a key without a value");
	reader->at += length;
	/* A date and its time may be separated by a blank. */
	if (*reader->at == ' ' && isdigit((unsigned char)reader->at[1]))
		reader->at += 1 + strspn(reader->at + 1, "+-.:0123456789Zz");
	else if (number_parse(word, length, 10, INT64_MAX, &number) == 0)
		entry->kind = TOML_NUMBER;
	else if (is_word(word, length, "true") || is_word(word, length, "false"))
		entry->kind = TOML_BOOLEAN;
	entry->number = entry->kind == TOML_BOOLEAN ? *word == 't' : (int64_t)number;
	return 0;
}

static int read_value(struct toml_reader *reader, struct toml_entry *entry)
{
	AUTO_TOML_TEXT text = {0};
	int r;

	entry->kind = TOML_OTHER;
	toml_skip_blanks(reader);
	if (++reader->depth > DEPTH_MAX)
		return toml_wrong(reader, "arrays or tables nested too deeply");
	if (toml_take(reader, "[")) {
		r = read_array(reader, entry);
	} else if (toml_take(reader, "{")) {
		r = read_inline_table(reader, entry);
	} else if (toml_is_quote(reader)) {
		entry->kind = TOML_STRING;
		r = toml_read_string(reader, true, &text);
		r = r == 0 ? entry_add(reader, entry, take_ptr(text.bytes)) : r;
	} else {
		r = read_scalar(reader, entry);
	}
	reader->depth--;
	return r;
}

/* Takes ownership of the key and of what the entry owns. */
static int document_add(struct toml_reader *reader, struct toml *toml, struct toml_text *key,
			struct toml_entry *entry)
{
	if (array_reserve(&toml->entries, &toml->capacity, toml->count, sizeof(*entry)) < 0)
		return error_memory(reader->error);
	entry->key = take_ptr(key->bytes);
	toml->entries[toml->count++] = *entry;
	*entry = (struct toml_entry){0};
	return 0;
}

static int copy_text(struct toml_reader *reader, const struct toml_text *from, struct toml_text *to)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->length; i++)
		r = toml_add(reader, to, from->bytes[i]);
	return r;
}

/* Reads [table] or [[array of tables]], after the first bracket. */
static int read_header(struct toml_reader *reader, struct toml *toml, struct toml_text *table)
{
	AUTO_ENTRY entry = {.line = reader->line, .kind = TOML_TABLE};
	AUTO_TOML_TEXT key = {0};
	int r;

	toml_text_done(table);
	if (toml_take(reader, "["))
		entry.kind = TOML_OTHER;
	r = toml_read_key(reader, table);
	if (r == 0 && !toml_take(reader, entry.kind == TOML_TABLE ? "]" : "]]"))
		return toml_wrong(reader, "a table's header without its ']'");
	r = r == 0 ? toml_end_line(reader) : r;
	r = r == 0 ? copy_text(reader, table, &key) : r;
	return r == 0 ? document_add(reader, toml, &key, &entry) : r;
}

static int read_pair(struct toml_reader *reader, struct toml *toml, const struct toml_text *table)
{
	AUTO_ENTRY entry = {.line = reader->line};
	AUTO_TOML_TEXT key = {0};
	int r;

	r = copy_text(reader, table, &key);
	r = r == 0 ? toml_read_key(reader, &key) : r;
	if (r == 0 && !toml_take(reader, "="))
		return toml_wrong(reader, "a key without '='");
	r = r == 0 ? read_value(reader, &entry) : r;
	r = r == 0 ? toml_end_line(reader) : r;
	return r == 0 ? document_add(reader, toml, &key, &entry) : r;
}

int toml_parse(const char *text, size_t length, struct error *error, struct toml *ret_toml)
{
	struct toml_reader reader = {.at = text, .line = 1, .error = error};
	AUTO_TOML toml = {0};
	AUTO_TOML_TEXT table = {0};
	int r = 0;

	if (strlen(text) != length)
		return error_set(error, STATUS_INPUT, 0, "a NUL byte at byte %zu",
				 strlen(text) + 1);
	toml_take(&reader, "\xef\xbb\xbf");
	for (;;) {
		toml_skip_lines(&reader);
		if (!*reader.at)
			break;
		if (toml_take(&reader, "["))
			r = read_header(&reader, &toml, &table);
		else
			r = read_pair(&reader, &toml, &table);
		if (r < 0)
			return r;
	}
	*ret_toml = toml;
	toml = (struct toml){0};
	return 0;
}

const char *toml_below(const struct toml_entry *entry, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncasecmp(entry->key, prefix, length) != 0 || entry->key[length] != '.')
		return NULL;
	return entry->key + length + 1;
}

size_t toml_part(const char *key)
{
	const char *at = key;

	if (*at != '"')
		return strcspn(key, ".");
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	return (size_t)(at + 1 - key);
}

/* Is key below the key of an entry that is not a table header? */
static bool is_inside(const char *key, const struct toml_entry *entry)
{
	size_t length = strlen(entry->key);

	return entry->kind != TOML_TABLE && strncasecmp(key, entry->key, length) == 0 &&
	       key[length] == '.';
}

enum toml_found toml_find(const struct toml *toml, const char *key, enum toml_kind kind,
			  const struct toml_entry **ret_entry)
{
	const struct toml_entry *found = NULL;

	for (size_t i = 0; i < toml->count; i++) {
		const struct toml_entry *entry = &toml->entries[i];

		if (is_inside(key, entry))
			return TOML_UNCLEAR;
		if (strcasecmp(entry->key, key) != 0)
			continue;
		/* Readers disagree on whether a duplicate key is an error. */
		if (entry->kind != kind || found)
			return TOML_UNCLEAR;
		found = entry;
	}
	if (!found)
		return TOML_ABSENT;
	*ret_entry = found;
	return TOML_FOUND;
}
