/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container that oci-readonly check examines, from any source. */
#ifndef ORH_TOOL_SUBJECT_H
#define ORH_TOOL_SUBJECT_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "core/bundle.h"
#include "written.h"

struct subject {
	char *title; /* "Deployment web, container app"; owned; NULL if there is only one */
	struct written_list annotations;
	struct bundle bundle;  /* its annotations are empty */
	const char *id;	       /* the container's id; "" if unknown */
	uint64_t memory_limit; /* in bytes; 0: unknown, or no limit */
	bool is_user_known;    /* bundle.uid and bundle.gid are those of the process */
	bool is_for_podman;    /* its annotations are for podman's command line */
};

void subject_done(struct subject *subject);

#define AUTO_SUBJECT CLEANUP(subject_done) struct subject

/* Returns a config.json with only the mounts that engines always add: /proc, /dev, /sys and below.
 * The caller may add to it. NULL if out of memory. */
struct json_object *subject_config(void);

/* Adds a mount to config. Takes ownership of source. options may be NULL. */
void subject_add_mount(struct json_object *config, const char *destination, const char *type,
		       const char *source, const char *option);

/* Parses config as the hook parses a bundle's. Errors: those of bundle_parse(). */
int subject_set_config(struct subject *subject, struct json_object *config, struct error *error);

#endif
