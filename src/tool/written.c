/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BLANKS	   " \t\r"
#define SEPARATORS ";\n"

/* The maximum length of a key in a message: NAME_SHOWN. */
#define KEY_SHOWN_MAX 200

static void written_free(struct written *written)
{
	free_ptr(&written->key);
	free_ptr(&written->value);
	free_ptr(&written->line);
}

void written_done(struct written_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		written_free(&list->items[i]);
	free_ptr(&list->items);
	annotations_done(&list->annotations);
	*list = (struct written_list){0};
}

bool written_is_ours(const char *key)
{
	struct annotation annotation = {.key = key, .value = ""};

	return annotations_ask(&(struct annotations){.items = &annotation, .count = 1});
}

struct written *written_find(const struct written_list *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].key, key))
			return &list->items[i];
	return NULL;
}

int written_add(struct written_list *list, const char *key, const char *value,
		const struct node *key_node, const struct node *value_node)
{
	CLEANUP(written_free)
	struct written written = {
		.key = strdup(key),
		.value = strdup(value),
		.key_node = key_node,
		.value_node = value_node,
	};
	struct written *known = written_find(list, key);

	if (!written.key || !written.value)
		return -ENOMEM;
	if (!value_node && asprintf(&written.line, "%s=%s", key, value) < 0) {
		written.line = NULL;
		return -ENOMEM;
	}
	if (!known) {
		if (array_reserve(&list->items, &list->capacity, list->count, sizeof(written)) < 0)
			return -ENOMEM;
		known = &list->items[list->count++];
	}
	written_free(known);
	*known = written;
	written = (struct written){0};
	return 0;
}

static int copy_one(const struct written *from, struct written *to)
{
	*to = *from;
	to->key = strdup(from->key);
	to->value = strdup(from->value);
	to->line = from->line ? strdup(from->line) : NULL;
	return to->key && to->value && (to->line || !from->line) ? 0 : -ENOMEM;
}

int written_copy(const struct written_list *list, struct written_list *copy)
{
	copy->file = list->file;
	copy->text = list->text;
	copy->length = list->length;
	copy->items = calloc(list->count + 1, sizeof(*copy->items));
	if (!copy->items)
		return -ENOMEM;
	copy->capacity = list->count + 1;
	for (size_t i = 0; i < list->count; i++) {
		copy->count++;
		if (copy_one(&list->items[i], &copy->items[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

const struct annotations *written_annotations(struct written_list *list)
{
	struct annotations *annotations = &list->annotations;

	annotations->count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].is_out)
			continue;
		if (array_reserve(&annotations->items, &annotations->capacity, annotations->count,
				  sizeof(*annotations->items)) < 0)
			return NULL;
		annotations->items[annotations->count++] = (struct annotation){
			.key = list->items[i].key,
			.value = list->items[i].value,
		};
	}
	return annotations;
}

static struct finding_place key_place(const struct written_list *list,
				      const struct written *written)
{
	if (written->line)
		return (struct finding_place){
			.text = written->line,
			.length = strlen(written->line),
			.end = strlen(written->key),
		};
	return (struct finding_place){
		.file = list->file,
		.text = list->text,
		.length = list->length,
		.start = written->key_node->start,
		.end = written->key_node->end,
	};
}

struct finding_place written_value_place(const struct written_list *list,
					 const struct written *written, size_t offset,
					 size_t length)
{
	size_t whole = strlen(written->value);
	size_t start = offset < whole ? offset : whole;
	size_t end = length < whole - start ? start + length : whole;
	size_t key = strlen(written->key) + 1;

	if (written->line)
		return (struct finding_place){
			.text = written->line,
			.length = strlen(written->line),
			.start = key + start,
			.end = key + end,
		};
	return (struct finding_place){
		.file = list->file,
		.text = list->text,
		.length = list->length,
		.start = node_locate(written->value_node, list->text, start),
		.end = node_locate(written->value_node, list->text, end ? end - 1 : 0) + 1,
	};
}

struct finding_place written_place(const struct written_list *list, const struct written *written,
				   size_t offset)
{
	const char *text = written->value;
	size_t length;

	if (offset == ERROR_NO_OFFSET)
		return key_place(list, written);
	text += strnlen(text, offset);
	length = strcspn(text, *text == '/' ? ",:;\n" : "/,:;\n");
	return written_value_place(list, written, offset, length ? length : 1);
}

struct written *written_blamed(const struct written_list *list, const struct error *error)
{
	struct written *longest = NULL;

	for (size_t i = 0; i < list->count; i++) {
		struct written *written = &list->items[i];
		size_t length = strnlen(written->key, KEY_SHOWN_MAX);

		if (written->is_out || strncmp(error->text, written->key, length) != 0 ||
		    error->text[length] != ':')
			continue;
		if (!longest || strlen(longest->key) < length)
			longest = written;
	}
	return longest;
}

/* "\" escapes the next byte, even a separator. */
static size_t entry_end(const char *value, size_t at)
{
	while (value[at] && !strchr(SEPARATORS, value[at]))
		at += value[at] == '\\' && value[at + 1] ? 2 : 1;
	return at;
}

static bool is_list(const char *key)
{
	size_t length = strlen(KEY_TMPFS);

	return !strncmp(key, KEY_TMPFS, length) && (!key[length] || key[length] == '/');
}

void written_take_out(struct written *written, size_t offset)
{
	char *value = written->value;
	bool is_blank = true;
	size_t start = 0;
	size_t end;

	if (offset == ERROR_NO_OFFSET || !is_list(written->key)) {
		written->is_out = true;
		return;
	}
	for (end = entry_end(value, 0); end < offset && value[end]; end = entry_end(value, start))
		start = end + 1;
	for (size_t i = start; i < end; i++) {
		is_blank = is_blank && strchr(BLANKS, value[i]);
		value[i] = ' ';
	}
	written->is_out = is_blank;
}

bool written_take_out_stray(struct written_list *list)
{
	/* The core reports the last one. */
	for (size_t i = list->count; i-- > 0;) {
		struct written *written = &list->items[i];

		if (written->is_out || !annotations_key_is_stray(written->key))
			continue;
		written->is_out = true;
		return true;
	}
	return false;
}
