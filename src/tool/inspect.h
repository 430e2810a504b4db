/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What engines tell of an image: podman image inspect, docker image inspect, skopeo inspect. */
#ifndef ORH_TOOL_INSPECT_H
#define ORH_TOOL_INSPECT_H

#include <stddef.h>

#include "core/error.h"
#include "written.h"

#define INSPECT_LENGTH_MAX (16 * 1024 * 1024)

/*
 * Adds the image's labels whose names begin like the hook's annotations, in any case, to the list.
 * what names the text in errors, which have STATUS_INPUT: it is not JSON, not about one image, or a
 * label is not a string. There may be no labels.
 */
int inspect_labels(const char *what, const char *text, size_t length, struct error *error,
		   struct written_list *list);

#endif
