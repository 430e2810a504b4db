/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Combines the lessons of many containers, for each image. */
#ifndef ORH_TOOL_LEARNED_H
#define ORH_TOOL_LEARNED_H

#include <stddef.h>

#include "core/error.h"
#include "needs.h"

/* The maximum number of lines. More are an error. */
#define LEARNED_LESSONS_MAX 1000000

struct learned_image {
	char *name;	     /* of the image, or of its topmost layer; owned */
	size_t runs;	     /* containers with a list of tmpfs */
	size_t runs_cut;     /* those of them whose record was cut */
	size_t runs_without; /* containers from which nothing was learned */
	char *reason;	     /* the reason, of the last of these; owned, or NULL */
	struct needs needs;  /* after needs_reduce() */
};

struct learned {
	struct learned_image *images; /* sorted by name */
	size_t count;
	size_t capacity;
	size_t ignored; /* lines that are not lessons, or whose list the hook would refuse */
};

void learned_done(struct learned *learned);

#define AUTO_LEARNED CLEANUP(learned_done) struct learned

/* Reads lines that learn has logged. Errors: STATUS_INPUT, or out of memory. */
int learned_read(const char *text, size_t length, struct error *error, struct learned *ret_learned);

#endif
