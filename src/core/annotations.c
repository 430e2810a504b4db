/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "annotations.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "json.h"
#include "nearest.h"

void annotations_done(struct annotations *annotations)
{
	free_ptr(&annotations->items);
	annotations->count = annotations->capacity = 0;
}

void wish_done(struct wish *wish)
{
	tmpfs_list_done(&wish->list);
}

static int add_annotation(struct json_object *value, const char *key, const char *where,
			  struct error *error, struct annotations *annotations)
{
	int r;

	if (!json_object_is_type(value, json_type_string))
		return error_set(error, STATUS_INPUT, 0,
				 "%s: annotations: '%" NAME_SHOWN "' must be a string", where, key);
	if (annotations->count == ANNOTATIONS_MAX)
		return error_set(error, STATUS_INPUT, 0, "%s: annotations: more than %d", where,
				 ANNOTATIONS_MAX);
	r = array_reserve(&annotations->items, &annotations->capacity, annotations->count,
			  sizeof(*annotations->items));
	if (r < 0)
		return error_memory(error);
	annotations->items[annotations->count++] =
		(struct annotation){.key = key, .value = json_object_get_string(value)};
	return 0;
}

int annotations_read(struct json_object *object, const char *where, struct error *error,
		     struct annotations *ret_annotations)
{
	AUTO_ANNOTATIONS annotations = {0};
	int r;

	if (object) {
		json_object_object_foreach(object, key, value)
		{
			r = add_annotation(value, key, where, error, &annotations);
			if (r < 0)
				return r;
		}
	}
	*ret_annotations = annotations;
	annotations = (struct annotations){0};
	return 0;
}

const char *annotations_get(const struct annotations *annotations, const char *key)
{
	for (size_t i = 0; i < annotations->count; i++)
		if (!strcmp(annotations->items[i].key, key))
			return annotations->items[i].value;
	return NULL;
}

/* What CRI-O says, or else containerd. */
static const char *get_either(const struct annotations *annotations, const char *crio,
			      const char *containerd)
{
	const char *value = annotations_get(annotations, crio);

	if (!value || !*value)
		value = annotations_get(annotations, containerd);
	return value && *value ? value : NULL;
}

const char *annotations_container_name(const struct annotations *annotations)
{
	return get_either(annotations, "io.kubernetes.container.name",
			  "io.kubernetes.cri.container-name");
}

const char *annotations_pod_name(const struct annotations *annotations)
{
	return get_either(annotations, "io.kubernetes.pod.name", "io.kubernetes.cri.sandbox-name");
}

const char *annotations_pod_namespace(const struct annotations *annotations)
{
	return get_either(annotations, "io.kubernetes.pod.namespace",
			  "io.kubernetes.cri.sandbox-namespace");
}

bool annotations_is_sandbox(const struct annotations *annotations)
{
	const char *crio = annotations_get(annotations, "io.kubernetes.cri-o.ContainerType");
	const char *containerd = annotations_get(annotations, "io.kubernetes.cri.container-type");

	/* Each engine writes its own key over whatever a pod's author puts there, and hands the
	 * other's on as it is: it takes every one that is there. */
	return (crio || containerd) && (!crio || !strcmp(crio, "sandbox")) &&
	       (!containerd || !strcmp(containerd, "sandbox"));
}

/* The annotations that concern this container. Those with its name stand before the plain ones. */
struct sorted {
	const struct annotation *readonly;
	const struct annotation *readonly_named;
	const struct annotation *list;
	const struct annotation *list_named;
	const struct annotation *bare; /* named like an option with a value */
};

static const char *const known_keys[] = {KEY_READONLY, KEY_TMPFS};

static int unknown_key(const char *key, struct error *error)
{
	size_t length = strcspn(key, "/");
	const char *nearest =
		nearest_name(key, length, known_keys, ARRAY_SIZE(known_keys), NEAREST_LENGTH_MAX);

	/* Too far from both: the key of which it has the beginning. */
	if (!nearest)
		nearest = KEY_READONLY;
	return error_set(error, STATUS_ANNOTATION, 0,
			 "%" NAME_SHOWN ": no such annotation; did you mean '%s%.100s'?", key,
			 nearest, key[length] && key[length + 1] ? key + length : "");
}

/* A key "PLAIN/NAME". */
static int sort_named(const struct annotation *annotation, const char *plain, const char *container,
		      struct error *error, const struct annotation **slot)
{
	const char *name = annotation->key + strlen(plain) + 1;

	if (!*name)
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%s: the container's name is missing behind the '/'",
				 annotation->key);
	if (!container)
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%" NAME_SHOWN
				 ": no annotation says which container of a pod this is; "
				 "use the key '%s'",
				 annotation->key, plain);
	if (!strcmp(name, container))
		*slot = annotation;
	return 0;
}

static bool is_bare_option(const char *key)
{
	static const char *const names[] = {"mode", "uid",  "gid", "nr_inodes",
					    "size", "seed", "huge"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(key, names[i]))
			return true;
	return false;
}

static int sort_one(const struct annotation *annotation, const char *container, struct error *error,
		    struct sorted *sorted)
{
	const char *key = annotation->key;

	if (strncmp(key, KEY_PREFIX, strlen(KEY_PREFIX)) != 0) {
		if (is_bare_option(key))
			sorted->bare = annotation;
		return 0;
	}
	if (!strcmp(key, KEY_READONLY))
		sorted->readonly = annotation;
	else if (!strcmp(key, KEY_TMPFS))
		sorted->list = annotation;
	else if (!strncmp(key, KEY_READONLY "/", strlen(KEY_READONLY "/")))
		return sort_named(annotation, KEY_READONLY, container, error,
				  &sorted->readonly_named);
	else if (!strncmp(key, KEY_TMPFS "/", strlen(KEY_TMPFS "/")))
		return sort_named(annotation, KEY_TMPFS, container, error, &sorted->list_named);
	else
		return unknown_key(key, error);
	return 0;
}

static int read_readonly(const struct annotation *annotation, struct error *error,
			 struct wish *wish)
{
	if (!strcmp(annotation->value, "true"))
		wish->readonly = READONLY_TRUE;
	else if (!strcmp(annotation->value, "false"))
		wish->readonly = READONLY_FALSE;
	else {
		int r = error_set(error, STATUS_ANNOTATION, 0,
				  "%" NAME_SHOWN ": '%" NAME_SHOWN
				  "' is neither 'true' nor 'false'",
				  annotation->key, annotation->value);

		error->offset = 0;
		return r;
	}
	wish->readonly_key = annotation->key;
	return 0;
}

static int read_list(const struct annotation *annotation, const struct annotation *bare,
		     struct error *error, struct wish *wish)
{
	int r;

	if (bare)
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%" NAME_SHOWN
				 ": an annotation '%s' stands beside it: podman before 5.0 "
				 "splits annotations at ','; write ':%s=%.100s' in the list",
				 annotation->key, bare->key, bare->key, bare->value);
	r = tmpfs_list_parse(annotation->value, error, &wish->list);
	if (r < 0)
		return error_wrap(error, "%" NAME_SHOWN, annotation->key);
	wish->list_key = annotation->key;
	return 0;
}

int annotations_wish(const struct annotations *annotations, struct error *error,
		     struct wish *ret_wish)
{
	const char *container = annotations_container_name(annotations);
	const struct annotation *readonly, *list;
	AUTO_WISH wish = {0};
	struct sorted sorted = {0};
	int r;

	for (size_t i = 0; i < annotations->count; i++) {
		r = sort_one(&annotations->items[i], container, error, &sorted);
		if (r < 0)
			return r;
	}
	readonly = sorted.readonly_named ? sorted.readonly_named : sorted.readonly;
	if (readonly) {
		r = read_readonly(readonly, error, &wish);
		if (r < 0)
			return r;
	}
	list = sorted.list_named ? sorted.list_named : sorted.list;
	if (list) {
		r = read_list(list, sorted.bare, error, &wish);
		if (r < 0)
			return r;
	}
	*ret_wish = wish;
	wish = (struct wish){0};
	return 0;
}
