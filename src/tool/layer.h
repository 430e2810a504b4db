/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An open upper directory of a container's root, and how to interpret it. */
#ifndef ORH_TOOL_LAYER_H
#define ORH_TOOL_LAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/bundle.h"
#include "core/error.h"
#include "core/memory.h"
#include "mounts.h"
#include "record.h"

/* The maximum number of lower directories that are opened. Engines use at most 500. */
#define LAYER_LOWERS_MAX 512

/* Which extended attributes mark what the image has. */
enum layer_kind {
	LAYER_TRUSTED, /* trusted.overlay.*, which require CAP_SYS_ADMIN */
	LAYER_USER,    /* user.overlay.* */
	LAYER_FUSE,    /* fuse-overlayfs: no attributes on directories, so the lower directories are
			  searched */
};

struct layer {
	enum layer_kind kind;
	int upper;   /* O_PATH */
	int *lowers; /* O_PATH; searched for what the attributes do not say */
	size_t lowers_count;
	struct id_map uids; /* from the files' owners to the container's ids; no lines: identical */
	struct id_map gids;
};

#define LAYER_NONE ((struct layer){.upper = -EBADF})

void layer_done(struct layer *layer);

#define AUTO_LAYER CLEANUP(layer_done) struct layer

/* Returns the container's id for a file's owner or group; ID_UNKNOWN if it is unmapped. */
uint32_t layer_id(const struct id_map *map, uint32_t id);

/* Returns the value of an option in mount options such as "upperdir=/a,workdir=/b". The caller
 * frees it. NULL if it is missing, or out of memory. */
char *layer_option(const char *options, const char *name);

/*
 * Opens the upper directory that a kernel overlay's options name. Options of more than a page
 * contain names relative to the storage's directory, which is base; NULL if base is unknown.
 * Errors: STATUS_INPUT.
 */
int layer_open(const struct mounts_entry *mount, const char *base, struct error *error,
	       struct layer *ret_layer);

/* May the caller read trusted.* attributes? Errors, with STATUS_INPUT, say that root is
 * required. */
int layer_check_rights(const struct layer *layer, struct error *error);

#endif
