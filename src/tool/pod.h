/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kubernetes' objects, as far as they make pods: Pod, Deployment, DaemonSet, StatefulSet, Job,
 * CronJob and whatever has a pod's template, in documents and lists.
 */
#ifndef ORH_TOOL_POD_H
#define ORH_TOOL_POD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "yaml.h"

/* As many containers are read, of all objects together. */
#define POD_CONTAINERS_MAX 8192

struct pod_container {
	const char *kind; /* "container", "init container" or "ephemeral container" */
	const char *name; /* NULL: it has none */
	const struct node *node;
};

struct pod {
	const char *kind; /* of the object: "Deployment" */
	const char *name; /* NULL: it has none */
	bool has_template;
	/* podman kube play may get to see it: it is of a kind that it takes, and does not come from
	 * a cluster. If it has a template, podman gives the pod the object's own annotations. */
	bool is_played;
	const struct node *object;
	const struct node *own;		  /* the object's own annotations, a map; NULL: none */
	const struct node *metadata;	  /* of the pod; the object's own if it has no template */
	const struct node *spec;	  /* of the pod; NULL: the object makes none */
	struct pod_container *containers; /* owned */
	size_t count;
	size_t capacity;
};

struct pods {
	struct pod *items;
	size_t count;
	size_t capacity;
	size_t containers; /* of all */
};

void pods_done(struct pods *pods);

#define AUTO_PODS CLEANUP(pods_done) struct pods

/* Finds the objects of all documents; what is in them is borrowed from yaml. Errors have
 * STATUS_INPUT, and the offset in the stream's text. */
int pods_find(const struct yaml *yaml, struct error *error, struct pods *ret_pods);

#endif
