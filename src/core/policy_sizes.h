/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory and the number of files of each tmpfs: what the entry requests, within the operator's
 * limits. */
#ifndef ORH_CORE_POLICY_SIZES_H
#define ORH_CORE_POLICY_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "options.h"
#include "policy.h"

/* Sizes are compared in whole pages, as the kernel counts. */
#define POLICY_PAGE_SIZE 4096

/*
 * The second step, for the sizes. requests[i] are the requests that get a tmpfs; the limits also
 * apply to the defaults among them. total_memory is the machine's, in bytes, at least 1. Writes the
 * limit of each tmpfs in bytes, 0 for the kernel's default. Sizes in percent are converted to
 * bytes, those of --max-size and --max-total too. Limits are rounded down to whole pages, and
 * requested sizes up. If only this rounding exceeds a limit, all sizes are rounded down instead. A
 * size above --max-size is refused; an entry without a size gets --max-size. --max-total limits the
 * sum: entries without a size share evenly what the others leave, and none of them gets more than
 * --max-size. It is an error with STATUS_POLICY if the sum is too large, or if less than a page is
 * left for each. The error begins with the key and the entry of an annotation that does not fit
 * next to the defaults, or with the option if the defaults are too large by themselves. ret_sizes
 * has room for count elements and is written only on success.
 */
int policy_sizes(const struct options *options, const struct request *const requests[],
		 size_t count, uint64_t total_memory, struct error *error, uint64_t ret_sizes[]);

/* What set an entry's size, in words; size is the result of policy_sizes(). */
const char *policy_size_source(const struct options *options, const struct tmpfs_entry *entry,
			       uint64_t size);

/*
 * The same for the number of files; 0 is the kernel's default. A number above --max-inodes is
 * refused with STATUS_POLICY; an entry without a number gets --max-inodes. ret_inodes is written
 * only on success.
 */
int policy_inodes(const struct options *options, const struct request *request, struct error *error,
		  uint64_t *ret_inodes);

/* What set that number, in words; inodes is the result of policy_inodes(). */
const char *policy_inodes_source(const struct tmpfs_entry *entry, uint64_t inodes);

#endif
