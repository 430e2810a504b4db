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

/*
 * Returns the path of the root in podman's storage, DRIVER/LAYER/merged. config.json has another
 * one if the container's user namespace does not map podman's user: since podman 5, a mount point
 * that is used only in a private mount namespace, while the container is created. The caller frees
 * the path. NULL if podman's storage does not list the container.
 */
char *image_podman_root(const struct state *state, const struct bundle *bundle);

#endif
