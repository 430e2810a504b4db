/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container has written below its root, from any source: the input for the needs. */
#ifndef ORH_TOOL_RECORD_H
#define ORH_TOOL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/memory.h"

/* The maximum number of entries. */
#define RECORD_MAX 500000

/* An owner that is unmapped in the container's user namespace. */
#define ID_UNKNOWN ((uid_t)UINT32_MAX)

enum trace_kind {
	TRACE_CHANGED,
	TRACE_ADDED, /* the image does not have it */
	TRACE_DELETED,
};

enum trace_type {
	TRACE_UNKNOWN, /* unknown: a diff does not say */
	TRACE_DIRECTORY,
	TRACE_FILE, /* a regular file */
	TRACE_OTHER,
};

struct trace {
	char *path; /* absolute, in normal form; owned */
	enum trace_kind kind;
	enum trace_type type;
	bool is_touched; /* a directory in which an entry was created and removed, or an unnamed
			    file was created */
	bool has_owner;	 /* the members below are set; the ids are the container's */
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
	struct paths mounts; /* the container's mount points, in normal form */
	struct kept *kept;
	size_t kept_count;
	size_t kept_capacity;
	bool is_readonly; /* the root is already read-only */
	bool has_mounts;  /* mounts is complete */
	bool has_layer;	  /* all traces are from an upper directory, which shows more than a diff */
	bool is_cut;	  /* not all was read */
	char *cwd;	  /* of the container's process, created by the runtime; owned, or NULL */
};

/* Like strcmp(3), but "/" is less than any other byte, so that a directory's contents follow it
 * directly. */
int path_compare(const char *a, const char *b);

void record_done(struct record *record);

#define AUTO_RECORD CLEANUP(record_done) struct record

/* Adds a copy. Returns 0, -ENOMEM, -E2BIG if there are more than RECORD_MAX, or -EINVAL if the path
 * is not absolute, not in normal form, or longer than PATH_LENGTH_MAX. */
int record_add(struct record *record, const struct trace *trace);

/* Adds a mount point; "/" is silently ignored. Returns as record_add() does. */
int record_add_mount(struct record *record, const char *path);

/* Adds a tmpfs that the hook has mounted. Returns as record_add() does. */
int record_add_kept(struct record *record, const char *path, bool is_exec);

/* Sorts the traces so that each precedes those below it, and merges those with the same path: a
 * fact that one of them knows is kept, and the image has the path if one of them says so. */
void record_sort(struct record *record);

/* Is the path a mount point, or below one? The record must be sorted. */
bool record_is_mounted(const struct record *record, const char *path);

/* Is a mount point below the path? The record must be sorted. */
bool record_leads_to_mount(const struct record *record, const char *path);

#endif
