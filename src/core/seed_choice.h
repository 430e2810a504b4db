/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What seed=auto takes: a copy, or an overlay whose start takes the same time for every image. */
#ifndef ORH_CORE_SEED_CHOICE_H
#define ORH_CORE_SEED_CHOICE_H

#include <stdint.h>

#include "tmpfs_entry.h"

/* The most that it copies. */
#define SEED_AUTO_INODES 4096
#define SEED_AUTO_BYTES	 ((uint64_t)64 * 1024 * 1024)

struct seed_facts {
	/* What a copy needs, in whole pages and with the top directory; more than the most above:
	 * there may be more still. */
	uint64_t bytes;
	uint64_t inodes;
	/* What its tmpfs has; 0 inodes: no limit. */
	uint64_t tmpfs_bytes;
	uint64_t tmpfs_inodes;
	uint64_t memory; /* that the memory limit leaves; 0: there is none */
};

enum seed_reason {
	SEED_ASKED,	 /* another seed than auto was asked for */
	SEED_SMALL,	 /* copy */
	SEED_FILES,	 /* overlay: more inodes than SEED_AUTO_INODES */
	SEED_BYTES,	 /* overlay: more than SEED_AUTO_BYTES */
	SEED_SIZE,	 /* overlay: more than its tmpfs has */
	SEED_MEMORY,	 /* overlay: more than the memory limit leaves */
	SEED_NO_OVERLAY, /* copy: the kernel makes no overlay here */
};

/* Never SEED_ASKED and SEED_NO_OVERLAY. */
enum seed_reason seed_choose(const struct seed_facts *facts);

/* What a reason is for. */
enum seed seed_chosen(enum seed_reason reason);

/* Its name in the log: "small", "files", "bytes", "size", "memory", "no-overlay". */
const char *seed_reason_name(enum seed_reason reason);

#endif
