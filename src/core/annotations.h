/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's annotations, and what those of the hook's own ask for. */
#ifndef ORH_CORE_ANNOTATIONS_H
#define ORH_CORE_ANNOTATIONS_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "tmpfs_list.h"

#define KEY_PREFIX   "io.containers.readonly"
#define KEY_READONLY KEY_PREFIX
#define KEY_TMPFS    KEY_PREFIX ".tmpfs"

/* Keys and values belong to the JSON document they came from. */
struct annotation {
	const char *key;
	const char *value;
};

struct annotations {
	struct annotation *items;
	size_t count;
	size_t capacity;
};

#define ANNOTATIONS_MAX 4096

/* Frees the array, not the strings. Takes NULL members. */
void annotations_done(struct annotations *annotations);

#define AUTO_ANNOTATIONS CLEANUP(annotations_done) struct annotations

/*
 * Reads an "annotations" object (NULL: none): every value must be a string without a NUL, and there
 * may be ANNOTATIONS_MAX. where names the document in errors ("state"). Returns 0, or
 * STATUS_INPUT's error. The caller calls annotations_done().
 */
int annotations_read(struct json_object *object, const char *where, struct error *error,
		     struct annotations *ret_annotations);

/* The value of a key, NULL if there is none. */
const char *annotations_get(const struct annotations *annotations, const char *key);

/* The name of this container in its pod: CRI-O's key, then containerd's; NULL where neither says
 * it, or it is empty. */
const char *annotations_container_name(const struct annotations *annotations);

/* The name of its pod, and of the namespace that the pod is in: for the log. NULL as above. */
const char *annotations_pod_name(const struct annotations *annotations);
const char *annotations_pod_namespace(const struct annotations *annotations);

/*
 * Is this a pod's sandbox, which the hook leaves alone? CRI-O and containerd each have a key, which
 * each writes over what a pod's author puts there, while it hands the other's on: every one that is
 * there has to say so.
 */
bool annotations_is_sandbox(const struct annotations *annotations);

enum readonly_wish {
	READONLY_UNSAID,
	READONLY_FALSE,
	READONLY_TRUE,
};

/* What the annotations ask for, by contract section 2. */
struct wish {
	enum readonly_wish readonly;
	const char *readonly_key; /* the key that said so, for messages; NULL if unsaid; the
				     annotations' own */
	const char
		*list_key; /* the key of the list, NULL where there is none; the annotations' own */
	struct tmpfs_list list;
};

void wish_done(struct wish *wish);

#define AUTO_WISH CLEANUP(wish_done) struct wish

/*
 * Sorts the keys that begin with KEY_PREFIX into the wish: plain keys, those for this container by
 * name (which win), those of other containers (passed over unread), and the rest, which are refused
 * with the nearest known key. Refuses podman's split commas: a bare key named like an option beside
 * a list. Returns 0, or STATUS_ANNOTATION's error, which begins with the key.
 */
int annotations_wish(const struct annotations *annotations, struct error *error,
		     struct wish *ret_wish);

#endif
