/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <inttypes.h>

#define PAGE ((uint64_t)POLICY_PAGE_SIZE)

/* The operator's limits in whole pages; 0: none. */
struct limits {
	uint64_t each;
	uint64_t all;
	uint64_t share; /* of an entry without a size of its own: what it gets, 0 for the kernel's
			   own */
};

static uint64_t in_bytes(const struct size *size, uint64_t total_memory)
{
	if (!size->is_percent)
		return size->value;
	return total_memory / 100 * size->value + total_memory % 100 * size->value / 100;
}

static uint64_t round_down(uint64_t bytes)
{
	return bytes / PAGE * PAGE;
}

/* What an entry asks for, in whole pages and at least one: 0 would be no limit to the kernel. At
 * most 2^63. */
static uint64_t asked_size(const struct tmpfs_entry *entry, uint64_t total_memory)
{
	uint64_t bytes = in_bytes(&entry->size, total_memory);

	return bytes ? round_down(bytes - 1) + PAGE : PAGE;
}

static int refuse_entry(const struct tmpfs_entry *entry, struct error *error, const char *limit,
			uint64_t asked, uint64_t allowed)
{
	error_set(error, STATUS_POLICY, 0,
		  "entry '%" NAME_SHOWN "': %" PRIu64
		  " bytes, in whole pages, are more than the operator's %s: %" PRIu64,
		  entry->text, asked, limit, allowed);
	error->offset = entry->offset;
	return -EINVAL;
}

static int read_limit(const char *name, const struct size *limit, uint64_t total_memory,
		      struct error *error, uint64_t *ret_bytes)
{
	uint64_t bytes = limit->value ? in_bytes(limit, total_memory) : 0;

	if (limit->value && bytes < PAGE)
		return error_set(error, STATUS_POLICY, 0,
				 "%s: the operator's limit allows %" PRIu64
				 " bytes, less than a page",
				 name, bytes);
	*ret_bytes = round_down(bytes);
	return 0;
}

static uint64_t smaller_limit(uint64_t a, uint64_t b)
{
	return !b || (a && a < b) ? a : b;
}

/* What an entry without a size of its own gets, of which first is one. left is what the others
 * leave of --max-total, sharers at least 1. */
static int share_out(const struct limits *limits, uint64_t left, size_t sharers,
		     const struct tmpfs_entry *first, struct error *error, uint64_t *ret_share)
{
	uint64_t share = 0;

	if (limits->all) {
		share = round_down(left / sharers);
		if (!share) {
			error_set(error, STATUS_POLICY, 0,
				  "entry '%" NAME_SHOWN
				  "': the operator's --max-total leaves %" PRIu64
				  " bytes for %zu tmpfs without a size, less than a page each; "
				  "ask for smaller sizes",
				  first->text, left, sharers);
			error->offset = first->offset;
			return -EINVAL;
		}
	}
	*ret_share = smaller_limit(share, limits->each);
	return 0;
}

static int check_sizes(const struct tmpfs_entry *const entries[], size_t count,
		       uint64_t total_memory, struct error *error, struct limits *limits)
{
	const struct tmpfs_entry *sharer = NULL;
	uint64_t used = 0;
	size_t sharers = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t asked;

		if (!(entries[i]->given & GIVEN_SIZE)) {
			sharer = sharers++ ? sharer : entries[i];
			continue;
		}
		asked = asked_size(entries[i], total_memory);
		if (limits->each && asked > limits->each)
			return refuse_entry(entries[i], error, "--max-size allows", asked,
					    limits->each);
		if (limits->all && asked > limits->all - used)
			return refuse_entry(entries[i], error,
					    "--max-total leaves beside the sizes before it", asked,
					    limits->all - used);
		used += limits->all ? asked : 0;
	}
	if (!sharers)
		return 0;
	return share_out(limits, limits->all - used, sharers, sharer, error, &limits->share);
}

int policy_sizes(const struct options *options, const struct tmpfs_entry *const entries[],
		 size_t count, uint64_t total_memory, struct error *error, uint64_t ret_sizes[])
{
	struct limits limits = {0};
	int r;

	r = read_limit("--max-size", &options->max_size, total_memory, error, &limits.each);
	if (r < 0)
		return r;
	r = read_limit("--max-total", &options->max_total, total_memory, error, &limits.all);
	if (r < 0)
		return r;
	r = check_sizes(entries, count, total_memory, error, &limits);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		ret_sizes[i] = entries[i]->given & GIVEN_SIZE ? asked_size(entries[i], total_memory)
							      : limits.share;
	return 0;
}

const char *policy_size_source(const struct options *options, const struct tmpfs_entry *entry,
			       uint64_t size)
{
	if (entry->given & GIVEN_SIZE)
		return "its own size";
	if (!size)
		return "the kernel's own limit";
	if (!options->max_total.value)
		return "--max-size";
	return options->max_size.value ? "the smaller of --max-size and its share of --max-total"
				       : "its share of --max-total";
}
