/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The upper directory of a container that has ended, by the path of its root in config.json. */
#ifndef ORH_TOOL_LAYER_ROOT_H
#define ORH_TOOL_LAYER_ROOT_H

#include "layer.h"
#include "mounts.h"

/*
 * Opens it: the topmost mount at root_path in the caller's mount table tells it, if it is an
 * overlay; else the engine's storage does, where the root is ID/merged and the upper directory
 * ID/diff. ret_image is what identifies the image if nothing else does, its topmost layer; the
 * caller's to free(), or NULL. Errors, STATUS_INPUT: -ENOENT if there is neither root nor storage;
 * another if the root has no upper directory.
 */
int layer_of_root(const char *root_path, const struct mounts *mounts, struct error *error,
		  struct layer *ret_layer, char **ret_image);

#endif
