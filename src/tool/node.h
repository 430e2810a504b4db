/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes of a YAML or JSON document, and the position of each in the source. */
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

/* An alias is the node that it refers to, so a node may have several parents, but it never contains
 * itself. */
struct node {
	enum node_kind kind;
	enum node_tag tag;
	bool is_plain;	     /* a text without quotes that does not follow "|" or ">" */
	char *text;	     /* value of a text, contains no NUL; owned */
	struct node **items; /* members of a list or, as key, value, key, value, of a map; the array
				is owned */
	size_t count;
	size_t capacity;
	size_t start; /* position in the stream's text, in bytes */
	size_t end;
	size_t weight;	    /* number of nodes in it, with aliases expanded */
	unsigned height;    /* levels of nested collections below it */
	struct node *older; /* the node that was read before it */
};

/*
 * Returns the value of a key in a map. Of several equal keys, the last is used; of the maps that
 * "<<" merges, the first. NULL if node is NULL or not a map, or has no such key. If there is a
 * value and ret_key is not NULL, it is set to the key's node.
 */
const struct node *node_get(const struct node *node, const char *key, const struct node **ret_key);

/* The same, for a value of a given kind: NULL if it is of another kind, or a text that is not a
 * string. */
const struct node *node_get_map(const struct node *node, const char *key);
const struct node *node_get_list(const struct node *node, const char *key);
const char *node_get_string(const struct node *node, const char *key);

/* Calls visit for the key and the value of each pair in a map. The pairs that "<<" merges come
 * first. Keys that are not texts are skipped. Returns 0, or visit's result if it is negative. */
int node_each(const struct node *map,
	      int (*visit)(const struct node *key, const struct node *value, void *data),
	      void *data);

/* Lists the maps that are merged into the map, recursively, at most count of them. Returns the
 * number of maps. map may be NULL. */
size_t node_merged(const struct node *map, const struct node *merged_maps[], size_t count);

/* Returns a node's type as kubectl and podman see it: "map", "list", "string", "boolean", "number",
 * "null". */
const char *node_type(const struct node *node);

/* Returns the position in the stream's text of the byte at offset in a text node's value. Escapes,
 * folded lines and indentation are taken into account. */
size_t node_locate(const struct node *node, const char *text, size_t offset);

#endif
