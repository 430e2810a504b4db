/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuse-overlayfs, whose mount does not tell its upper directory: its command line does. */
#ifndef ORH_TOOL_FUSE_H
#define ORH_TOOL_FUSE_H

#include <sys/types.h>

#include "layer.h"

/* Opens the upper and lower directories of the fuse-overlayfs that serves a device, as its process
 * sees them. Errors: STATUS_INPUT. */
int fuse_open(dev_t dev, struct error *error, struct layer *ret_layer);

#endif
