/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod.h"

#include <string.h>

void pods_done(struct pods *pods)
{
	for (size_t i = 0; i < pods->count; i++)
		free_ptr(&pods->items[i].containers);
	free_ptr(&pods->items);
	*pods = (struct pods){0};
}

/* Returns the pod of an object: its template, at a path of keys from the top. */
static const struct node *find_template(const char *kind, const struct node *object)
{
	const struct node *spec = node_get_map(object, "spec");

	if (!strcmp(kind, "Pod"))
		return object;
	if (!strcmp(kind, "PodTemplate"))
		return node_get_map(object, "template");
	if (!strcmp(kind, "CronJob")) {
		const struct node *job = node_get_map(spec, "jobTemplate");

		spec = node_get_map(job, "spec");
	}
	return node_get_map(spec, "template");
}

static bool is_played(const char *kind, const struct node *metadata)
{
	static const char *const kinds[] = {"Pod", "Deployment", "DaemonSet", "Job"};

	/* A cluster's API server has set these. */
	if (node_get(metadata, "uid", NULL) || node_get(metadata, "resourceVersion", NULL))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static int add_container(struct pods *pods, struct pod *pod, const char *kind,
			 const struct node *node, struct error *error)
{
	if (node->kind != NODE_MAP)
		return 0;
	if (pods->containers == POD_CONTAINERS_MAX) {
		int r = error_set(error, STATUS_INPUT, 0, "more than %d containers",
				  POD_CONTAINERS_MAX);

		error->offset = node->start;
		return r;
	}
	if (array_reserve(&pod->containers, &pod->capacity, pod->count, sizeof(*pod->containers)) <
	    0)
		return error_memory(error);
	pods->containers++;
	pod->containers[pod->count++] = (struct pod_container){
		.kind = kind,
		.name = node_get_string(node, "name"),
		.node = node,
	};
	return 0;
}

static int add_containers(struct pods *pods, struct pod *pod, struct error *error)
{
	static const struct {
		const char *key;
		const char *kind;
	} lists[] = {
		{"initContainers", "init container"},
		{"containers", "container"},
		{"ephemeralContainers", "ephemeral container"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct node *list = node_get_list(pod->spec, lists[i].key);

		for (size_t k = 0; list && k < list->count; k++) {
			int r = add_container(pods, pod, lists[i].kind, list->items[k], error);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int add_object(struct pods *pods, const char *kind, const struct node *object,
		      struct error *error)
{
	const struct node *metadata = node_get_map(object, "metadata");
	const struct node *template = find_template(kind, object);
	struct pod *pod;

	if (array_reserve(&pods->items, &pods->capacity, pods->count, sizeof(*pods->items)) < 0)
		return error_memory(error);
	pod = &pods->items[pods->count++];
	*pod = (struct pod){
		.kind = kind,
		.name = node_get_string(metadata, "name"),
		.has_template = template != object,
		.is_played = is_played(kind, metadata),
		.object = object,
		.own = node_get_map(metadata, "annotations"),
		.metadata = node_get_map(template, "metadata"),
		.spec = node_get_map(template, "spec"),
	};
	return add_containers(pods, pod, error);
}

/* Returns the kind of a list's items, which may omit it: "Pod" of a PodList. */
static const char *kind_in_list(const char *kind)
{
	static const char *const kinds[] = {
		"Pod",	       "Deployment", "DaemonSet", "StatefulSet",
		"ReplicaSet",  "Job",	     "CronJob",	  "ReplicationController",
		"PodTemplate",
	};
	size_t length = strlen(kind) - strlen("List");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i]) == length && !memcmp(kinds[i], kind, length))
			return kinds[i];
	return "";
}

static bool is_list(const char *kind)
{
	size_t length = strlen(kind);

	return length >= strlen("List") && !strcmp(kind + length - strlen("List"), "List");
}

/* NOLINTNEXTLINE(misc-no-recursion): a list in a list, as deep as a tree may be */
static int add_node(struct pods *pods, const char *otherwise, const struct node *node,
		    struct error *error)
{
	const char *kind = node_get_string(node, "kind");
	const struct node *items = node_get_list(node, "items");

	kind = kind ? kind : otherwise;
	if (node->kind != NODE_MAP)
		return 0;
	if (!is_list(kind))
		return add_object(pods, kind, node, error);
	for (size_t i = 0; items && i < items->count; i++) {
		int r = add_node(pods, kind_in_list(kind), items->items[i], error);

		if (r < 0)
			return r;
	}
	return 0;
}

int pods_find(const struct yaml *yaml, struct error *error, struct pods *ret_pods)
{
	AUTO_PODS pods = {0};

	for (size_t i = 0; i < yaml->count; i++) {
		int r = add_node(&pods, "", yaml->documents[i], error);

		if (r < 0)
			return r;
	}
	*ret_pods = pods;
	pods = (struct pods){0};
	return 0;
}
