/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Annotations as the user wrote them, for the core to decide on, and for messages to point at. The
 * core reports one mistake at a time. The mistake is then removed, so that the next one is found.
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
	char *value; /* owned; removed parts are blank */
	bool is_out; /* all of it was removed */
	char *line;  /* "KEY=VALUE", for messages; owned; NULL if it is from a document */
	const struct node *key_node; /* if it is from a document */
	const struct node *value_node;
};

struct written_list {
	struct written *items;
	size_t count;
	size_t capacity;
	const char *file; /* the document's name; borrowed, like its text */
	const char *text;
	size_t length;
	struct annotations annotations; /* the result of written_annotations() */
};

void written_done(struct written_list *list);

#define AUTO_WRITTEN CLEANUP(written_done) struct written_list

/* Adds an annotation, or replaces the one with this key. The nodes are NULL if it is not from the
 * list's document. Returns 0 or -ENOMEM. */
int written_add(struct written_list *list, const char *key, const char *value,
		const struct node *key_node, const struct node *value_node);

/* Copies the list. The caller zeroes copy first. Returns 0, or -ENOMEM with a partial copy. */
int written_copy(const struct written_list *list, struct written_list *copy);

/* Does a key look like one of the hook's, even if misspelt? */
bool written_is_ours(const char *key);

/* Returns NULL if no annotation has this key. */
struct written *written_find(const struct written_list *list, const char *key);

/* Returns the annotations that are not removed, for the core. They belong to the list, and are
 * valid until the next call. NULL if out of memory. */
const struct annotations *written_annotations(struct written_list *list);

/* Returns the place of length bytes at offset of the value. */
struct finding_place written_value_place(const struct written_list *list,
					 const struct written *written, size_t offset,
					 size_t length);

/* Returns the place at offset of the value, which ends with the path, component or option there;
 * that of the key if offset is ERROR_NO_OFFSET. */
struct finding_place written_place(const struct written_list *list, const struct written *written,
				   size_t offset);

/* Returns the annotation whose key an error of the core begins with; NULL if there is none. */
struct written *written_blamed(const struct written_list *list, const struct error *error);

/* Removes the entry at offset from the value of a list. Removes the whole annotation if it is not a
 * list, if offset is ERROR_NO_OFFSET, or if nothing is left at offset. */
void written_take_out(struct written *written, size_t offset);

/* Takes out the annotation that the core reports as a part of a list that was split. Returns false
 * if there is none. */
bool written_take_out_stray(struct written_list *list);

#endif
