/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses between copy and overlay for seed=auto. An overlay takes the same time to set up for
 * every image. */
#ifndef ORH_CORE_SEED_CHOICE_H
#define ORH_CORE_SEED_CHOICE_H

#include <stdint.h>

#include "tmpfs_entry.h"

/* The largest seed that seed=auto copies. */
#define SEED_AUTO_INODES 4096
#define SEED_AUTO_BYTES	 ((uint64_t)64 * 1024 * 1024)

struct seed_facts {
	/* Space for a copy, in whole pages and with the top directory. If it exceeds the limits
	 * above, it is a lower bound. */
	uint64_t bytes;
	uint64_t inodes;
	/* The limits of the tmpfs; 0 inodes: no limit. */
	uint64_t tmpfs_bytes;
	uint64_t tmpfs_inodes;
	uint64_t memory; /* left by the memory limit; 0: no limit */
};

enum seed_reason {
	SEED_ASKED,	 /* the entry does not say auto */
	SEED_SMALL,	 /* copy */
	SEED_FILES,	 /* overlay: more inodes than SEED_AUTO_INODES */
	SEED_BYTES,	 /* overlay: more than SEED_AUTO_BYTES */
	SEED_SIZE,	 /* overlay: more than the size of the tmpfs */
	SEED_MEMORY,	 /* overlay: more than the memory limit leaves */
	SEED_NO_OVERLAY, /* copy: the kernel cannot make an overlay here */
};

/* Never returns SEED_ASKED or SEED_NO_OVERLAY. */
enum seed_reason seed_choose(const struct seed_facts *facts);

/* The seed that follows from a reason. */
enum seed seed_chosen(enum seed_reason reason);

/* The reason's name in the log: "small", "files", "bytes", "size", "memory", "no-overlay". */
const char *seed_reason_name(enum seed_reason reason);

#endif
