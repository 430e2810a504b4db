/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "podlint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/annotations.h"
#include "core/nearest.h"
#include "written.h"

/* At most this many maps are merged into annotations. */
#define MERGED_MOST 32

/* The maximum length of a value in podman before 4.7. */
#define OLD_VALUE_MAX 63

struct lint {
	const struct pod_source *source;
	const struct pod *pod;
	const struct node *annotations;		      /* the pod's; NULL: none */
	const struct node *read[2 + 2 * MERGED_MOST]; /* and the object's, with merged maps */
	size_t read_count;
	struct findings *findings;
};

static struct finding_place place_of_node(const struct lint *lint, const struct node *node)
{
	return (struct finding_place){
		.file = lint->source->file,
		.text = lint->source->text,
		.length = lint->source->length,
		.start = node->start,
		.end = node->end,
	};
}

static const char *kind_of(const struct lint *lint)
{
	return *lint->pod->kind ? lint->pod->kind : "object";
}

/* Returns where Kubernetes reads a pod's annotations. */
static const char *right_place(const struct pod *pod)
{
	if (!pod->has_template)
		return "metadata.annotations";
	if (!strcmp(pod->kind, "PodTemplate"))
		return "template.metadata.annotations";
	if (!strcmp(pod->kind, "CronJob"))
		return "spec.jobTemplate.spec.template.metadata.annotations";
	return "spec.template.metadata.annotations";
}

static int check_type(const struct lint *lint, const struct node *key, const struct node *value)
{
	struct finding_place place = place_of_node(lint, value);
	const char *type = node_type(value);
	bool is_text = value->kind == NODE_TEXT && *value->text;
	char hint[160];

	if (!strcmp(type, "string"))
		return 0;
	if (!strcmp(type, "boolean"))
		snprintf(hint, sizeof(hint), "write \"true\" or \"false\", with the quotes");
	else
		snprintf(hint, sizeof(hint), "write it in quotes: \"%.100s\"",
			 is_text ? value->text : "");
	return findings_add(lint->findings, false, 0, &place, is_text ? hint : NULL,
			    "%s: an annotation must be a string, and this one is %s%s", key->text,
			    strcmp(type, "null") ? "a " : "", type);
}

static int check_length(const struct lint *lint, const struct node *key, const struct node *value)
{
	struct finding_place place = place_of_node(lint, key);

	if (value->kind != NODE_TEXT || strlen(value->text) <= OLD_VALUE_MAX ||
	    !lint->pod->is_played)
		return 0;
	return findings_add(lint->findings, true, 0, &place, NULL,
			    "%s: podman kube play before podman 4.7 refuses values of more than %d "
			    "bytes, and this one has %zu",
			    key->text, OLD_VALUE_MAX, strlen(value->text));
}

/* Returns the text after "/" in a key for one container; NULL for other keys. */
static const char *container_of(const char *key)
{
	static const char *const keys[] = {KEY_READONLY "/", KEY_TMPFS "/"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strncmp(key, keys[i], strlen(keys[i])) && key[strlen(keys[i])])
			return key + strlen(keys[i]);
	return NULL;
}

static const char *nearest_container(const struct pod *pod, const char *name)
{
	const char *nearest = NULL;

	for (size_t i = 0; i < pod->count && !nearest; i++)
		if (pod->containers[i].name)
			nearest = nearest_name(name, strlen(name), &pod->containers[i].name, 1,
					       NEAREST_SLIP);
	return nearest;
}

static int check_container(const struct lint *lint, const struct node *key)
{
	const char *name = container_of(key->text);
	struct finding_place place = place_of_node(lint, key);
	const char *nearest;
	char hint[320];

	if (!name)
		return 0;
	for (size_t i = 0; i < lint->pod->count; i++) {
		if (!lint->pod->containers[i].name ||
		    strcmp(lint->pod->containers[i].name, name) != 0)
			continue;
		if (!lint->pod->is_played)
			return 0;
		return findings_add(lint->findings, true, 0, &place, NULL,
				    "%s: podman kube play does not pass on a container's name: the "
				    "hook refuses the key there",
				    key->text);
	}
	nearest = nearest_container(lint->pod, name);
	snprintf(hint, sizeof(hint), "did you mean '%.253s'?", nearest ? nearest : "");
	return findings_add(lint->findings, false, 0, &place, nearest ? hint : NULL,
			    "%s: the pod has no container '%s'", key->text, name);
}

static int check_pair(const struct node *key, const struct node *value, void *data)
{
	const struct lint *lint = data;
	const struct node *effective = NULL;
	int r;

	if (!written_is_ours(key->text))
		return 0;
	/* A later pair with this key, or one that overrides a merged one, is in effect instead. */
	node_get(lint->annotations, key->text, &effective);
	if (effective != key)
		return 0;
	r = check_type(lint, key, value);
	if (r == 0)
		r = check_length(lint, key, value);
	return r < 0 ? r : check_container(lint, key);
}

static int check_twice(const struct lint *lint)
{
	const struct node *map = lint->annotations;

	for (size_t i = 0; map && i < map->count; i += 2) {
		const struct node *effective = NULL;
		const struct node *key = map->items[i];
		struct finding_place place = place_of_node(lint, key);
		int r;

		if (key->kind != NODE_TEXT || !written_is_ours(key->text))
			continue;
		node_get(map, key->text, &effective);
		if (effective == key)
			continue;
		r = findings_add(lint->findings, false, 0, &place, "remove one of the two",
				 "%s: the same key is written again below, and counts", key->text);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Checks an annotation of an object that has a template. */
static int check_own(const struct node *key, const struct node *value, void *data)
{
	const struct lint *lint = data;
	struct finding_place place = place_of_node(lint, key);
	const struct node *read = node_get(lint->annotations, key->text, NULL);
	char hint[256];

	if (!written_is_ours(key->text))
		return 0;
	if (!read) {
		snprintf(hint, sizeof(hint), "write it in %s%s", right_place(lint->pod),
			 lint->pod->is_played ? ", too: only podman kube play reads it here" : "");
		return findings_add(
			lint->findings, false, 0, &place, hint,
			"%s: Kubernetes does not read it here, but in the %s's template", key->text,
			kind_of(lint));
	}
	if (read->kind == value->kind && value->kind == NODE_TEXT &&
	    !strcmp(read->text, value->text))
		return 0;
	return findings_add(lint->findings, true, 0, &place, NULL,
			    "%s: its value is another one in the template, which Kubernetes reads",
			    key->text);
}

/* Finds the first key of ours in a map. */
static int find_ours(const struct node *key, const struct node *value, void *data)
{
	const struct node **found = data;

	(void)value;
	if (!*found && written_is_ours(key->text))
		*found = key;
	return 0;
}

static int check_played(const struct lint *lint)
{
	const struct node *found = NULL;
	const struct node *own = NULL;
	struct finding_place place;

	if (!lint->pod->is_played || !lint->pod->has_template || !lint->annotations)
		return 0;
	node_each(lint->annotations, find_ours, &found);
	if (lint->pod->own)
		node_each(lint->pod->own, find_ours, &own);
	if (!found || own)
		return 0;
	place = place_of_node(lint, found);
	return findings_add(lint->findings, true, 0, &place, NULL,
			    "%s: podman kube play does not read it here, but in the %s's own "
			    "metadata",
			    found->text, kind_of(lint));
}

/* Reports a key in a place where nothing reads it. */
static int check_stray(const struct lint *lint, const struct node *key)
{
	struct finding_place place = place_of_node(lint, key);
	char hint[160];

	if (key->kind != NODE_TEXT || !written_is_ours(key->text))
		return 0;
	snprintf(hint, sizeof(hint), "write it in %s", right_place(lint->pod));
	return findings_add(lint->findings, false, 0, &place, hint, "%s: nothing reads it here",
			    key->text);
}

static void list_read(struct lint *lint)
{
	const struct node *maps[] = {lint->annotations, lint->pod->own};

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		lint->read[lint->read_count++] = maps[i];
		lint->read_count +=
			node_merged(maps[i], lint->read + lint->read_count, MERGED_MOST);
	}
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree may be */
static int check_strays(const struct lint *lint, const struct node *node)
{
	for (size_t i = 0; i < lint->read_count; i++)
		if (node == lint->read[i])
			return 0;
	for (size_t i = 0; node->kind != NODE_TEXT && i < node->count; i++) {
		int r = 0;

		if (node->kind == NODE_MAP && i % 2 == 0)
			r = check_stray(lint, node->items[i]);
		if (r == 0)
			r = check_strays(lint, node->items[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Checks an annotation of an object that does not create pods. */
static int check_podless(const struct node *key, const struct node *value, void *data)
{
	const struct lint *lint = data;
	struct finding_place place = place_of_node(lint, key);

	(void)value;
	if (!written_is_ours(key->text))
		return 0;
	return findings_add(lint->findings, false, 0, &place, NULL,
			    "%s: nothing reads it here: a %s creates no pod", key->text,
			    kind_of(lint));
}

int podlint_add(const struct pod_source *source, const struct pod *pod, struct findings *findings)
{
	struct lint lint = {
		.source = source,
		.pod = pod,
		.annotations = node_get_map(pod->metadata, "annotations"),
		.findings = findings,
	};
	int r = 0;

	if (!pod->spec)
		return pod->own ? node_each(pod->own, check_podless, &lint) : 0;
	if (lint.annotations)
		r = node_each(lint.annotations, check_pair, &lint);
	if (r == 0)
		r = check_twice(&lint);
	if (r == 0 && pod->has_template && pod->own)
		r = node_each(pod->own, check_own, &lint);
	if (r == 0)
		r = check_played(&lint);
	list_read(&lint);
	return r < 0 ? r : check_strays(&lint, pod->object);
}
