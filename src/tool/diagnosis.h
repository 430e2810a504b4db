/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings of doctor, and how they are printed. */
#ifndef ORH_TOOL_DIAGNOSIS_H
#define ORH_TOOL_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/memory.h"
#include "output.h"

enum verdict {
	VERDICT_OK,
	VERDICT_PROBLEM,
	VERDICT_UNKNOWN, /* it cannot be determined */
};

struct diagnosis {
	enum verdict verdict;
	const char *check;   /* an identifier for scripts: "hook-binary-missing" */
	const char *subject; /* "podman", "hooks file" ... */
	char *text;	     /* owned */
	char *fix;	     /* owned; NULL if there is none */
};

struct diagnoses {
	struct diagnosis *items;
	size_t count;
	size_t capacity;
	size_t current; /* the finding that diagnoses_fix() changes */
	bool is_short;	/* a finding is missing, for lack of memory */
};

void diagnoses_done(struct diagnoses *findings);

#define AUTO_DIAGNOSES CLEANUP(diagnoses_done) struct diagnoses

/* Adds a finding, unless an equal one was added before. check and subject are not copied. */
void diagnoses_add(struct diagnoses *findings, enum verdict verdict, const char *subject,
		   const char *check, const char *format, ...)
	__attribute__((__format__(__printf__, 5, 6)));

/* Sets the fix of the finding that was added last. Lines that begin with a blank are printed as
 * they are, and not wrapped. */
void diagnoses_fix(struct diagnoses *findings, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* Returns the number of findings with a verdict. */
size_t diagnoses_count(const struct diagnoses *findings, enum verdict verdict);

/* Prints the findings as text or as JSON, problems first. Control characters are escaped. */
void diagnoses_print(const struct diagnoses *findings, const struct output *output);
void diagnoses_print_json(const struct diagnoses *findings, FILE *file);

#endif
