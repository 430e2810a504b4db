/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seed_choice.h"

enum seed_reason seed_choose(const struct seed_facts *facts)
{
	if (facts->inodes > SEED_AUTO_INODES)
		return SEED_FILES;
	if (facts->bytes > SEED_AUTO_BYTES)
		return SEED_BYTES;
	if (facts->bytes > facts->tmpfs_bytes ||
	    (facts->tmpfs_inodes && facts->inodes > facts->tmpfs_inodes))
		return SEED_SIZE;
	if (facts->memory && facts->bytes > facts->memory)
		return SEED_MEMORY;
	return SEED_SMALL;
}

enum seed seed_chosen(enum seed_reason reason)
{
	return reason == SEED_SMALL || reason == SEED_NO_OVERLAY ? SEED_COPY : SEED_OVERLAY;
}

const char *seed_reason_name(enum seed_reason reason)
{
	static const char *const names[] = {
		[SEED_ASKED] = "asked",		  [SEED_SMALL] = "small", [SEED_FILES] = "files",
		[SEED_BYTES] = "bytes",		  [SEED_SIZE] = "size",	  [SEED_MEMORY] = "memory",
		[SEED_NO_OVERLAY] = "no-overlay",
	};

	return names[reason];
}
