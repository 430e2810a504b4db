/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the targets of JSON documents share. */
#ifndef ORH_TESTS_FUZZ_JSON_H
#define ORH_TESTS_FUZZ_JSON_H

#include "core/annotations.h"
#include "core/json.h"
#include "strict_json.h"

/* A document that was taken is JSON by the letter, and one that is called no JSON is none. */
static inline void require_json(const char *what, const char *text, size_t length, int r,
				const struct error *error)
{
	const char *why = r < 0 ? error->text + strlen(what) : "";

	if (r == 0) {
		REQUIRE(json_is_object(text, length, JSON_DEPTH_MAX), "taken: %.*s", (int)length,
			text);
		REQUIRE(is_utf8(text, length), "taken");
	} else if (!strncmp(why, ": not JSON", 10) || !strncmp(why, ": not a JSON", 12)) {
		/* One level less than json-c counts; a key with a NUL in it is refused besides. */
		REQUIRE(!json_is_object(text, length, JSON_DEPTH_MAX - 2) ||
				!is_utf8(text, length) || memmem(text, length, "\\u0000", 6),
			"%s: %.*s", error->text, (int)length, text);
	}
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

/* The same document with blanks around it, and memory behind it that is not part of it. */
static inline void pad_document(const char *text, size_t length, struct text *out)
{
	text_add(out, " \n");
	for (size_t i = 0; i < length; i++)
		text_put(out, text[i]);
	text_add(out, "\t\r\n");
}

#endif
