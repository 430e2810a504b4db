/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each tmpfs gets of memory and of files: what it asks for, within the operator's limits. */
#ifndef ORH_CORE_POLICY_SIZES_H
#define ORH_CORE_POLICY_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "options.h"
#include "policy.h"

/* Sizes are held against each other in whole pages, as the kernel counts. */
#define POLICY_PAGE_SIZE 4096

/*
 * The second step for the sizes: requests[i] are those that came to be, defaults among them, which
 * the limits hold for as well. total_memory is the machine's, in bytes, 1 and more. Writes
 * the limit of each in bytes, 0 for the kernel's own: percent sizes, --max-size's and --max-total's
 * too, count as bytes. What is allowed is rounded down to whole pages, and what is asked for up;
 * where that would pass a limit that the sizes themselves don't, all of them down. More than
 * --max-size is refused, none asked for gets it. --max-total is what all may have together: entries
 * without a size of their own share evenly what the others leave, and none of them gets more than
 * --max-size. Refused with STATUS_POLICY where they do not fit, or less than a page each is left.
 * The error begins with the key and the entry of an annotation that has no room beside the
 * defaults, or with the option where these alone are too much. ret_sizes has room for count;
 * written on success alone.
 */
int policy_sizes(const struct options *options, const struct request *const requests[],
		 size_t count, uint64_t total_memory, struct error *error, uint64_t ret_sizes[]);

/* What an entry has its size from, in words; size is policy_sizes()'s. */
const char *policy_size_source(const struct options *options, const struct tmpfs_entry *entry,
			       uint64_t size);

/*
 * The same for the number of files, 0 for the kernel's own limit: more than --max-inodes is refused
 * with STATUS_POLICY, none asked for gets it. ret_inodes is written on success alone.
 */
int policy_inodes(const struct options *options, const struct request *request, struct error *error,
		  uint64_t *ret_inodes);

/* What an entry has that number from, in words; inodes is policy_inodes()'s. */
const char *policy_inodes_source(const struct tmpfs_entry *entry, uint64_t inodes);

#endif
