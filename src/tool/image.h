/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the engine's name for a container's image. */
#ifndef ORH_TOOL_IMAGE_H
#define ORH_TOOL_IMAGE_H

#include "core/bundle.h"
#include "core/state.h"

/*
 * CRI-O and containerd store the name in annotations; podman in its storage's containers.json,
 * above the bundle; Docker in config.v2.json, next to the file that it mounts on /etc/hostname. The
 * caller frees the name. NULL if it cannot be found.
 */
char *image_name(const struct state *state, const struct bundle *bundle);

#endif
