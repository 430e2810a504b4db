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

/* What CRI-O and containerd say of a container: its name in the pod, whether it is the pod's
 * sandbox, and the sandbox's id. */
#define KEY_CRIO_NAME	       "io.kubernetes.container.name"
#define KEY_CONTAINERD_NAME    "io.kubernetes.cri.container-name"
#define KEY_CRIO_TYPE	       "io.kubernetes.cri-o.ContainerType"
#define KEY_CONTAINERD_TYPE    "io.kubernetes.cri.container-type"
#define KEY_CRIO_SANDBOX       "io.kubernetes.cri-o.SandboxID"
#define KEY_CONTAINERD_SANDBOX "io.kubernetes.cri.sandbox-id"

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
 * Is this a pod's sandbox, which the hook leaves alone? CRI-O's keys or containerd's must say so,
 * and name the container's own id, which is the state's, as the sandbox's: an author can set the
 * keys, but cannot know the id.
 */
bool annotations_is_sandbox(const struct annotations *annotations, const char *id);

/* Is there a key that looks like one of the hook's, also a misspelt one? The hooks file has the
 * same expression. */
bool annotations_ask(const struct annotations *annotations);

/* Are the key's first length bytes a key that decides something, or look like one? */
bool annotations_key_is_read(const char *key, size_t length);

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
 * Sorts the keys that annotations_ask() finds into the wish: plain keys, those for this container
 * by name (which win), those of other containers (ignored unread), and the rest, which are refused
 * with the nearest known key. Refuses what is left of a list that was split: a key named like an
 * option, or like a path, beside a list. Returns 0, or STATUS_ANNOTATION's error, which begins with
 * the key.
 */
int annotations_wish(const struct annotations *annotations, struct error *error,
		     struct wish *ret_wish);

#endif
