/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "podsubject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/size.h"

/* Kubernetes' limit for all annotations of an object together. */
#define ANNOTATIONS_LENGTH_MAX (256 * 1024)
#define ANNOTATIONS_OF_POD_MAX 1024

struct addition {
	struct written_list *list;
	size_t length;
};

/* A value that is not a string is reported elsewhere. Its text is checked here as the intended
 * value. */
static int add_pair(const struct node *key, const struct node *value, void *data)
{
	struct addition *addition = data;

	if (value->kind != NODE_TEXT)
		return 0;
	addition->length += strlen(key->text) + strlen(value->text);
	if (addition->length > ANNOTATIONS_LENGTH_MAX ||
	    addition->list->count == ANNOTATIONS_OF_POD_MAX)
		return -E2BIG;
	return written_add(addition->list, key->text, value->text, key, value);
}

int podsubject_annotations(const struct pod_source *source, const struct pod *pod,
			   enum pod_reader reader, struct error *error,
			   struct written_list *ret_annotations)
{
	const struct node *map =
		reader == READ_BY_PODMAN ? pod->own : node_get_map(pod->metadata, "annotations");
	AUTO_WRITTEN list = {.file = source->file, .text = source->text, .length = source->length};
	struct addition addition = {.list = &list};
	int r = map ? node_each(map, add_pair, &addition) : 0;

	if (r == -E2BIG) {
		error_set(error, STATUS_INPUT, 0,
			  "more annotations than %d, or than %d bytes of them",
			  ANNOTATIONS_OF_POD_MAX, ANNOTATIONS_LENGTH_MAX);
		error->offset = map->start;
		return -EINVAL;
	}
	if (r < 0)
		return error_memory(error);
	*ret_annotations = list;
	list = (struct written_list){0};
	return 0;
}

static void add_volume(struct json_object *config, const struct node *mount)
{
	const char *path = node_get_string(mount, "mountPath");
	const char *name = node_get_string(mount, "name");
	const struct node *readonly = node_get(mount, "readOnly", NULL);
	bool is_readonly =
		readonly && readonly->kind == NODE_TEXT && !strcmp(readonly->text, "true");
	char source[320];

	snprintf(source, sizeof(source), "volume %.253s", name ? name : "without a name");
	if (path)
		subject_add_mount(config, path, "bind", source, is_readonly ? "ro" : "rw");
}

/* Gets a number from the security context of the container, or else of the pod. */
static bool get_id(const struct pod *pod, const struct node *container, const char *key,
		   uint64_t *ret_id)
{
	const struct node *maps[] = {
		node_get_map(container, "securityContext"),
		node_get_map(pod->spec, "securityContext"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		const struct node *value = node_get(maps[i], key, NULL);

		if (value && value->kind == NODE_TEXT)
			return number_parse(value->text, strlen(value->text), 10, UINT32_MAX - 1,
					    ret_id) == 0;
	}
	return false;
}

static bool add_process(struct json_object *config, const struct pod *pod,
			const struct node *container)
{
	struct json_object *process = json_object_new_object();
	struct json_object *user = json_object_new_object();
	const char *cwd = node_get_string(container, "workingDir");
	uint64_t uid = 0, gid = 0;
	bool is_known = get_id(pod, container, "runAsUser", &uid);

	get_id(pod, container, "runAsGroup", &gid);
	json_object_object_add(user, "uid", json_object_new_int64((int64_t)uid));
	json_object_object_add(user, "gid", json_object_new_int64((int64_t)gid));
	json_object_object_add(process, "user", user);
	if (cwd && *cwd == '/')
		json_object_object_add(process, "cwd", json_object_new_string(cwd));
	json_object_object_add(config, "process", process);
	return is_known;
}

/* Returns the value of a Kubernetes quantity, "128Mi" or "1.5G"; 0 if it is invalid, or not a whole
 * number of bytes. */
static uint64_t quantity(const char *text)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {
		{"", 1},
		{"k", 1e3},
		{"M", 1e6},
		{"G", 1e9},
		{"T", 1e12},
		{"Ki", 1024.0},
		{"Mi", 1024.0 * 1024},
		{"Gi", 1024.0 * 1024 * 1024},
		{"Ti", 1024.0 * 1024 * 1024 * 1024},
	};
	char *end;
	double value = strtod(text, &end);

	for (size_t i = 0; i < ARRAY_SIZE(units) && end > text; i++)
		if (!strcmp(end, units[i].suffix) && value >= 1 && value * units[i].factor < 1e18)
			return (uint64_t)(value * units[i].factor);
	return 0;
}

static uint64_t memory_limit(const struct node *container)
{
	const struct node *limits = node_get_map(node_get_map(container, "resources"), "limits");
	const struct node *memory = node_get(limits, "memory", NULL);

	return memory && memory->kind == NODE_TEXT ? quantity(memory->text) : 0;
}

static int set_config(struct subject *subject, const struct pod *pod, const struct node *container,
		      struct error *error)
{
	AUTO_JSON *config = subject_config();
	const struct node *mounts = node_get_list(container, "volumeMounts");
	const struct node *readonly = node_get(node_get_map(container, "securityContext"),
					       "readOnlyRootFilesystem", NULL);
	bool is_readonly =
		readonly && readonly->kind == NODE_TEXT && !strcmp(readonly->text, "true");

	json_object_object_add(json_object_object_get(config, "root"), "readonly",
			       json_object_new_boolean(is_readonly));
	for (size_t i = 0; mounts && i < mounts->count; i++)
		add_volume(config, mounts->items[i]);
	subject->memory_limit = memory_limit(container);
	subject->is_user_known = add_process(config, pod, container);
	return subject_set_config(subject, config, error);
}

static int set_title(struct subject *subject, const struct pod *pod,
		     const struct pod_container *container, enum pod_reader reader)
{
	int r = asprintf(&subject->title, "%s%s%s, %s %s%s", *pod->kind ? pod->kind : "object",
			 pod->name ? " " : "", pod->name ? pod->name : "", container->kind,
			 container->name ? container->name : "without a name",
			 reader == READ_BY_PODMAN ? ", by podman kube play" : "");

	if (r < 0)
		subject->title = NULL;
	return r < 0 ? -ENOMEM : 0;
}

int podsubject_make(const struct written_list *annotations, const struct pod *pod,
		    const struct pod_container *container, enum pod_reader reader,
		    struct error *error, struct subject *ret_subject)
{
	AUTO_SUBJECT subject = {.id = ""};
	int r;

	r = written_copy(annotations, &subject.annotations);
	if (r == 0 && container->name && reader == READ_BY_KUBERNETES)
		r = written_add(&subject.annotations, KEY_CRIO_NAME, container->name, NULL, NULL);
	if (r == 0)
		r = set_title(&subject, pod, container, reader);
	if (r < 0)
		return error_memory(error);
	r = set_config(&subject, pod, container->node, error);
	if (r < 0)
		return r;
	*ret_subject = subject;
	subject = (struct subject){0};
	return 0;
}

/* Is it one of ours, with another value than in the pod's annotations? */
static int differs(const struct node *key, const struct node *value, void *data)
{
	const struct node *read = node_get(data, key->text, NULL);
	bool is_same = read && read->kind == NODE_TEXT && value->kind == NODE_TEXT &&
		       !strcmp(read->text, value->text);

	return written_is_ours(key->text) && !is_same ? -EEXIST : 0;
}

bool podsubject_differs(const struct pod *pod)
{
	const struct node *annotations = node_get_map(pod->metadata, "annotations");

	return pod->is_played && pod->has_template && pod->own &&
	       node_each(pod->own, differs, (void *)(uintptr_t)annotations) < 0;
}
