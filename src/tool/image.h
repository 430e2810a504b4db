/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name that an engine has for a container's image. */
#ifndef ORH_TOOL_IMAGE_H
#define ORH_TOOL_IMAGE_H

#include "core/bundle.h"
#include "core/state.h"

/*
 * CRI-O and containerd say it in annotations; podman in its storage's containers.json, which is
 * above the bundle; Docker in config.v2.json, beside the file that it mounts at /etc/hostname. The
 * caller's to free(); NULL if it cannot be found.
 */
char *image_name(const struct state *state, const struct bundle *bundle);

#endif
