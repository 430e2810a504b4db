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

/* The stage of the hook, by the state's status. */
enum hook_stage {
	STAGE_UNKNOWN, /* not known to be wrong */
	STAGE_RUNNING,
	STAGE_STOPPED,
};

struct state {
	struct json_object *document; /* owns the strings below */
	const char *id;
	const char *bundle; /* absolute */
	bool is_crun;	    /* has crun's "root" member */
	const char *root;   /* the value of "root" if it is absolute, or NULL */
	pid_t pid;	    /* at least 1 */
	enum hook_stage stage;
	bool has_annotations; /* the annotations are known: the member exists, or the state is
				 crun's, which omits it if there are none */
	struct annotations annotations;
};

void state_done(struct state *state);

#define AUTO_STATE CLEANUP(state_done) struct state

/*
 * Parses the state. Required: id (a name without "/", as in all runtimes), pid (1 to INT32_MAX),
 * bundle (absolute). Unknown members are ignored. ret_id_on_error (STATE_ID_MAX + 1 bytes) is
 * always written: if another member is invalid, it has the id for the message, or "" if the id is
 * unknown. Errors have STATUS_INPUT.
 */
int state_parse(const char *text, size_t length, struct error *error,
		char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state);

/* The same for a container that has ended, at poststop. The pid, which some runtimes omit, is not
 * read and is 0. */
int state_parse_stopped(const char *text, size_t length, struct error *error,
			char ret_id_on_error[static STATE_ID_MAX + 1], struct state *ret_state);

/* Refuses, with STATUS_INPUT, a state whose container process has already started: the hook is
 * registered for a stage other than createRuntime. */
int state_check_stage(const struct state *state, struct error *error);

#endif
