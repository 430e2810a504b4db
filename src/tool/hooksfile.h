/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a hooks file as an engine does: oci-hooks(5), version 1.0.0. */
#ifndef ORH_TOOL_HOOKSFILE_H
#define ORH_TOOL_HOOKSFILE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

#define HOOKSFILE_ARGS_MAX 256

enum hooks_program {
	PROGRAM_OTHER, /* another program */
	PROGRAM_HOOK,
	PROGRAM_LEARN, /* oci-readonly learn */
};

struct hooksfile {
	struct json_object *document;
	enum hooks_program program;
	const char *binary; /* borrowed from the document, like the following members; NULL for
			       PROGRAM_OTHER */
	const char *args[HOOKSFILE_ARGS_MAX];
	int args_count;
	struct json_object *stages; /* an array */
	struct json_object *when;   /* an object, or NULL */
};

void hooksfile_done(struct hooksfile *file);

#define AUTO_HOOKSFILE CLEANUP(hooksfile_done) struct hooksfile

/*
 * Parses a hooks file. If it does not call one of our programs, only its JSON syntax is checked.
 * text has a NUL after its length. Errors: STATUS_INPUT if engines refuse the file, so that no
 * container starts; -ENOTSUP for an unsupported version.
 */
int hooksfile_parse(const char *text, size_t length, struct error *error,
		    struct hooksfile *ret_file);

/* Parses a member of an OCI config.json's "hooks" in the same way: {"path": ..., "args": ...}. */
int hooksfile_parse_hook(struct json_object *hook, struct error *error, struct hooksfile *ret_file);

/* Is it called at this stage only? */
bool hooksfile_has_stage(const struct hooksfile *file, const char *stage);

/* Formats the file's stages for a message: "prestart, poststop". */
void hooksfile_stages(const struct hooksfile *file, char *buffer, size_t size);

enum hooks_match {
	MATCH_NO,
	MATCH_YES,
	MATCH_UNKNOWN, /* a condition or a regular expression that is not supported here */
};

/* Is it called for a container that has only this annotation? */
enum hooks_match hooksfile_matches(const struct hooksfile *file, const char *key,
				   const char *value);

#endif
