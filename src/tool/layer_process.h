/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the upper directory of a running container's root, for any engine. */
#ifndef ORH_TOOL_LAYER_PROCESS_H
#define ORH_TOOL_LAYER_PROCESS_H

#include <sys/types.h>

#include "layer.h"
#include "record.h"

/*
 * Opens the upper directory of a process's root, and adds its mounts and its working directory to
 * the record. Without root, the caller enters the user namespace of the container or of the engine,
 * in which the directories of all its users are readable. Errors begin with the process, and have
 * STATUS_INPUT.
 */
int layer_of_process(pid_t pid, struct error *error, struct record *record,
		     struct layer *ret_layer);

#endif
