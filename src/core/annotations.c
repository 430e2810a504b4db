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

/* The value of CRI-O's key or, without it, of containerd's. */
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
	return get_either(annotations, KEY_CRIO_NAME, KEY_CONTAINERD_NAME);
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

/* Does either of the two keys exist with this value? */
static bool either_is(const struct annotations *annotations, const char *crio,
		      const char *containerd, const char *wanted)
{
	const char *values[] = {annotations_get(annotations, crio),
				annotations_get(annotations, containerd)};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i] && !strcmp(values[i], wanted))
			return true;
	return false;
}

bool annotations_is_sandbox(const struct annotations *annotations, const char *id)
{
	/* Authors can set the type, but they cannot know the id. */
	return either_is(annotations, KEY_CRIO_TYPE, KEY_CONTAINERD_TYPE, "sandbox") &&
	       either_is(annotations, KEY_CRIO_SANDBOX, KEY_CONTAINERD_SANDBOX, id);
}

bool annotations_is_podman(const struct annotations *annotations)
{
	const char *manager = annotations_get(annotations, KEY_MANAGER);

	return manager && !strcmp(manager, "libpod");
}

/* Skips the word at the start of the text, in any case. */
static bool skip_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncasecmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

/* What follows the hook's prefix in a key, NULL if the key does not begin with it. The prefix is
 * the regular expression of the hooks file, ^io\.containers?\.read[-_.]?only, in any case. */
static const char *own_key_rest(const char *key)
{
	if (!skip_word(&key, "io.container"))
		return NULL;
	skip_word(&key, "s");
	if (!skip_word(&key, ".read"))
		return NULL;
	if (*key && strchr("-_.", *key))
		key++;
	return skip_word(&key, "only") ? key : NULL;
}

bool annotations_ask(const struct annotations *annotations)
{
	for (size_t i = 0; i < annotations->count; i++)
		if (own_key_rest(annotations->items[i].key))
			return true;
	return false;
}

bool annotations_key_is_read(const char *key, size_t length)
{
	static const char *const keys[] = {
		KEY_CRIO_NAME,	     KEY_CONTAINERD_NAME, KEY_CRIO_TYPE,
		KEY_CONTAINERD_TYPE, KEY_CRIO_SANDBOX,	  KEY_CONTAINERD_SANDBOX,
	};
	const char *rest = own_key_rest(key);

	if (rest)
		return (size_t)(rest - key) <= length;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i]) == length && !memcmp(keys[i], key, length))
			return true;
	return false;
}

/* The annotations that apply to this container. Those that name the container precede the plain
 * ones. */
struct sorted {
	const struct annotation *readonly;
	const struct annotation *readonly_named;
	const struct annotation *list;
	const struct annotation *list_named;
	const struct annotation *stray; /* part of a list that was split */
};

/* Maximum edit distance from ".tmpfs" at which a key is taken for a misspelling of it. */
#define LIST_EDITS_MAX 3

/* rest is the part of the key after the hook's prefix. */
static int unknown_key(const char *key, const char *rest, struct error *error)
{
	static const char tmpfs[] = "tmpfs";
	static const char *const list_rest[] = {".tmpfs"};
	size_t length = strcspn(rest, "/:");
	bool is_list = nearest_name(rest, length, list_rest, 1, LIST_EDITS_MAX) ||
		       memmem(rest, length, tmpfs, strlen(tmpfs));
	bool has_name = rest[length] == '/' && rest[length + 1];

	return error_set(error, STATUS_ANNOTATION, 0,
			 "%" NAME_SHOWN ": no such annotation; did you mean '%s%.100s'?", key,
			 is_list ? KEY_TMPFS : KEY_READONLY, has_name ? rest + length : "");
}

/* Sorts a key of the form "PLAIN/NAME". */
static int sort_named(const struct annotation *annotation, const char *plain, const char *container,
		      struct error *error, const struct annotation **slot)
{
	const char *name = annotation->key + strlen(plain) + 1;

	if (!*name)
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%s: the container's name is missing after the '/'; did you mean "
				 "'%s'?",
				 annotation->key, plain);
	if (!container)
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%" NAME_SHOWN ": no annotation names this container of the pod; "
				 "use the key '%s'",
				 annotation->key, plain);
	if (!strcmp(name, container))
		*slot = annotation;
	return 0;
}

/* Does the key look like an option with a value, or like another entry? A runtime may have cut the
 * key at a '='. */
bool annotations_key_is_stray(const char *key)
{
	static const char *const names[] = {"mode", "uid",  "gid", "nr_inodes",
					    "size", "seed", "huge"};
	size_t length = strcspn(key, "=");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == length && !memcmp(names[i], key, length))
			return true;
	return *key == '/';
}

static int sort_one(const struct annotation *annotation, const char *container, struct error *error,
		    struct sorted *sorted)
{
	const char *key = annotation->key;
	const char *rest = own_key_rest(key);

	if (!rest) {
		if (annotations_key_is_stray(key))
			sorted->stray = annotation;
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
		return unknown_key(key, rest, error);
	return 0;
}

static int read_readonly(const struct annotation *annotation, struct error *error,
			 struct wish *wish)
{
	const char *value = annotation->value;
	int r;

	if (!strcmp(value, "true")) {
		wish->readonly = READONLY_TRUE;
	} else if (!strcmp(value, "false")) {
		wish->readonly = READONLY_FALSE;
	} else {
		bool is_cased = !strcasecmp(value, "true") || !strcasecmp(value, "false");

		r = error_set(error, STATUS_ANNOTATION, 0,
			      "%" NAME_SHOWN ": '%" NAME_SHOWN "' is neither 'true' nor 'false'%s",
			      annotation->key, value,
			      is_cased ? "; write lower-case, and quote it in YAML" : "");
		error->offset = 0;
		return r;
	}
	wish->readonly_key = annotation->key;
	return 0;
}

static int refuse_stray(const char *key, const struct annotation *stray, struct error *error)
{
	bool is_path = *stray->key == '/';

	return error_set(error, STATUS_ANNOTATION, 0,
			 "%" NAME_SHOWN ": there is also an annotation '%.100s': podman before "
			 "5.0 splits annotations at ','%s; write '%c%.100s%s%.100s' in the list%s",
			 key, stray->key, is_path ? ", and systemd splits them at a blank" : "",
			 is_path ? ';' : ':', stray->key, *stray->value ? "=" : "", stray->value,
			 is_path ? ", and quote it" : "");
}

static int read_list(const struct annotation *annotation, const struct annotation *stray,
		     struct error *error, struct wish *wish)
{
	int r;

	if (stray)
		return refuse_stray(annotation->key, stray, error);
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
		r = read_list(list, sorted.stray, error, &wish);
		if (r < 0)
			return r;
	}
	*ret_wish = wish;
	wish = (struct wish){0};
	return 0;
}
