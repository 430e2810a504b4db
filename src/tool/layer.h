/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The upper directory of a container's root, open, and how to read what is in it. */
#ifndef ORH_TOOL_LAYER_H
#define ORH_TOOL_LAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/bundle.h"
#include "core/error.h"
#include "core/memory.h"
#include "mounts.h"
#include "record.h"

/* The lower directories that are opened; engines have 500 at most. */
#define LAYER_LOWERS_MAX 512

/* Which extended attributes say what the image has. */
enum layer_kind {
	LAYER_TRUSTED, /* trusted.overlay.*, which takes CAP_SYS_ADMIN */
	LAYER_USER,    /* user.overlay.* */
	LAYER_FUSE,    /* fuse-overlayfs: none for directories, so the lower ones are looked into */
};

struct layer {
	enum layer_kind kind;
	int upper;   /* O_PATH */
	int *lowers; /* O_PATH; looked into for what no attribute tells */
	size_t lowers_count;
	struct id_map uids; /* from the owners of files to the container's; no lines: the same */
	struct id_map gids;
};

#define LAYER_NONE                                                                                 \
	{                                                                                          \
		.upper = -EBADF                                                                    \
	}

void layer_done(struct layer *layer);

#define AUTO_LAYER CLEANUP(layer_done) struct layer

/* The container's number of a user or group that has a file; ID_UNKNOWN if it has none. */
uint32_t layer_id(const struct id_map *map, uint32_t id);

/*
 * The value of an option of a filesystem, such as "upperdir=/a,workdir=/b"; the caller's to free().
 * NULL if it is not there, or out of memory.
 */
char *layer_option(const char *options, const char *name);

/*
 * Opens the upper directory that a kernel overlay's options name. base is what a relative one is
 * below: options of more than a page are given by names in the storage's directory; NULL if that is
 * not known. Errors: STATUS_INPUT.
 */
int layer_open(const struct mounts_entry *mount, const char *base, struct error *error,
	       struct layer *ret_layer);

/* May the caller read trusted.* attributes? Errors, STATUS_INPUT, say that it takes root. */
int layer_check_rights(const struct layer *layer, struct error *error);

#endif
