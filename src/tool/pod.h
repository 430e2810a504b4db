/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the Kubernetes objects that create pods, in documents and lists: Pod, Deployment,
 * DaemonSet, StatefulSet, Job, CronJob, and all others with a pod template. */
#ifndef ORH_TOOL_POD_H
#define ORH_TOOL_POD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"
#include "yaml.h"

/* The maximum number of containers in all objects together. */
#define POD_CONTAINERS_MAX 8192

struct pod_container {
	const char *kind; /* "container", "init container" or "ephemeral container" */
	const char *name; /* NULL if it has none */
	const struct node *node;
};

struct pod {
	const char *kind; /* the object's kind: "Deployment" */
	const char *name; /* NULL if it has none */
	bool has_template;
	/* podman kube play may read it: it supports the kind, and the object does not come from a
	 * cluster. If it has a template, podman gives the pod the object's annotations too. */
	bool is_played;
	const struct node *object;
	const struct node *own;		  /* the object's annotations, a map; NULL: none */
	const struct node *metadata;	  /* the pod's; the object's if it has no template */
	const struct node *spec;	  /* the pod's; NULL: the object does not create pods */
	struct pod_container *containers; /* owned */
	size_t count;
	size_t capacity;
};

struct pods {
	struct pod *items;
	size_t count;
	size_t capacity;
	size_t containers; /* number of containers in all pods */
};

void pods_done(struct pods *pods);

#define AUTO_PODS CLEANUP(pods_done) struct pods

/* Finds the objects of all documents. The result borrows from yaml. Errors have STATUS_INPUT, and
 * the offset in the stream's text. */
int pods_find(const struct yaml *yaml, struct error *error, struct pods *ret_pods);

#endif
