/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container has written below its root, whoever tells it: the facts that needs are made of.
 */
#ifndef ORH_TOOL_RECORD_H
#define ORH_TOOL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/memory.h"

/* More entries than this are not taken. */
#define RECORD_MAX 500000

/* An owner that the container's user namespace does not have. */
#define ID_UNKNOWN ((uid_t)-1)

enum trace_kind {
	TRACE_CHANGED,
	TRACE_ADDED, /* the image does not have it */
	TRACE_DELETED,
};

enum trace_type {
	TRACE_UNKNOWN, /* a diff does not tell */
	TRACE_DIRECTORY,
	TRACE_FILE, /* a regular file */
	TRACE_OTHER,
};

struct trace {
	char *path; /* absolute, in normal form; owned */
	enum trace_kind kind;
	enum trace_type type;
	bool is_touched; /* a directory in which something was made and removed again, or a file
			    made without a name */
	bool has_owner;	 /* the members below are known; ids are the container's */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct paths {
	char **items;
	size_t count;
	size_t capacity;
};

/* A tmpfs that the hook has mounted. */
struct kept {
	char *path; /* owned */
	bool is_exec;
};

struct record {
	struct trace *traces;
	size_t count;
	size_t capacity;
	struct paths mounts; /* where the container has mounts: destinations in normal form */
	struct kept *kept;
	size_t kept_count;
	size_t kept_capacity;
	bool is_readonly; /* the root is, already */
	bool has_mounts;  /* these are known, and are all */
	bool has_layer;	  /* all of it is from an upper directory, which shows more than a diff */
	bool is_cut;	  /* there was more than was read */
	char *cwd;	  /* of the container's process, which a runtime makes; owned, or NULL */
};

/* As strcmp(3), but "/" is less than any other byte: what is below a directory follows it. */
int path_compare(const char *a, const char *b);

void record_done(struct record *record);

#define AUTO_RECORD CLEANUP(record_done) struct record

/* Adds a copy. Returns 0, -ENOMEM, -E2BIG past RECORD_MAX, or -EINVAL if the path is not absolute,
 * in normal form and at most PATH_LENGTH_MAX long. */
int record_add(struct record *record, const struct trace *trace);

/* Adds a mount point. Returns as record_add() does; "/" is silently left out. */
int record_add_mount(struct record *record, const char *path);

/* Adds a tmpfs that the hook has mounted. Returns as record_add() does. */
int record_add_kept(struct record *record, const char *path, bool is_exec);

/*
 * Sorts the traces so that each stands before those below it, and makes one of those with the same
 * path: what one of them knows is known; the image has what one of them says that it has.
 */
void record_sort(struct record *record);

/* Is the path a mount point, or below one? Once sorted. */
bool record_is_mounted(const struct record *record, const char *path);

/* Is there a mount point below the path? Once sorted. */
bool record_leads_to_mount(const struct record *record, const char *path);

#endif
