/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories that a container needs as tmpfs, and those that were left out, reduced to a small
 * set. */
#ifndef ORH_TOOL_NEEDS_H
#define ORH_TOOL_NEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "noise.h"
#include "record.h"

/* How many traces are stored as reasons for a directory. */
#define REASONS_SHOWN 3

struct reasons {
	const struct trace *traces[REASONS_SHOWN];
	size_t count; /* the number of all traces */
};

/* Above this number, directories are replaced by their parents if possible. */
#define NEEDS_FEW 24

/* How many different left-out paths are reported. */
#define LEFT_OUT_MAX 20

struct need {
	char *path;		     /* owned */
	struct reasons reasons;	     /* the traces that require it */
	bool has_programs;	     /* it contains executable files */
	const struct trace *program; /* one of these; NULL if unknown */
	const char *offer; /* why it is needed without a trace; borrowed; NULL if it has traces */
	bool is_lacking;   /* the image lacks it: the tmpfs gets the mode and owner below */
	bool has_owner;	   /* uid and gid are set */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct left_out {
	char *path;	 /* owned */
	const char *why; /* borrowed */
	size_t count;	 /* number of traces */
};

struct needs {
	struct need *items; /* sorted by path; none is below another */
	size_t count;
	size_t capacity;
	struct left_out left_out[LEFT_OUT_MAX];
	size_t left_out_count;
	size_t left_out_more;		   /* number of traces that did not fit */
	struct reasons noise[NOISE_KINDS]; /* traces that the container's program did not cause */
};

void needs_done(struct needs *needs);

#define AUTO_NEEDS CLEANUP(needs_done) struct needs

/* Adds a need without a trace, at the end: needs_reduce() sorts. Returns 0 or -ENOMEM. */
int needs_add(struct needs *needs, const char *path, struct need **ret_need);

/* Counts a trace for which nothing is needed. why is not copied. Returns 0 or -ENOMEM. */
int needs_leave_out(struct needs *needs, const char *path, const char *why);

/* May the path be written in an annotation, in every format? It must not contain control
 * characters, or a comma or a double quote, because podman before 5.0 reads annotations as CSV. */
bool needs_is_plain(const char *path);

/* Sorts the needs and reduces them to a small set. */
void needs_reduce(struct needs *needs);

/* Returns the need that path is equal to or below; NULL if there is none. */
struct need *needs_find(const struct needs *needs, const char *path);

#endif
