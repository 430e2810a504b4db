/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes of a YAML or JSON document, and where each part of them is written. */
#ifndef ORH_TOOL_NODE_H
#define ORH_TOOL_NODE_H

#include <stdbool.h>
#include <stddef.h>

enum node_kind {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

enum node_tag {
	TAG_NONE,
	TAG_STRING, /* "!" or "!!str" */
	TAG_OTHER,
};

/* An alias is the node that it stands for: a node may have several parents, never itself. */
struct node {
	enum node_kind kind;
	enum node_tag tag;
	bool is_plain;	     /* a text that is not in quotes, and does not follow "|" or ">" */
	char *text;	     /* of a text, without a NUL in it; owned */
	struct node **items; /* of a list; of a map: key, value, key, value; the array is owned */
	size_t count;
	size_t capacity;
	size_t start; /* where it is written, in bytes of the stream's text */
	size_t end;
	size_t weight;	    /* how many nodes it is, aliases counted as what they stand for */
	unsigned height;    /* how many collections are in each other below it */
	struct node *older; /* the one that was read before it */
};

/*
 * The value of a key in a map: the last of several, or of what "<<" merges into the map, the first.
 * NULL if node is NULL or not a map, or has no such key. If there is a value and ret_key is not
 * NULL, it is set to the key's node.
 */
const struct node *node_get(const struct node *node, const char *key, const struct node **ret_key);

/* The same for values of a kind: NULL if it is of another one, or a text that is not a string. */
const struct node *node_get_map(const struct node *node, const char *key);
const struct node *node_get_list(const struct node *node, const char *key);
const char *node_get_string(const struct node *node, const char *key);

/*
 * Calls visit for the key and the value of each pair in a map, what "<<" merges into it first.
 * Keys that are not texts are left out. Returns 0, or what visit returns if it is negative.
 */
int node_each(const struct node *map,
	      int (*visit)(const struct node *key, const struct node *value, void *data),
	      void *data);

/* Lists the maps that are merged into the map, and into these, at most count of them. Returns how
 * many. map may be NULL. */
size_t node_merged(const struct node *map, const struct node *merged[], size_t count);

/* What kubectl and podman take a node for: "map", "list", "string", "boolean", "number", "null". */
const char *node_type(const struct node *node);

/*
 * Where in the stream's text the byte at offset of a text node is written. Escapes, folded lines
 * and indentation are followed.
 */
size_t node_locate(const struct node *node, const char *text, size_t offset);

#endif
