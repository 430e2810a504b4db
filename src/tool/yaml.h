/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads YAML and JSON, with libyaml, into a tree with the source position of each node. The limits
 * below bound the memory and time that a hostile text can use. */
#ifndef ORH_TOOL_YAML_H
#define ORH_TOOL_YAML_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "node.h"

#define YAML_LENGTH_MAX	 (16 * 1024 * 1024)
#define YAML_DEPTH_MAX	 128	 /* maximum nesting of collections, aliases expanded */
#define YAML_NODES_MAX	 1000000 /* in all documents, aliases expanded */
#define YAML_ANCHORS_MAX 1024	 /* in one document */
#define YAML_ALIASES_MAX 16384	 /* in all documents */

struct yaml {
	struct node **documents; /* the root of each; the array is owned */
	size_t count;
	size_t capacity;
	struct node *newest; /* owns all nodes */
};

void yaml_done(struct yaml *yaml);

#define AUTO_YAML CLEANUP(yaml_done) struct yaml

/*
 * JSON writes a character above U+FFFF as two "\uXXXX", but libyaml accepts only one "\UXXXXXXXX".
 * Rewrites such pairs in place, if the text is JSON. Returns the new length, which may be smaller;
 * text has a NUL there.
 */
size_t yaml_join_surrogates(char *text, size_t length);

/* Parses a stream of documents. Empty ones are dropped, and a byte order mark is skipped. Errors
 * have STATUS_INPUT, and the offset in text. The caller calls yaml_done(). */
int yaml_parse(const char *text, size_t length, struct error *error, struct yaml *ret_yaml);

#endif
