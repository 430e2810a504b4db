/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy_sizes.h"

#include <inttypes.h>

#define PAGE ((uint64_t)POLICY_PAGE_SIZE)

/* The input for the sizes. */
struct sizing {
	uint64_t total_memory;
	uint64_t each; /* the operator's limits in bytes; 0: none */
	uint64_t all;
	bool is_down; /* sizes are rounded down, but not to 0 */
};

static uint64_t in_bytes(const struct sizing *sizing, const struct size *size)
{
	uint64_t memory = sizing->total_memory;

	if (!size->is_percent)
		return size->value;
	return memory / 100 * size->value + memory % 100 * size->value / 100;
}

static uint64_t round_down(uint64_t bytes)
{
	return bytes / PAGE * PAGE;
}

/* An entry's size in whole pages, at least one: the kernel takes 0 for no limit. At most 2^63. */
static uint64_t whole_pages(uint64_t bytes, bool is_down)
{
	if (bytes <= PAGE)
		return PAGE;
	return is_down ? round_down(bytes) : round_down(bytes - 1) + PAGE;
}

/* Adds the owner of an entry to an error: only the operator can fix a default. */
static int name_origin(const struct request *request, struct error *error)
{
	error_wrap(error, "entry '%" NAME_SHOWN "'", request->entry->text);
	return request_error(request, error);
}

static int refuse_size(const struct request *request, struct error *error, const char *limit,
		       uint64_t asked, uint64_t allowed)
{
	error_set(error, STATUS_POLICY, 0,
		  "%" PRIu64 " bytes, in whole pages, are more than the operator's %s: %" PRIu64,
		  asked, limit, allowed);
	return name_origin(request, error);
}

static int read_limit(const struct sizing *sizing, const char *name, const struct size *limit,
		      struct error *error, uint64_t *ret_bytes)
{
	uint64_t bytes = limit->value ? in_bytes(sizing, limit) : 0;

	if (limit->value && bytes < PAGE)
		return error_set(error, STATUS_POLICY, 0,
				 "%s: the operator's limit allows %" PRIu64
				 " bytes, less than a page",
				 name, bytes);
	*ret_bytes = bytes;
	return 0;
}

/* The share of each entry without a size, of which sharer is one; 0: the kernel's default. left is
 * the part of --max-total that the other entries leave. */
static int share_out(const struct sizing *sizing, uint64_t left, size_t sharers,
		     const struct request *sharer, struct error *error, uint64_t *ret_share)
{
	uint64_t each = round_down(sizing->each);
	uint64_t share = round_down(left / sharers);

	if (sizing->all && !share) {
		error_set(error, STATUS_POLICY, 0,
			  "the operator's --max-total leaves %" PRIu64
			  " bytes for %zu tmpfs without a size, less than a page each; "
			  "list fewer, or give smaller sizes to the others",
			  left, sharers);
		return name_origin(sharer, error);
	}
	*ret_share = !share || (each && each < share) ? each : share;
	return 0;
}

/* Are the sizes, both as written and in whole pages, within the limits? Defaults are counted first:
 * annotations get what those leave. */
static int check_sizes(const struct sizing *sizing, const struct request *const requests[],
		       size_t count, struct error *error, uint64_t *ret_share)
{
	uint64_t left = sizing->all, pages_left = sizing->all;
	const struct request *sharer = NULL;
	size_t sharers = 0;

	for (size_t i = 0; i < 2 * count; i++) {
		const struct request *request = requests[i < count ? i : i - count];
		uint64_t asked = in_bytes(sizing, &request->entry->size);
		uint64_t pages = whole_pages(asked, sizing->is_down);

		if ((request->origin == FROM_OPTIONS) != (i < count))
			continue;
		if (!(request->entry->given & GIVEN_SIZE)) {
			if (!sharers++ || sharer->origin != request->origin)
				sharer = request;
			continue;
		}
		if (sizing->each && (asked > sizing->each || pages > sizing->each))
			return refuse_size(request, error, "--max-size allows",
					   whole_pages(asked, false), round_down(sizing->each));
		if (!sizing->all)
			continue;
		if (asked > left || pages > pages_left)
			return refuse_size(request, error,
					   "--max-total leaves after the sizes before it",
					   whole_pages(asked, false),
					   round_down(left < pages_left ? left : pages_left));
		left -= asked;
		pages_left -= pages;
	}
	return sharers ? share_out(sizing, round_down(pages_left), sharers, sharer, error,
				   ret_share)
		       : 0;
}

int policy_sizes(const struct options *options, const struct request *const requests[],
		 size_t count, uint64_t total_memory, struct error *error, uint64_t ret_sizes[])
{
	struct sizing sizing = {.total_memory = total_memory};
	struct error ignored;
	uint64_t share = 0;
	int r;

	r = read_limit(&sizing, "--max-size", &options->max_size, error, &sizing.each);
	if (r == 0)
		r = read_limit(&sizing, "--max-total", &options->max_total, error, &sizing.all);
	if (r < 0)
		return r;
	/* If rounding up to whole pages exceeds a limit, round down: the sizes as written may
	 * exactly meet the limit. */
	sizing.is_down = check_sizes(&sizing, requests, count, &ignored, &share) < 0;
	if (sizing.is_down)
		r = check_sizes(&sizing, requests, count, error, &share);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		const struct tmpfs_entry *entry = requests[i]->entry;
		uint64_t asked = in_bytes(&sizing, &entry->size);

		ret_sizes[i] =
			entry->given & GIVEN_SIZE ? whole_pages(asked, sizing.is_down) : share;
	}
	return 0;
}

const char *policy_size_source(const struct options *options, const struct tmpfs_entry *entry,
			       uint64_t size)
{
	if (entry->given & GIVEN_SIZE)
		return "size=";
	if (!size)
		return "the kernel's default";
	if (!options->max_total.value)
		return "--max-size";
	return options->max_size.value ? "the smaller of --max-size and its share of --max-total"
				       : "its share of --max-total";
}

int policy_inodes(const struct options *options, const struct request *request, struct error *error,
		  uint64_t *ret_inodes)
{
	const struct tmpfs_entry *entry = request->entry;
	bool is_given = entry->given & GIVEN_NR_INODES;

	if (is_given && options->max_inodes && entry->nr_inodes > options->max_inodes) {
		error_set(error, STATUS_POLICY, 0,
			  "%" PRIu64
			  " files are more than the operator's --max-inodes allows: %" PRIu64,
			  entry->nr_inodes, options->max_inodes);
		return name_origin(request, error);
	}
	*ret_inodes = is_given ? entry->nr_inodes : options->max_inodes;
	return 0;
}

const char *policy_inodes_source(const struct tmpfs_entry *entry, uint64_t inodes)
{
	if (entry->given & GIVEN_NR_INODES)
		return "nr_inodes=";
	return inodes ? "--max-inodes" : "the kernel's default";
}
