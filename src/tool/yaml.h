/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML and JSON as a tree that remembers where each part is written. libyaml reads it; the limits
 * here keep a hostile text from taking more memory or time than a large honest one.
 */
#ifndef ORH_TOOL_YAML_H
#define ORH_TOOL_YAML_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "node.h"

#define YAML_LENGTH_MAX	 (16 * 1024 * 1024)
#define YAML_DEPTH_MAX	 128	 /* of collections in each other, aliases followed */
#define YAML_NODES_MAX	 1000000 /* of all documents, each alias counted as what it stands for */
#define YAML_ANCHORS_MAX 1024	 /* of one document */
#define YAML_ALIASES_MAX 16384	 /* of all documents */

struct yaml {
	struct node **documents; /* the root of each; the array is owned */
	size_t count;
	size_t capacity;
	struct node *newest; /* owns all nodes */
};

void yaml_done(struct yaml *yaml);

#define AUTO_YAML CLEANUP(yaml_done) struct yaml

/*
 * JSON writes a character past U+FFFF as two "\uXXXX", and libyaml takes one "\UXXXXXXXX" only:
 * rewrites such pairs in place, if the text is JSON. Returns the length, which may be less than it
 * was; text has a NUL there.
 */
size_t yaml_join_surrogates(char *text, size_t length);

/*
 * Parses a stream of documents; empty ones are left out. A byte order mark is skipped. Errors have
 * STATUS_INPUT, and the offset in text. The caller calls yaml_done().
 */
int yaml_parse(const char *text, size_t length, struct error *error, struct yaml *ret_yaml);

#endif
