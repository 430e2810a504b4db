/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories that a container needs as tmpfs, and what was left out: a set that is brought
 * down to as few as will do. */
#ifndef ORH_TOOL_NEEDS_H
#define ORH_TOOL_NEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "noise.h"
#include "record.h"

/* How many of the traces that are a reason for something are remembered. */
#define REASONS_SHOWN 3

struct reasons {
	const struct trace *traces[REASONS_SHOWN];
	size_t count; /* of all */
};

/* More directories than this are brought down to their parents, where these will do. */
#define NEEDS_FEW 24

/* How many different things that are left out are told. */
#define LEFT_OUT_MAX 20

struct need {
	char *path;		     /* owned */
	struct reasons reasons;	     /* the traces that it is needed for */
	bool has_programs;	     /* executable files are among them */
	const struct trace *program; /* one of these; NULL if it is not known */
	const char *offer; /* why it is needed without a trace; never owned; NULL if it has one */
	bool is_lacking;   /* the image does not have it: the tmpfs gets the mode and owner below */
	bool has_owner;	   /* uid and gid are known */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct left_out {
	char *path;	 /* owned */
	const char *why; /* never owned */
	size_t count;	 /* of traces */
};

struct needs {
	struct need *items; /* sorted by path, none below another */
	size_t count;
	size_t capacity;
	struct left_out left_out[LEFT_OUT_MAX];
	size_t left_out_count;
	size_t left_out_more;		   /* traces for which there was no more room */
	struct reasons noise[NOISE_KINDS]; /* what is not the container's own doing */
};

void needs_done(struct needs *needs);

#define AUTO_NEEDS CLEANUP(needs_done) struct needs

/* Adds a need for a directory, with no trace: needs_reduce() puts it in its place. Returns 0 or
 * -ENOMEM. */
int needs_add(struct needs *needs, const char *path, struct need **ret_need);

/* Counts a trace that nothing is needed for. why is never copied. Returns 0 or -ENOMEM. */
int needs_leave_out(struct needs *needs, const char *path, const char *why);

/*
 * May the name be part of an annotation, whatever that is written in? It has no control characters;
 * nor has it a comma or a double quote: podman before 5.0 reads annotations as CSV.
 */
bool needs_is_plain(const char *path);

/* Sorts the needs, and leaves as few as will do. */
void needs_reduce(struct needs *needs);

/* The need that a path is at or below; NULL if none. */
struct need *needs_find(const struct needs *needs, const char *path);

#endif
