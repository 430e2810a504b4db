/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes and warnings: what is wrong, where it is, and how to fix it. */
#ifndef ORH_TOOL_FINDING_H
#define ORH_TOOL_FINDING_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "output.h"

/* The maximum number of findings. Further ones are only counted. */
#define FINDINGS_MAX 100

struct finding {
	size_t number; /* in the order they were added */
	bool is_warning;
	int status;    /* the hook's exit status; 0: the hook does not report this */
	char *text;    /* owned */
	char *hint;    /* owned; NULL if the text says how to fix it */
	char *file;    /* the file that contains it, or NULL; owned */
	size_t line;   /* in the file, from 1 */
	size_t column; /* in characters, from 1 */
	char *excerpt; /* the text around the place; owned, NULL if there is no place */
	size_t start;  /* the place in the excerpt, in bytes */
	size_t end;
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
	size_t mistakes;
	size_t left_out; /* number of findings over FINDINGS_MAX */
};

void findings_done(struct findings *findings);

#define AUTO_FINDINGS CLEANUP(findings_done) struct findings

/* The place of a finding. */
struct finding_place {
	const char *file; /* NULL: text is not from a file; line and column are not printed */
	const char *text;
	size_t length;
	size_t start; /* in bytes of text */
	size_t end;
};

/* Adds a finding. place and hint may be NULL. A finding with the same text at the same place as an
 * earlier one is dropped. Returns 0 or -ENOMEM. */
int findings_add(struct findings *findings, bool is_warning, int status,
		 const struct finding_place *place, const char *hint, const char *format, ...)
	__attribute__((__format__(__printf__, 6, 7)));

/* Sorts the findings by place. Those without a place come first, in the order they were added. */
void findings_sort(struct findings *findings);

/* Prints all findings. */
void findings_print(const struct output *output, const struct findings *findings);

/* Returns an array of the mistakes or of the warnings, which the caller puts. */
struct json_object *findings_json(const struct findings *findings, bool warnings);

#endif
