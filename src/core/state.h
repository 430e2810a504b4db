/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The OCI state that the runtime writes to the hook's standard input. */
#ifndef ORH_CORE_STATE_H
#define ORH_CORE_STATE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <sys/types.h>

#include "annotations.h"
#include "error.h"

#define STATE_LENGTH_MAX (1024 * 1024)
#define STATE_ID_MAX	 1024

/* What the state's status says of when the hook runs. */
enum hook_stage {
	STAGE_UNKNOWN, /* nothing that is known to be wrong */
	STAGE_RUNNING,
	STAGE_STOPPED,
};

struct state {
	struct json_object *document; /* owns the strings below */
	const char *id;
	const char *bundle; /* absolute */
	bool is_crun;	    /* it has crun's own "root" */
	const char *root;   /* the same, if it is absolute; or NULL */
	pid_t pid;	    /* 1 and more */
	enum hook_stage stage;
	bool has_annotations; /* the annotations are known: the member is there, or it is crun's
				 state, which leaves it out if there are none */
	struct annotations annotations;
};

void state_done(struct state *state);

#define AUTO_STATE CLEANUP(state_done) struct state

/*
 * Parses the state. Required: id (a name without "/", as runtimes have it), pid (1 to INT32_MAX),
 * bundle (absolute). Unknown members are passed over. Where the id could be read before another
 * member failed, ret_id_on_error (of STATE_ID_MAX + 1 bytes; always written, "" if there was none)
 * says it, for the message. Errors have STATUS_INPUT.
 */
int state_parse(const char *text, size_t length, struct error *error,
		char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state);

/* The same of a container that has ended, at poststop: its pid, which runtimes leave out or keep,
 * is not read, and is 0. */
int state_parse_stopped(const char *text, size_t length, struct error *error,
			char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state);

/* Refuses, with STATUS_INPUT, a state that says that the container's process was started already:
 * the hook is registered for another stage than createRuntime. */
int state_check_stage(const struct state *state, struct error *error);

#endif
