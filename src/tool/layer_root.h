/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the upper directory of a container that has exited, by the path of its root in
 * config.json. */
#ifndef ORH_TOOL_LAYER_ROOT_H
#define ORH_TOOL_LAYER_ROOT_H

#include "layer.h"
#include "mounts.h"

/*
 * Opens the upper directory. If the topmost mount on root_path in the caller's mount table is an
 * overlay, its options name the directory. Otherwise root_path is ID/merged in the engine's
 * storage, and the upper directory is ID/diff. ret_image is the image's topmost layer, which
 * identifies the image if its name is unknown; the caller frees it, and it may be NULL. Errors have
 * STATUS_INPUT: -ENOENT if neither the root nor a storage exists, another error if the root has no
 * upper directory.
 */
int layer_of_root(const char *root_path, const struct mounts *mounts, struct error *error,
		  struct layer *ret_layer, char **ret_image);

#endif
