/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that learn logs for a container that has exited, and that suggest --learned reads:
 * fields KEY=VALUE, separated by blanks, with escaped values. */
#ifndef ORH_TOOL_LESSON_H
#define ORH_TOOL_LESSON_H

#include <stdbool.h>
#include <stddef.h>

/* The tag of these lines in the system log. */
#define LESSON_TAG "oci-readonly-learn"

/* The maximum length of a line that the system log accepts. */
#define LESSON_LENGTH_MAX 4000

struct lesson {
	char *image;  /* the engine's name of the image; NULL if unknown */
	char *layer;  /* the image's topmost layer; NULL if unknown */
	char *list;   /* the list of tmpfs; "" if none is needed; NULL if nothing was learned */
	char *reason; /* why nothing was learned; NULL if something was */
	bool is_cut;  /* not all could be read in time */
};

/* Frees the strings, which the lesson owns. */
void lesson_done(struct lesson *lesson);

#define AUTO_LESSON CLEANUP(lesson_done) struct lesson

/* Writes the fields of the lesson to buffer. Returns 0, or -E2BIG if they do not fit. */
int lesson_write(const struct lesson *lesson, char *buffer, size_t size);

/* Reads the fields of a line of length bytes. They may be anywhere in it: a log may put a date and
 * a tag before them. Returns 1; 0 if the line is not a lesson; -ENOMEM. */
int lesson_read(const char *line, size_t length, struct lesson *ret_lesson);

#endif
