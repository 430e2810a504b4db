/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the targets of JSON documents. */
#ifndef ORH_TESTS_FUZZ_JSON_H
#define ORH_TESTS_FUZZ_JSON_H

#include "core/annotations.h"
#include "core/json.h"
#include "fuzz.h"

/* Writes a string as JSON, with quotes. */
static inline void json_put_string(struct text *out, const char *string)
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

static inline void require_annotations(const struct annotations *annotations)
{
	REQUIRE(annotations->count <= ANNOTATIONS_MAX, "%zu", annotations->count);
	for (size_t i = 0; i < annotations->count; i++)
		REQUIRE(same_text(annotations_get(annotations, annotations->items[i].key),
				  annotations->items[i].value),
			"two of '%s'", annotations->items[i].key);
}

static inline void require_same_annotations(const struct annotations *a,
					    const struct annotations *b)
{
	REQUIRE(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		REQUIRE(!strcmp(a->items[i].key, b->items[i].key) &&
				!strcmp(a->items[i].value, b->items[i].value),
			"'%s' and '%s'", a->items[i].key, b->items[i].key);
}

static inline void put_annotations(struct text *out, const struct annotations *annotations)
{
	text_add(out, "\"annotations\":{");
	for (size_t i = 0; i < annotations->count; i++) {
		text_add(out, i ? "," : "");
		json_put_string(out, annotations->items[i].key);
		text_put(out, ':');
		json_put_string(out, annotations->items[i].value);
	}
	text_put(out, '}');
}

/* The same document between blanks, followed by memory that is not part of it. */
static inline void pad_document(const char *text, size_t length, struct text *out)
{
	text_add(out, " \n");
	for (size_t i = 0; i < length; i++)
		text_put(out, text[i]);
	text_add(out, "\t\r\n");
}

#endif
