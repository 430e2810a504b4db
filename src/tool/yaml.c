/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "yaml.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* NOLINTNEXTLINE(readability-duplicate-include): this one is libyaml's */
#include <yaml.h>

#include "core/escape.h"

/* libyaml counts characters, so the byte offset of every 1024th character is stored. */
#define CHARACTERS_A_STEP 1024

struct anchor {
	char *name; /* owned */
	struct node *node;
};

struct builder {
	yaml_parser_t parser;
	const char *text;
	size_t length;
	size_t first; /* the first byte after a byte order mark */
	size_t *steps;
	size_t steps_count;
	size_t steps_capacity;
	struct node *open[YAML_DEPTH_MAX];
	size_t depth;
	struct anchor *anchors;
	size_t anchors_count;
	size_t anchors_capacity;
	size_t aliases;
	size_t weight; /* the weight of all complete documents */
	size_t nodes;
	struct yaml yaml;
	struct error *error;
};

void yaml_done(struct yaml *yaml)
{
	while (yaml->newest) {
		struct node *node = yaml->newest;

		yaml->newest = node->older;
		free(node->text);
		free(node->items);
		free(node);
	}
	free_ptr(&yaml->documents);
	yaml->count = yaml->capacity = 0;
}

static void forget_anchors(struct builder *builder)
{
	for (size_t i = 0; i < builder->anchors_count; i++)
		free(builder->anchors[i].name);
	builder->anchors_count = 0;
}

static void builder_done(struct builder *builder)
{
	yaml_parser_delete(&builder->parser);
	forget_anchors(builder);
	free_ptr(&builder->anchors);
	free_ptr(&builder->steps);
	yaml_done(&builder->yaml);
}

static int refuse(const struct builder *builder, size_t offset, const char *why)
{
	int r = error_set(builder->error, STATUS_INPUT, 0, "%s", why);

	builder->error->offset = offset;
	return r;
}

/* Checks that the text is UTF-8, and stores the offsets of characters. */
static int read_characters(struct builder *builder)
{
	size_t count = 0;
	size_t at = builder->first;

	for (; at < builder->length; count++) {
		uint32_t point;
		size_t bytes = utf8_sequence(builder->text + at, builder->length - at, &point);

		if (!bytes)
			return refuse(builder, at, "not UTF-8");
		if (count % CHARACTERS_A_STEP == 0) {
			if (array_reserve(&builder->steps, &builder->steps_capacity,
					  builder->steps_count, sizeof(*builder->steps)) < 0)
				return error_memory(builder->error);
			builder->steps[builder->steps_count++] = at;
		}
		at += bytes;
	}
	return 0;
}

static size_t byte_of(const struct builder *builder, const yaml_mark_t *mark)
{
	size_t step = mark->index / CHARACTERS_A_STEP;
	size_t rest = mark->index % CHARACTERS_A_STEP;
	size_t at;

	if (step >= builder->steps_count)
		return builder->length;
	for (at = builder->steps[step]; rest && at < builder->length; rest--) {
		at++;
		while (at < builder->length && ((unsigned char)builder->text[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static int syntax_error(const struct builder *builder)
{
	const yaml_parser_t *parser = &builder->parser;
	size_t offset = byte_of(builder, &parser->problem_mark);

	if (parser->error == YAML_MEMORY_ERROR)
		return error_memory(builder->error);
	/* YAML does not allow the character. */
	if (parser->error == YAML_READER_ERROR)
		offset = builder->first + parser->problem_offset;
	return refuse(builder, offset, parser->problem);
}

static struct node *new_node(struct builder *builder, enum node_kind kind,
			     const yaml_event_t *event)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->start = byte_of(builder, &event->start_mark);
	node->end = byte_of(builder, &event->end_mark);
	node->older = builder->yaml.newest;
	builder->yaml.newest = node;
	builder->nodes++;
	return node;
}

/* Only complete nodes may be used more than once: an alias of an open one would contain itself. */
static int add_to_parent(struct builder *builder, struct node *node, size_t offset)
{
	struct yaml *yaml = &builder->yaml;
	struct node *parent;

	if (!builder->depth) {
		/* The document is empty. */
		if (node->kind == NODE_TEXT && node->is_plain && !*node->text)
			return 0;
		if (array_reserve(&yaml->documents, &yaml->capacity, yaml->count,
				  sizeof(struct node *)) < 0)
			return error_memory(builder->error);
		builder->weight += node->weight;
		yaml->documents[yaml->count++] = node;
		return 0;
	}
	parent = builder->open[builder->depth - 1];
	if (array_reserve(&parent->items, &parent->capacity, parent->count, sizeof(struct node *)) <
	    0)
		return error_memory(builder->error);
	parent->items[parent->count++] = node;
	parent->weight += node->weight;
	if (parent->height < node->height + 1)
		parent->height = node->height + 1;
	if (builder->weight + parent->weight > YAML_NODES_MAX)
		return refuse(builder, offset, "more than 1000000 values, aliases counted");
	if (builder->depth - 1 + parent->height > YAML_DEPTH_MAX)
		return refuse(builder, offset, "values in each other, more than 128 deep");
	return 0;
}

static int add_anchor(struct builder *builder, const yaml_char_t *name, struct node *node)
{
	struct anchor *anchor;

	if (!name)
		return 0;
	if (builder->anchors_count == YAML_ANCHORS_MAX)
		return refuse(builder, node->start, "more than 1024 anchors in a document");
	if (array_reserve(&builder->anchors, &builder->anchors_capacity, builder->anchors_count,
			  sizeof(*builder->anchors)) < 0)
		return error_memory(builder->error);
	anchor = &builder->anchors[builder->anchors_count];
	anchor->name = strdup((const char *)name);
	if (!anchor->name)
		return error_memory(builder->error);
	anchor->node = node;
	builder->anchors_count++;
	return 0;
}

static int add_alias(struct builder *builder, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	size_t offset = byte_of(builder, &event->start_mark);

	if (++builder->aliases > YAML_ALIASES_MAX)
		return refuse(builder, offset, "more than 16384 aliases");
	for (size_t i = builder->anchors_count; i-- > 0;) {
		struct node *node = builder->anchors[i].node;

		if (strcmp(builder->anchors[i].name, name) != 0)
			continue;
		for (size_t k = 0; k < builder->depth; k++)
			if (builder->open[k] == node)
				return refuse(builder, offset, "an alias of what it is part of");
		return add_to_parent(builder, node, offset);
	}
	return refuse(builder, offset, "an alias of an anchor that is not before it");
}

static int add_text(struct builder *builder, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	const char *tag = (const char *)event->data.scalar.tag;
	struct node *node = new_node(builder, NODE_TEXT, event);
	int r;

	if (!node)
		return error_memory(builder->error);
	node->text = strdup(text);
	if (!node->text)
		return error_memory(builder->error);
	if (strlen(text) != event->data.scalar.length)
		return refuse(builder, node->start, "a NUL in a string");
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (tag)
		node->tag =
			!strcmp(tag, "!") || !strcmp(tag, YAML_STR_TAG) ? TAG_STRING : TAG_OTHER;
	node->weight = 1;
	r = add_anchor(builder, event->data.scalar.anchor, node);
	return r < 0 ? r : add_to_parent(builder, node, node->start);
}

static int open_collection(struct builder *builder, enum node_kind kind, const yaml_event_t *event)
{
	const yaml_char_t *anchor = kind == NODE_MAP ? event->data.mapping_start.anchor
						     : event->data.sequence_start.anchor;
	struct node *node = new_node(builder, kind, event);

	if (!node)
		return error_memory(builder->error);
	if (builder->depth == YAML_DEPTH_MAX)
		return refuse(builder, node->start, "values in each other, more than 128 deep");
	node->weight = 1;
	builder->open[builder->depth++] = node;
	return add_anchor(builder, anchor, node);
}

static int close_collection(struct builder *builder, const yaml_event_t *event)
{
	struct node *node = builder->open[--builder->depth];

	node->end = byte_of(builder, &event->end_mark);
	return add_to_parent(builder, node, node->start);
}

/* Returns 1 at the end of the stream. */
static int take_event(struct builder *builder, const yaml_event_t *event)
{
	if (builder->nodes > YAML_NODES_MAX)
		return refuse(builder, byte_of(builder, &event->start_mark),
			      "more than 1000000 values");
	switch (event->type) {
	case YAML_STREAM_END_EVENT:
		return 1;
	case YAML_DOCUMENT_START_EVENT:
		forget_anchors(builder);
		return 0;
	case YAML_ALIAS_EVENT:
		return add_alias(builder, event);
	case YAML_SCALAR_EVENT:
		return add_text(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(builder, NODE_LIST, event);
	case YAML_MAPPING_START_EVENT:
		return open_collection(builder, NODE_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_collection(builder, event);
	default:
		return 0;
	}
}

static int build(struct builder *builder)
{
	int r;

	do {
		yaml_event_t event;

		if (!yaml_parser_parse(&builder->parser, &event))
			return syntax_error(builder);
		r = take_event(builder, &event);
		yaml_event_delete(&event);
	} while (r == 0);
	return r < 0 ? r : 0;
}

/* Is this "\uXXXX" with the given half of a surrogate pair? */
static bool is_half(const char *text, char second, uint32_t *ret_bits)
{
	char digits[5] = "";
	char *end;

	if (strncmp(text, "\\u", 2) != 0)
		return false;
	memcpy(digits, text + 2, strnlen(text + 2, 4));
	if ((digits[0] | 0x20) != 'd' || !strchr(second == 'c' ? "cdefCDEF" : "89abAB", digits[1]))
		return false;
	*ret_bits = (uint32_t)strtoul(digits, &end, 16) & 0x3ff;
	return end == digits + 4;
}

size_t yaml_join_surrogates(char *text, size_t length)
{
	size_t to = 0;

	if (!strchr("{[", text[strspn(text, " \t\r\n")]))
		return length;
	for (size_t from = 0; from < length;) {
		uint32_t high, low;

		if (is_half(text + from, '8', &high) && is_half(text + from + 6, 'c', &low)) {
			/* Replaces twelve bytes by ten. */
			to += (size_t)sprintf(text + to, "\\U%08x",
					      (unsigned)(0x10000 + (high << 10) + low));
			from += 12;
			continue;
		}
		if (text[from] == '\\' && from + 1 < length)
			text[to++] = text[from++];
		text[to++] = text[from++];
	}
	text[to] = '\0';
	return to;
}

int yaml_parse(const char *text, size_t length, struct error *error, struct yaml *ret_yaml)
{
	bool is_marked = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3);
	CLEANUP(builder_done)
	struct builder builder = {
		.text = text,
		.length = length,
		.first = is_marked ? 3 : 0,
		.error = error,
	};
	int r;

	if (!yaml_parser_initialize(&builder.parser))
		return error_memory(error);
	if (length > YAML_LENGTH_MAX)
		return refuse(&builder, 0, "more than 16777216 bytes");
	r = read_characters(&builder);
	if (r < 0)
		return r;
	yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text + builder.first,
				     length - builder.first);
	r = build(&builder);
	if (r < 0)
		return r;
	*ret_yaml = builder.yaml;
	builder.yaml = (struct yaml){0};
	return 0;
}
