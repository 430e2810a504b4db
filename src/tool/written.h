/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Annotations as somebody wrote them: for the core to decide on, and for messages to point at. The
 * core tells one mistake at a time; what it is about is taken out, for the next to be told.
 */
#ifndef ORH_TOOL_WRITTEN_H
#define ORH_TOOL_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/annotations.h"
#include "finding.h"
#include "node.h"

struct written {
	char *key;   /* owned */
	char *value; /* owned; what was taken out of it is blank */
	bool is_out; /* all of it was taken out */
	char *line;  /* "KEY=VALUE", for messages; owned; NULL if it is in a document */
	const struct node *key_node; /* in a document */
	const struct node *value_node;
};

struct written_list {
	struct written *items;
	size_t count;
	size_t capacity;
	const char *file; /* of the document; borrowed, as its text */
	const char *text;
	size_t length;
	struct annotations annotations; /* what written_annotations() gives */
};

void written_done(struct written_list *list);

#define AUTO_WRITTEN CLEANUP(written_done) struct written_list

/* Adds an annotation, or replaces the one with this key. The nodes are NULL if it is not in the
 * list's document. Returns 0 or -ENOMEM. */
int written_add(struct written_list *list, const char *key, const char *value,
		const struct node *key_node, const struct node *value_node);

/* Copies all of it, into a list to be zeroed before. Returns 0 or -ENOMEM, with what could be
 * copied. */
int written_copy(const struct written_list *list, struct written_list *copy);

/* Does a key look like one of the hook's, also a misspelt one? */
bool written_is_ours(const char *key);

/* NULL if there is none with this key. */
struct written *written_find(const struct written_list *list, const char *key);

/* Those that are not taken out, for the core. They belong to the list, until the next call. NULL if
 * out of memory. */
const struct annotations *written_annotations(struct written_list *list);

/* The place of length bytes at offset of the value. */
struct finding_place written_value_place(const struct written_list *list,
					 const struct written *written, size_t offset,
					 size_t length);

/* The place at offset of the value, as far as a path, a component of one or an option goes; that of
 * the key if offset is ERROR_NO_OFFSET. */
struct finding_place written_place(const struct written_list *list, const struct written *written,
				   size_t offset);

/* The annotation that an error of the core begins with, NULL if it begins with none. */
struct written *written_blamed(const struct written_list *list, const struct error *error);

/*
 * Takes the entry at offset out of the value of a list; all of the annotation if it is not a list,
 * offset is ERROR_NO_OFFSET, or nothing is left there to take out.
 */
void written_take_out(struct written *written, size_t offset);

#endif
