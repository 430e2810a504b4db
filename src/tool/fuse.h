/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the upper directory of fuse-overlayfs. Its mount does not name the directory, but its
 * command line does. */
#ifndef ORH_TOOL_FUSE_H
#define ORH_TOOL_FUSE_H

#include <sys/types.h>

#include "layer.h"

/* Opens the upper and lower directories of the fuse-overlayfs that serves a device, with the root
 * and the paths of its process. Errors: STATUS_INPUT. */
int fuse_open(dev_t dev, struct error *error, struct layer *ret_layer);

#endif
