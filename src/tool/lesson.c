/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lesson.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/annotations.h"
#include "core/escape.h"
#include "core/memory.h"

void lesson_done(struct lesson *lesson)
{
	free_ptr(&lesson->image);
	free_ptr(&lesson->layer);
	free_ptr(&lesson->list);
	free_ptr(&lesson->reason);
}

/* Adds "KEY=VALUE " at *used. Returns whether it fits. */
static bool add(char *buffer, size_t size, size_t *used, const char *key, const char *value)
{
	AUTO_FREE char *escaped = NULL;
	size_t room;
	int n;

	if (!value)
		return true;
	room = 4 * strlen(value) + 1;
	escaped = malloc(room);
	if (!escaped)
		return false;
	text_escape_value(value, escaped, room);
	n = snprintf(buffer + *used, size - *used, "%s%s=%s", *used ? " " : "", key, escaped);
	if (n < 0 || (size_t)n >= size - *used)
		return false;
	*used += (size_t)n;
	return true;
}

int lesson_write(const struct lesson *lesson, char *buffer, size_t size)
{
	const char *result = lesson->is_cut ? "cut" : "complete";
	const char *readonly = lesson->list ? "true" : NULL;
	const char *list = lesson->list && *lesson->list ? lesson->list : NULL;
	size_t used = 0;

	if (!lesson->list)
		result = "none";
	if (!add(buffer, size, &used, "image", lesson->image) ||
	    !add(buffer, size, &used, "layer", lesson->layer) ||
	    !add(buffer, size, &used, "result", result) ||
	    !add(buffer, size, &used, "reason", lesson->reason) ||
	    !add(buffer, size, &used, KEY_READONLY, readonly) ||
	    !add(buffer, size, &used, KEY_TMPFS, list))
		return -E2BIG;
	return 0;
}

static int digit(char byte)
{
	const char *digits = "0123456789abcdef";
	const char *at = byte ? strchr(digits, byte) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Returns the value with its escapes decoded, except that of a NUL. The caller frees it. */
static char *unescape(const char *text, size_t length)
{
	char *value = malloc(length + 1);
	size_t used = 0;

	if (!value)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		int high = -1;
		int low = -1;

		if (length - i > 3 && text[i] == '\\' && text[i + 1] == 'x') {
			high = digit(text[i + 2]);
			low = digit(text[i + 3]);
		}
		if (high < 0 || low < 0 || !(high || low)) {
			value[used++] = text[i];
			continue;
		}
		value[used++] = (char)(high * 16 + low);
		i += 3;
	}
	value[used] = '\0';
	return value;
}

/* The fields of a line. */
struct fields {
	char *image, *layer, *result, *reason, *readonly, *list;
};

static void fields_done(struct fields *fields)
{
	free_ptr(&fields->image);
	free_ptr(&fields->layer);
	free_ptr(&fields->result);
	free_ptr(&fields->reason);
	free_ptr(&fields->readonly);
	free_ptr(&fields->list);
}

static int read_field(const char *text, size_t length, struct fields *fields)
{
	struct {
		const char *key;
		char **place;
	} const known[] = {
		{"image", &fields->image},	   {"layer", &fields->layer},
		{"result", &fields->result},	   {"reason", &fields->reason},
		{KEY_READONLY, &fields->readonly}, {KEY_TMPFS, &fields->list},
	};
	const char *equals = memchr(text, '=', length);
	size_t key = equals ? (size_t)(equals - text) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strlen(known[i].key) != key || memcmp(known[i].key, text, key) != 0)
			continue;
		free_ptr(known[i].place);
		*known[i].place = unescape(equals + 1, length - key - 1);
		return *known[i].place ? 0 : -ENOMEM;
	}
	return 0;
}

/* Is it a complete lesson, and not another program's line? */
static bool is_whole(const struct fields *fields)
{
	if (!fields->result)
		return false;
	if (!strcmp(fields->result, "none"))
		return fields->reason && !fields->readonly;
	return (!strcmp(fields->result, "complete") || !strcmp(fields->result, "cut")) &&
	       fields->readonly && !strcmp(fields->readonly, "true");
}

int lesson_read(const char *line, size_t length, struct lesson *ret_lesson)
{
	CLEANUP(fields_done) struct fields fields = {0};
	const char *end = line + length;

	while (line < end) {
		const char *blank = memchr(line, ' ', (size_t)(end - line));
		const char *stop = blank ? blank : end;

		if (read_field(line, (size_t)(stop - line), &fields) < 0)
			return -ENOMEM;
		line = stop + (blank != NULL);
	}
	if (!is_whole(&fields))
		return 0;
	if (fields.readonly && !fields.list && !(fields.list = strdup("")))
		return -ENOMEM;
	*ret_lesson = (struct lesson){
		.image = take_ptr(fields.image),
		.layer = take_ptr(fields.layer),
		.list = fields.readonly ? take_ptr(fields.list) : NULL,
		.reason = take_ptr(fields.reason),
		.is_cut = !strcmp(fields.result, "cut"),
	};
	return 1;
}
