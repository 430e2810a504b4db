/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The upper directory of a running container's root, whichever engine runs it. */
#ifndef ORH_TOOL_LAYER_PROCESS_H
#define ORH_TOOL_LAYER_PROCESS_H

#include <sys/types.h>

#include "layer.h"
#include "record.h"

/*
 * Opens the upper directory of the root that a process sees, and notes its mounts and its working
 * directory in the record. Without root, the caller enters the container's user namespace, or
 * the engine's, where the directories of all its users are readable. Errors, which begin with the
 * process, have STATUS_INPUT.
 */
int layer_of_process(pid_t pid, struct error *error, struct record *record,
		     struct layer *ret_layer);

#endif
