/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was learned from many containers, brought together for each image. */
#ifndef ORH_TOOL_LEARNED_H
#define ORH_TOOL_LEARNED_H

#include <stddef.h>

#include "core/error.h"
#include "needs.h"

/* Lines beyond these are an error. */
#define LEARNED_LESSONS_MAX 1000000

struct learned_image {
	char *name;	     /* of the image, or of its topmost layer; owned */
	size_t runs;	     /* containers that something was learned from */
	size_t runs_cut;     /* of these, those of which there was more than could be read */
	size_t runs_without; /* containers of which nothing could be learned */
	char *reason;	     /* why, of the last of them; owned, or NULL */
	struct needs needs;  /* reduced */
};

struct learned {
	struct learned_image *images; /* sorted by name */
	size_t count;
	size_t capacity;
	size_t ignored; /* lines that are no lessons, or whose list the hook would refuse */
};

void learned_done(struct learned *learned);

#define AUTO_LEARNED CLEANUP(learned_done) struct learned

/* Reads lines, as learn has logged them. Errors: STATUS_INPUT, or memory. */
int learned_read(const char *text, size_t length, struct error *error, struct learned *ret_learned);

#endif
