/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes and warnings: what is wrong, where, and what to do about it. */
#ifndef ORH_TOOL_FINDING_H
#define ORH_TOOL_FINDING_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "output.h"

/* What comes after so many findings is only counted. */
#define FINDINGS_MAX 100

struct finding {
	size_t number; /* in the order in which they were added */
	bool is_warning;
	int status;    /* that the hook exits with; 0: it does not see this */
	char *text;    /* owned */
	char *hint;    /* owned, NULL if the text says what to do */
	char *file;    /* that it is in, NULL if it is in none; owned */
	size_t line;   /* in the file, from 1 */
	size_t column; /* in characters, from 1 */
	char *excerpt; /* what is around the place; owned, NULL if there is no place */
	size_t start;  /* of the place in the excerpt, in bytes */
	size_t end;
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
	size_t mistakes;
	size_t left_out; /* over FINDINGS_MAX */
};

void findings_done(struct findings *findings);

#define AUTO_FINDINGS CLEANUP(findings_done) struct findings

/* Where a finding is. */
struct finding_place {
	const char *file; /* NULL: text is not a file's; its line and column are not told */
	const char *text;
	size_t length;
	size_t start; /* in bytes of text */
	size_t end;
};

/*
 * Adds a finding; place and hint may be NULL. One that has the same text at the same place as one
 * before it is left out. Returns 0 or -ENOMEM.
 */
int findings_add(struct findings *findings, bool is_warning, int status,
		 const struct finding_place *place, const char *hint, const char *format, ...)
	__attribute__((__format__(__printf__, 6, 7)));

/* Puts them in the order of their places: those without one come first, as they were added. */
void findings_sort(struct findings *findings);

/* Prints each of them. */
void findings_print(const struct output *output, const struct findings *findings);

/* An array of the mistakes, or of the warnings; the caller puts it. */
struct json_object *findings_json(const struct findings *findings, bool warnings);

#endif
