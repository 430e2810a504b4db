/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small TOML reader, for the few keys of an engine's configuration that are needed: strings,
 * arrays of strings, integers and booleans. Other values are skipped. Looking one up returns
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
	TOML_OTHER, /* an inline table, an array of tables or of another type, a date ... */
};

struct toml_entry {
	/* The dotted path from the document's root. A part with other characters than letters,
	 * digits, '_' and '-' is in double quotes: plugins."io.containerd.grpc.v1.cri". Owned. */
	char *key;
	size_t line;
	enum toml_kind kind;
	char **strings; /* of a string or an array; owned */
	size_t count;
	size_t capacity;
	bool appends;	/* an array ends with {append=true}, as in containers.conf(5) */
	int64_t number; /* value of an integer; 0 or 1 for a boolean */
};

struct toml {
	struct toml_entry *entries; /* in the document's order */
	size_t count;
	size_t capacity;
};

void toml_done(struct toml *toml);

#define AUTO_TOML CLEANUP(toml_done) struct toml

/* Parses a document. text has a NUL after its length. Errors: STATUS_INPUT, "line N: WHY"; engines
 * also refuse such a file. */
int toml_parse(const char *text, size_t length, struct error *error, struct toml *ret_toml);

enum toml_found {
	TOML_ABSENT,
	TOML_FOUND,
	TOML_UNCLEAR, /* it may be set, in an unsupported form */
};

/* Looks up a key, by the path that struct toml_entry describes. Case is ignored, as in the engines'
 * readers. If the key is found, ret_entry is set, and borrowed from the document. */
enum toml_found toml_find(const struct toml *toml, const char *key, enum toml_kind kind,
			  const struct toml_entry **ret_entry);

/* Returns the rest of an entry's key after a prefix, which does not end with a dot; NULL if the key
 * is not below the prefix. */
const char *toml_below(const struct toml_entry *entry, const char *prefix);

/* Returns the length of the first part of a key, with its quotes. */
size_t toml_part(const char *key);

#endif
