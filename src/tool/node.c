/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "node.h"

#include <stdint.h>
#include <string.h>

#include "core/memory.h"

#define BLANKS " \t\r\n"

static bool is_merge(const struct node *key)
{
	return key->kind == NODE_TEXT && key->is_plain && !strcmp(key->text, "<<");
}

/* Counts and returns the maps that are merged. */
static size_t merged_count(const struct node *value)
{
	return value->kind == NODE_LIST ? value->count : 1;
}

static const struct node *merged(const struct node *value, size_t i)
{
	return value->kind == NODE_LIST ? value->items[i] : value;
}

static const struct node *get_merged(const struct node *map, const char *key,
				     const struct node **ret_key)
{
	for (size_t i = 0; i + 1 < map->count; i += 2) {
		const struct node *from = map->items[i + 1];

		for (size_t k = 0; is_merge(map->items[i]) && k < merged_count(from); k++) {
			const struct node *value = node_get(merged(from, k), key, ret_key);

			if (value)
				return value;
		}
	}
	return NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree may be */
const struct node *node_get(const struct node *node, const char *key, const struct node **ret_key)
{
	if (!node || node->kind != NODE_MAP)
		return NULL;
	for (size_t i = node->count; i >= 2; i -= 2) {
		const struct node *name = node->items[i - 2];

		if (name->kind != NODE_TEXT || strcmp(name->text, key) != 0)
			continue;
		if (ret_key)
			*ret_key = name;
		return node->items[i - 1];
	}
	return get_merged(node, key, ret_key);
}

static const struct node *get_kind(const struct node *node, const char *key, enum node_kind kind)
{
	const struct node *value = node_get(node, key, NULL);

	return value && value->kind == kind ? value : NULL;
}

const struct node *node_get_map(const struct node *node, const char *key)
{
	return get_kind(node, key, NODE_MAP);
}

const struct node *node_get_list(const struct node *node, const char *key)
{
	return get_kind(node, key, NODE_LIST);
}

const char *node_get_string(const struct node *node, const char *key)
{
	const struct node *value = get_kind(node, key, NODE_TEXT);

	return value && !strcmp(node_type(value), "string") ? value->text : NULL;
}

int node_each(const struct node *map,
	      int (*visit)(const struct node *key, const struct node *value, void *data),
	      void *data)
{
	if (map->kind != NODE_MAP)
		return 0;
	for (size_t i = 0; i < map->count; i += 2) {
		const struct node *from = map->items[i + 1];

		/* If several merged maps have a key, the first takes precedence, so it is visited
		 * last. */
		for (size_t k = merged_count(from); is_merge(map->items[i]) && k > 0; k--) {
			int r = node_each(merged(from, k - 1), visit, data);

			if (r < 0)
				return r;
		}
	}
	for (size_t i = 0; i < map->count; i += 2) {
		int r = 0;

		if (map->items[i]->kind == NODE_TEXT && !is_merge(map->items[i]))
			r = visit(map->items[i], map->items[i + 1], data);
		if (r < 0)
			return r;
	}
	return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree may be */
size_t node_merged(const struct node *map, const struct node *merged_maps[], size_t count)
{
	size_t used = 0;

	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i += 2) {
		const struct node *from = map->items[i + 1];

		for (size_t k = 0; is_merge(map->items[i]) && k < merged_count(from); k++) {
			if (used == count)
				return used;
			merged_maps[used++] = merged(from, k);
			used += node_merged(merged(from, k), merged_maps + used, count - used);
		}
	}
	return used;
}

/* Is text one of the words, which are separated by blanks? */
static bool is_word(const char *text, const char *words)
{
	size_t length = strlen(text);

	while (*words) {
		size_t word = strcspn(words, " ");

		if (word == length && !strncmp(words, text, word))
			return true;
		words += word + (words[word] == ' ');
	}
	return false;
}

static bool is_integer_of_base(const char *text)
{
	static const struct {
		const char *prefix;
		const char *digits;
	} bases[] = {
		{"0x", "0123456789abcdefABCDEF_"},
		{"0o", "01234567_"},
		{"0b", "01_"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		if (!strncmp(text, bases[i].prefix, 2))
			return text[2] && !text[2 + strspn(text + 2, bases[i].digits)];
	return false;
}

/* Matches digits, a point, digits, an exponent. go-yaml, which kubectl and podman use, does not
 * support sexagesimal numbers. */
static bool is_number(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	size_t whole, part = 0;

	if (is_integer_of_base(at) || is_word(at, ".inf .Inf .INF") ||
	    is_word(text, ".nan .NaN .NAN"))
		return true;
	if (*at == '_')
		return false;
	whole = strspn(at, "0123456789_");
	at += whole;
	if (*at == '.') {
		part = strspn(at + 1, "0123456789");
		at += 1 + part;
	}
	if (!whole && !part)
		return false;
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		at += *at ? strspn(at, "0123456789") : 0;
		if (at[-1] < '0' || at[-1] > '9')
			return false;
	}
	return !*at;
}

const char *node_type(const struct node *node)
{
	if (node->kind != NODE_TEXT)
		return node->kind == NODE_LIST ? "list" : "map";
	if (node->tag == TAG_STRING || (node->tag == TAG_NONE && !node->is_plain))
		return "string";
	if (!*node->text || is_word(node->text, "~ null Null NULL"))
		return "null";
	if (is_word(node->text, "y Y yes Yes YES n N no No NO true True TRUE false False FALSE "
				"on On ON off Off OFF"))
		return "boolean";
	return is_number(node->text) ? "number" : "string";
}

/* Returns the length of a code point in UTF-8. */
static size_t utf8_length(uint32_t point)
{
	return 1U + (point >= 0x80) + (point >= 0x800) + (point >= 0x10000);
}

/* The value of count hexadecimal digits. */
static uint32_t hexadecimal(const char *text, size_t count)
{
	uint32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		char digit = text[i];

		value <<= 4;
		value |= (uint32_t)(digit <= '9' ? digit - '0' : (digit & 7) + 9);
	}
	return value;
}

/* Returns the length of an escape in a double-quoted text, and the number of bytes that it decodes
 * to. libyaml has validated it. */
static size_t escape_length(const char *text, size_t *ret_bytes)
{
	switch (text[1]) {
	case 'x':
		*ret_bytes = utf8_length(hexadecimal(text + 2, 2));
		return 4;
	case 'u':
		*ret_bytes = utf8_length(hexadecimal(text + 2, 4));
		return 6;
	case 'U':
		*ret_bytes = utf8_length(hexadecimal(text + 2, 8));
		return 10;
	case 'N':
	case '_':
		*ret_bytes = 2;
		return 2;
	case 'L':
	case 'P':
		*ret_bytes = 3;
		return 2;
	case '\r':
	case '\n':
		/* An escaped line break is removed. */
		*ret_bytes = 0;
		return 2U + (text[1] == '\r' && text[2] == '\n');
	default:
		*ret_bytes = 1;
		return 2;
	}
}

/* Skips what may precede a text: anchor, tag, and the header of a block. */
static size_t skip_properties(const char *text, size_t at, size_t end)
{
	while (at < end && (text[at] == '&' || text[at] == '!')) {
		while (at < end && !strchr(BLANKS, text[at]))
			at++;
		while (at < end && strchr(BLANKS, text[at]))
			at++;
	}
	if (at < end && (text[at] == '|' || text[at] == '>'))
		while (at < end && text[at] != '\n')
			at++;
	return at;
}

/* Walks a text node's value and its source in parallel. */
struct walk {
	const char *value;
	const char *text;
	size_t i;  /* in value */
	size_t at; /* in text */
	char quote;
};

/* Is a line break removed here, by "\\" at the end of the line? */
static bool is_folded(const struct walk *walk)
{
	const char *text = walk->text + walk->at;

	return walk->quote == '"' && text[0] == '\\' && strchr("\r\n", text[1]);
}

/* Advances one step. Returns false if value and source do not match. */
static bool walk_on(struct walk *walk, size_t offset)
{
	const char *text = walk->text + walk->at;
	size_t bytes = 1, length = 1;

	if (walk->quote == '"' && *text == '\\') {
		length = escape_length(text, &bytes);
		if (walk->i + bytes > offset)
			return false;
	} else if (walk->quote == '\'' && !strncmp(text, "''", 2)) {
		length = 2;
	} else if (walk->value[walk->i] != *text) {
		bool is_blank = strchr(BLANKS, walk->value[walk->i]);

		/* A line break may be folded into a blank, and lines may be indented. */
		if (!is_blank && !strchr(BLANKS, *text))
			return false;
		bytes = is_blank;
		length = strchr(BLANKS, *text) ? 1 : 0;
	}
	walk->i += bytes;
	walk->at += length;
	return true;
}

size_t node_locate(const struct node *node, const char *text, size_t offset)
{
	struct walk walk = {.value = node->text, .text = text};

	walk.at = skip_properties(text, node->start, node->end);
	if (walk.at < node->end && strchr("\"'", text[walk.at]))
		walk.quote = text[walk.at++];
	while (walk.i < offset && walk.value[walk.i] && walk.at < node->end)
		if (!walk_on(&walk, offset))
			break;
	/* Blanks at the start of a line belong to the text after them. */
	while (!strchr(BLANKS, walk.value[walk.i]) && walk.at < node->end &&
	       (strchr(BLANKS, text[walk.at]) || is_folded(&walk)))
		walk.at++;
	return walk.at;
}
