/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the output of podman image inspect, docker image inspect and skopeo inspect. */
#ifndef ORH_TOOL_INSPECT_H
#define ORH_TOOL_INSPECT_H

#include <stddef.h>

#include "core/error.h"
#include "written.h"

#define INSPECT_LENGTH_MAX (16 * 1024 * 1024)

/*
 * Adds the image's labels whose names begin like the hook's annotations, ignoring case, to the
 * list. There may be none. what names the text in errors, which have STATUS_INPUT: the text is not
 * JSON, does not describe exactly one image, or a label is not a string.
 */
int inspect_labels(const char *what, const char *text, size_t length, struct error *error,
		   struct written_list *list);

#endif
