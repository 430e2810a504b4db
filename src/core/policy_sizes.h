/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each tmpfs gets of memory: what it asks for, within the operator's limits. */
#ifndef ORH_CORE_POLICY_SIZES_H
#define ORH_CORE_POLICY_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "options.h"
#include "policy.h"

/* Each tmpfs gets whole pages of this size. */
#define POLICY_PAGE_SIZE 4096

/*
 * The second step for the sizes. requests[i] are those that get a tmpfs, defaults among them, which
 * the limits apply to as well. total_memory is the machine's in bytes, 1 and more; a size in
 * percent is of it. Writes the size of each in bytes, rounded down to whole pages, and one page at
 * least; 0 for the kernel's own limit. An entry that asks for more than --max-size is refused, one
 * that asks for nothing gets it. --max-total is the most that all get together: entries without a
 * size share evenly what the others leave, and get no more than --max-size. If they do not fit, or
 * less than a page each is left, STATUS_POLICY's error begins with list_key and the entry of an
 * annotation that has no room beside the defaults, or with the option if these alone are too much.
 * ret_sizes has room for count.
 */
int policy_sizes(const struct options *options, const char *list_key,
		 const struct request *const requests[], size_t count, uint64_t total_memory,
		 struct error *error, uint64_t ret_sizes[]);

/* What an entry has its size from, in words; size is policy_sizes()'s. */
const char *policy_size_source(const struct options *options, const struct tmpfs_entry *entry,
			       uint64_t size);

#endif
