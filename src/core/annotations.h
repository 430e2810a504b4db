/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's annotations, and the requests in those that belong to the hook. */
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

/* Keys that CRI-O and containerd set: the container's name in the pod, the container type (a pod's
 * sandbox or not), and the sandbox's id. */
#define KEY_CRIO_NAME	       "io.kubernetes.container.name"
#define KEY_CONTAINERD_NAME    "io.kubernetes.cri.container-name"
#define KEY_CRIO_TYPE	       "io.kubernetes.cri-o.ContainerType"
#define KEY_CONTAINERD_TYPE    "io.kubernetes.cri.container-type"
#define KEY_CRIO_SANDBOX       "io.kubernetes.cri-o.SandboxID"
#define KEY_CONTAINERD_SANDBOX "io.kubernetes.cri.sandbox-id"

/* Set by podman: the program that manages the container. */
#define KEY_MANAGER "io.container.manager"

/* Keys and values are borrowed from the JSON document. */
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

/* Frees the array, not the strings. Members may be NULL. */
void annotations_done(struct annotations *annotations);

#define AUTO_ANNOTATIONS CLEANUP(annotations_done) struct annotations

/*
 * Reads an "annotations" object; NULL means that there are none. Every value must be a string
 * without a NUL. At most ANNOTATIONS_MAX are accepted. where names the document in errors
 * ("state"). Returns 0, or an error with STATUS_INPUT. The caller calls annotations_done().
 */
int annotations_read(struct json_object *object, const char *where, struct error *error,
		     struct annotations *ret_annotations);

/* The value of a key, NULL if the key does not exist. */
const char *annotations_get(const struct annotations *annotations, const char *key);

/* The container's name in its pod, from CRI-O's key or else containerd's. NULL if both are missing
 * or empty. */
const char *annotations_container_name(const struct annotations *annotations);

/* The names of the pod and of its Kubernetes namespace, for the log. NULL as above. */
const char *annotations_pod_name(const struct annotations *annotations);
const char *annotations_pod_namespace(const struct annotations *annotations);

/*
 * Is the container a pod's sandbox, which the hook ignores? CRI-O's or containerd's keys must say
 * so, and the sandbox id that they give must be the container's id from the state. A pod's author
 * can set these keys, but cannot know the id.
 */
bool annotations_is_sandbox(const struct annotations *annotations, const char *id);

/* Is it one of podman's containers, which sets this key itself? */
bool annotations_is_podman(const struct annotations *annotations);

/* Does any key look like one of the hook's, even if misspelled? The hooks file uses the same
 * regular expression. */
bool annotations_ask(const struct annotations *annotations);

/* Do the first length bytes of key form a key that the hook acts on, or one that looks like it? */
bool annotations_key_is_read(const char *key, size_t length);

/* Does the key look like a part of a list that was split, so that a list beside it is refused? */
bool annotations_key_is_stray(const char *key);

enum readonly_wish {
	READONLY_UNSAID,
	READONLY_FALSE,
	READONLY_TRUE,
};

/* What the annotations request; contract section 2. */
struct wish {
	enum readonly_wish readonly;
	const char *readonly_key; /* the key that set it, for messages; NULL if unset; borrowed from
				     the annotations */
	const char *list_key;	  /* the key of the list, NULL if there is none; borrowed from the
				     annotations */
	struct tmpfs_list list;
};

void wish_done(struct wish *wish);

#define AUTO_WISH CLEANUP(wish_done) struct wish

/*
 * Sorts the keys that annotations_ask() finds into the wish. Keys that name this container override
 * plain keys. Keys that name other containers are ignored, and their values are not read. Any other
 * key is an error that suggests the nearest known key. A key that looks like an option or a path,
 * next to a list, is what remains of a list that was split; it is an error, too. Returns 0, or an
 * error with STATUS_ANNOTATION that begins with the key.
 */
int annotations_wish(const struct annotations *annotations, struct error *error,
		     struct wish *ret_wish);

#endif
