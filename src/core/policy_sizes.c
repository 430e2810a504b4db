/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy_sizes.h"

#include <inttypes.h>

#define PAGE ((uint64_t)POLICY_PAGE_SIZE)

/* One of the operator's limits; 0: none. */
struct limit {
	uint64_t bytes;
	uint64_t pages; /* in bytes as well */
};

/* What comes of the sizes. */
struct sizing {
	struct limit each;
	struct limit all;
	bool is_down;	/* sizes are rounded down, but for the first page */
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

/* What an entry is to get, in whole pages and at least one: 0 would be no limit to the kernel. At
 * most 2^63. */
static uint64_t whole_pages(uint64_t bytes, bool is_down)
{
	if (bytes <= PAGE)
		return PAGE;
	return is_down ? round_down(bytes) : round_down(bytes - 1) + PAGE;
}

/* Says whose entry an error is about: only the operator can mend a default. */
static int say_whose(const struct request *request, struct error *error)
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
	return say_whose(request, error);
}

static int read_limit(const char *name, const struct size *limit, uint64_t total_memory,
		      struct error *error, struct limit *ret_limit)
{
	uint64_t bytes = limit->value ? in_bytes(limit, total_memory) : 0;

	if (limit->value && bytes < PAGE)
		return error_set(error, STATUS_POLICY, 0,
				 "%s: the operator's limit allows %" PRIu64
				 " bytes, less than a page",
				 name, bytes);
	*ret_limit = (struct limit){.bytes = bytes, .pages = round_down(bytes)};
	return 0;
}

static uint64_t smaller_limit(uint64_t a, uint64_t b)
{
	return !b || (a && a < b) ? a : b;
}

/* What an entry without a size of its own gets, of which sharer is one. left is what the others
 * leave of --max-total, sharers at least 1. */
static int share_out(const struct sizing *sizing, uint64_t left, size_t sharers,
		     const struct request *sharer, struct error *error, uint64_t *ret_share)
{
	uint64_t share = 0;

	if (sizing->all.pages) {
		share = round_down(left / sharers);
		if (!share) {
			error_set(error, STATUS_POLICY, 0,
				  "the operator's --max-total leaves %" PRIu64
				  " bytes for %zu tmpfs without a size, less than a page each; "
				  "ask for fewer, or for smaller sizes where some are given",
				  left, sharers);
			return say_whose(sharer, error);
		}
	}
	*ret_share = smaller_limit(share, sizing->each.pages);
	return 0;
}

/* What can be asked for of what is left, in whole pages: there may be less in bytes, where sizes
 * were rounded down. */
static uint64_t still_allowed(const struct limit *all, const struct limit *used)
{
	uint64_t pages = all->pages - used->pages;
	uint64_t bytes = round_down(all->bytes - used->bytes);

	return bytes < pages ? bytes : pages;
}

/* Defaults come first: an author has what they leave. */
static int check_sizes(const struct request *const requests[], size_t count, uint64_t total_memory,
		       struct error *error, struct sizing *sizing)
{
	const struct limit *each = &sizing->each;
	const struct limit *all = &sizing->all;
	const struct request *sharer = NULL;
	struct limit used = {0};
	size_t sharers = 0;

	for (size_t i = 0; i < 2 * count; i++) {
		const struct request *request = requests[i < count ? i : i - count];
		struct limit asked;

		if ((request->origin == FROM_OPTIONS) != (i < count))
			continue;
		if (!(request->entry->given & GIVEN_SIZE)) {
			if (!sharers++ || sharer->origin != request->origin)
				sharer = request;
			continue;
		}
		asked.bytes = in_bytes(&request->entry->size, total_memory);
		asked.pages = whole_pages(asked.bytes, sizing->is_down);
		if (each->pages && (asked.pages > each->pages || asked.bytes > each->bytes))
			return refuse_size(request, error, "--max-size allows",
					   whole_pages(asked.bytes, false), each->pages);
		if (!all->pages)
			continue;
		if (asked.pages > all->pages - used.pages || asked.bytes > all->bytes - used.bytes)
			return refuse_size(
				request, error, "--max-total leaves beside the sizes before it",
				whole_pages(asked.bytes, false), still_allowed(all, &used));
		used.pages += asked.pages;
		used.bytes += asked.bytes;
	}
	if (!sharers)
		return 0;
	return share_out(sizing, all->pages - used.pages, sharers, sharer, error, &sizing->share);
}

int policy_sizes(const struct options *options, const struct request *const requests[],
		 size_t count, uint64_t total_memory, struct error *error, uint64_t ret_sizes[])
{
	struct sizing sizing = {0};
	struct error ignored;
	int r;

	r = read_limit("--max-size", &options->max_size, total_memory, error, &sizing.each);
	if (r < 0)
		return r;
	r = read_limit("--max-total", &options->max_total, total_memory, error, &sizing.all);
	if (r < 0)
		return r;
	r = check_sizes(requests, count, total_memory, &ignored, &sizing);
	/* As much as the limit, or two halves of it: no more than it, but for the pages. */
	if (r < 0) {
		sizing.is_down = true;
		r = check_sizes(requests, count, total_memory, error, &sizing);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < count; i++) {
		const struct tmpfs_entry *entry = requests[i]->entry;

		ret_sizes[i] =
			entry->given & GIVEN_SIZE
				? whole_pages(in_bytes(&entry->size, total_memory), sizing.is_down)
				: sizing.share;
	}
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
		return say_whose(request, error);
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
