/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the directories to mount tmpfs on, and the mounts below them that move onto a tmpfs.
 * Errors: STATUS_PATH. */
#ifndef ORH_HOOK_PLACE_H
#define ORH_HOOK_PLACE_H

#include "staged.h"

/* Opens the directory of the container that a tmpfs is to be mounted on. */
int place_open_target(struct stage *stage, size_t index);

/* Opens the root of a mount that is to move. */
int place_open_mount(struct stage *stage, size_t index);

/* Creates a directory in a staged tmpfs. The path is the one in the container. */
int place_make_inside(struct stage *stage, size_t outer, const char *path);

/* Creates and opens the directory, in the outer tmpfs, that a tmpfs is to be mounted on. */
int place_target_inside(struct stage *stage, size_t index);

/* Creates and opens the directory or file, in its tmpfs, that a mount moves onto. */
int place_move_inside(struct stage *stage, size_t index);

#endif
