/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container of a pod, as an engine would pass it to the hook. */
#ifndef ORH_TOOL_PODSUBJECT_H
#define ORH_TOOL_PODSUBJECT_H

#include "pod.h"
#include "podlint.h"
#include "subject.h"

/* The program that reads a pod's annotations. */
enum pod_reader {
	READ_BY_KUBERNETES,
	READ_BY_PODMAN, /* kube play, which does not pass on a container's name */
};

/*
 * Returns the annotations that all containers of a pod get, in order of precedence. source and pod
 * must outlive them. Errors: STATUS_INPUT, with the offset in the source, if they exceed
 * Kubernetes' limit.
 */
int podsubject_annotations(const struct pod_source *source, const struct pod *pod,
			   enum pod_reader reader, struct error *error,
			   struct written_list *ret_annotations);

/* Makes a container, with a copy of those annotations. Errors: STATUS_INPUT. */
int podsubject_make(const struct written_list *annotations, const struct pod *pod,
		    const struct pod_container *container, enum pod_reader reader,
		    struct error *error, struct subject *ret_subject);

/* Does podman kube play read other annotations of the hook's than Kubernetes does? */
bool podsubject_differs(const struct pod *pod);

#endif
