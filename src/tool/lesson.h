/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What learn logs of a container that has ended, and suggest --learned reads: one line of fields,
 * KEY=VALUE between blanks, each value escaped.
 */
#ifndef ORH_TOOL_LESSON_H
#define ORH_TOOL_LESSON_H

#include <stdbool.h>
#include <stddef.h>

/* The tag of these lines in the system log. */
#define LESSON_TAG "oci-readonly-learn"

/* The longest line: what the log takes. */
#define LESSON_LENGTH_MAX 4000

struct lesson {
	char *image;  /* the engine's name for the image; NULL if it is not known */
	char *layer;  /* the image's topmost layer; NULL if it is not known */
	char *list;   /* the list of tmpfs, "" if nothing is needed; NULL: nothing was learned */
	char *reason; /* why nothing was learned; NULL if something was */
	bool is_cut;  /* there was more than could be read in time */
};

/* Frees the strings, which a lesson owns. */
void lesson_done(struct lesson *lesson);

#define AUTO_LESSON CLEANUP(lesson_done) struct lesson

/* Writes the fields, without the container's, to buffer. Returns 0, or -E2BIG if they are longer
 * than it. */
int lesson_write(const struct lesson *lesson, char *buffer, size_t size);

/*
 * Reads the fields of a line of length bytes, wherever in it they are: a log may put a date and a
 * tag before them. Returns 1; 0 if the line is no lesson; -ENOMEM.
 */
int lesson_read(const char *line, size_t length, struct lesson *ret_lesson);

#endif
