/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small reader of TOML, for the few keys of an engine's configuration that matter here: strings,
 * arrays of strings, whole numbers and booleans. All else is read over, and asking for it gets
 * TOML_UNCLEAR, never a guess.
 */
#ifndef ORH_TOOL_TOML_H
#define ORH_TOOL_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/memory.h"

enum toml_kind {
	TOML_TABLE, /* the header of a table */
	TOML_STRING,
	TOML_STRINGS,
	TOML_NUMBER,
	TOML_BOOLEAN,
	TOML_OTHER, /* an inline table, an array of tables or of something else, a date ... */
};

struct toml_entry {
	/* The dotted path from the document's root. A part that is not made of letters, digits, '_'
	 * and '-' is in double quotes: plugins."io.containerd.grpc.v1.cri". Owned. */
	char *key;
	size_t line;
	enum toml_kind kind;
	char **strings; /* of a string, and of an array; owned */
	size_t count;
	size_t capacity;
	bool appends;	/* an array ends with {append=true}, as in containers.conf(5) */
	int64_t number; /* of a number; 0 or 1 of a boolean */
};

struct toml {
	struct toml_entry *entries; /* in the document's order */
	size_t count;
	size_t capacity;
};

void toml_done(struct toml *toml);

#define AUTO_TOML CLEANUP(toml_done) struct toml

/*
 * Reads a document. text has a NUL after its length. Errors: STATUS_INPUT, "line N: WHY"; engines
 * refuse such a file as well.
 */
int toml_parse(const char *text, size_t length, struct error *error, struct toml *ret_toml);

enum toml_found {
	TOML_ABSENT,
	TOML_FOUND,
	TOML_UNCLEAR, /* it may be there, in a form that is not read here */
};

/*
 * Looks a key up, by the path that struct toml_entry describes; case is ignored, as the engines'
 * own readers do. ret_entry is written if it is found, and borrowed from the document.
 */
enum toml_found toml_find(const struct toml *toml, const char *key, enum toml_kind kind,
			  const struct toml_entry **ret_entry);

/* What is left of an entry's key below a prefix, which has no dot at its end; NULL if it is not
 * below it. */
const char *toml_below(const struct toml_entry *entry, const char *prefix);

/* The length of the first part of a key, with its quotes. */
size_t toml_part(const char *key);

#endif
