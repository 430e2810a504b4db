/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One container that oci-readonly check is asked about, wherever it was read from. */
#ifndef ORH_TOOL_SUBJECT_H
#define ORH_TOOL_SUBJECT_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "core/bundle.h"
#include "written.h"

struct subject {
	char *title; /* "Deployment web, container app"; NULL if there is only one; owned */
	struct written_list annotations;
	struct bundle bundle;  /* without annotations of its own */
	const char *id;	       /* the container's, as far as it is known; "" if not */
	uint64_t memory_limit; /* in bytes; 0: none is known */
	bool is_user_known;    /* bundle.uid and bundle.gid are the process's */
	bool is_for_podman;    /* its annotations come from a command line of podman */
};

void subject_done(struct subject *subject);

#define AUTO_SUBJECT CLEANUP(subject_done) struct subject

/*
 * A config.json that has nothing but what engines always mount: /proc, /dev, /sys and below. For
 * the caller to add to; NULL if out of memory.
 */
struct json_object *subject_config(void);

/* Adds to its mounts. Takes source over; options may be NULL. */
void subject_add_mount(struct json_object *config, const char *destination, const char *type,
		       const char *source, const char *option);

/* Parses it as the hook parses a bundle's. Errors as bundle_parse(). */
int subject_set_config(struct subject *subject, struct json_object *config, struct error *error);

#endif
