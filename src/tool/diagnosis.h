/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What doctor found, and how it is shown. */
#ifndef ORH_TOOL_DIAGNOSIS_H
#define ORH_TOOL_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/memory.h"
#include "output.h"

enum verdict {
	VERDICT_OK,
	VERDICT_PROBLEM,
	VERDICT_UNKNOWN, /* it cannot be told */
};

struct diagnosis {
	enum verdict verdict;
	const char *check;   /* a word for machines: "hook-binary-missing" */
	const char *subject; /* "podman", "hooks file" ... */
	char *text;	     /* owned */
	char *fix;	     /* owned; NULL if there is none */
};

struct diagnoses {
	struct diagnosis *items;
	size_t count;
	size_t capacity;
	size_t current; /* which diagnoses_fix() is about */
	bool is_short;	/* there was no memory for one */
};

void diagnoses_done(struct diagnoses *findings);

#define AUTO_DIAGNOSES CLEANUP(diagnoses_done) struct diagnoses

/* Adds a finding; one that says the same as an earlier one is dropped. check and subject are not
 * copied. */
void diagnoses_add(struct diagnoses *findings, enum verdict verdict, const char *subject,
		   const char *check, const char *format, ...)
	__attribute__((__format__(__printf__, 5, 6)));

/*
 * Says how to fix what was added last. Lines that begin with a blank are to be copied as they are,
 * and are not wrapped.
 */
void diagnoses_fix(struct diagnoses *findings, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* How many there are with a verdict. */
size_t diagnoses_count(const struct diagnoses *findings, enum verdict verdict);

/* Both for people and for machines, problems first. Control characters are escaped. */
void diagnoses_print(const struct diagnoses *findings, const struct output *output);
void diagnoses_print_json(const struct diagnoses *findings, FILE *file);

#endif
