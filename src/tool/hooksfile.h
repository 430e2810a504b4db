/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hooks file, oci-hooks(5), version 1.0.0: what an engine makes of it. */
#ifndef ORH_TOOL_HOOKSFILE_H
#define ORH_TOOL_HOOKSFILE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

#define HOOKSFILE_ARGS_MAX 256

enum hooks_program {
	PROGRAM_OTHER, /* none of ours */
	PROGRAM_HOOK,
	PROGRAM_LEARN, /* oci-readonly learn */
};

struct hooksfile {
	struct json_object *document;
	enum hooks_program program;
	const char *binary; /* the document's, as is all that follows; NULL for PROGRAM_OTHER */
	const char *args[HOOKSFILE_ARGS_MAX];
	int args_count;
	struct json_object *stages; /* an array */
	struct json_object *when;   /* an object, or NULL */
};

void hooksfile_done(struct hooksfile *file);

#define AUTO_HOOKSFILE CLEANUP(hooksfile_done) struct hooksfile

/*
 * Parses a hooks file. Of one that calls none of our programs nothing but its JSON is looked at.
 * text has a NUL after its length. Errors: STATUS_INPUT: what engines refuse, and then no container
 * starts; -ENOTSUP: a version that is not read here.
 */
int hooksfile_parse(const char *text, size_t length, struct error *error,
		    struct hooksfile *ret_file);

/* The same of a member of an OCI config.json's "hooks": {"path": ..., "args": ...}. */
int hooksfile_parse_hook(struct json_object *hook, struct error *error, struct hooksfile *ret_file);

/* Is it called at this stage, and at no other? */
bool hooksfile_has_stage(const struct hooksfile *file, const char *stage);

/* The stages that it names, for a message: "prestart, poststop". */
void hooksfile_stages(const struct hooksfile *file, char *buffer, size_t size);

enum hooks_match {
	MATCH_NO,
	MATCH_YES,
	MATCH_UNKNOWN, /* a condition, or a regular expression, that is not read here */
};

/* Is it called for a container that has this annotation only? */
enum hooks_match hooksfile_matches(const struct hooksfile *file, const char *key,
				   const char *value);

#endif
