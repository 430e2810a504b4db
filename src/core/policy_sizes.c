/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy_sizes.h"

#include <inttypes.h>

#define PAGE ((uint64_t)POLICY_PAGE_SIZE)

struct sizing {
	const char *list_key;
	uint64_t total_memory;
	uint64_t each; /* the operator's limits in bytes; 0: none */
	uint64_t all;
	uint64_t left;		      /* of all, in bytes */
	size_t sharers;		      /* entries without a size of their own */
	const struct request *sharer; /* one of them, an annotation's if there is one */
};

static uint64_t in_bytes(const struct sizing *sizing, const struct size *size)
{
	uint64_t memory = sizing->total_memory;

	return size->is_percent ? memory / 100 * size->value + memory % 100 * size->value / 100
				: size->value;
}

/* At least one: 0 would be no limit to the kernel. */
static uint64_t whole_pages(uint64_t bytes)
{
	return bytes < PAGE ? PAGE : bytes / PAGE * PAGE;
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

/* Says whose entry an error is about: only the operator can mend a default. */
static int say_whose(const struct sizing *sizing, const struct request *request,
		     struct error *error)
{
	if (request->origin == FROM_OPTIONS)
		return error_wrap(error, "--tmpfs");
	error->offset = request->entry->offset;
	return error_wrap(error, "%" NAME_SHOWN, sizing->list_key);
}

static int refuse_size(const struct sizing *sizing, const struct request *request,
		       struct error *error, const char *limit, uint64_t asked, uint64_t allowed)
{
	error_set(error, STATUS_POLICY, 0,
		  "entry '%" NAME_SHOWN "': %" PRIu64
		  " bytes are more than the operator's %s: %" PRIu64,
		  request->entry->text, asked, limit, allowed);
	return say_whose(sizing, request, error);
}

static uint64_t size_of(const struct sizing *sizing, const struct request *request)
{
	return whole_pages(in_bytes(sizing, &request->entry->size));
}

/* Takes the sizes that one side asks for from what is left, and counts those who share it. */
static int take_sizes(struct sizing *sizing, enum request_origin origin,
		      const struct request *const requests[], size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct request *request = requests[i];
		uint64_t asked = in_bytes(sizing, &request->entry->size);
		uint64_t size = size_of(sizing, request);

		if (request->origin != origin)
			continue;
		if (!(request->entry->given & GIVEN_SIZE)) {
			if (!sizing->sharers++ || sizing->sharer->origin != origin)
				sizing->sharer = request;
			continue;
		}
		if (sizing->each && asked > sizing->each)
			return refuse_size(sizing, request, error, "--max-size allows", asked,
					   sizing->each);
		if (sizing->all && size > sizing->left)
			return refuse_size(sizing, request, error,
					   "--max-total leaves beside the sizes before it", size,
					   sizing->left);
		sizing->left -= sizing->all ? size : 0;
	}
	return 0;
}

/* What an entry gets that says no size; 0 for the kernel's own limit. */
static int share_out(const struct sizing *sizing, struct error *error, uint64_t *ret_share)
{
	uint64_t each = sizing->each ? whole_pages(sizing->each) : 0;
	uint64_t share;

	if (!sizing->all || !sizing->sharers) {
		*ret_share = each;
		return 0;
	}
	share = sizing->left / sizing->sharers;
	if (share < PAGE) {
		error_set(error, STATUS_POLICY, 0,
			  "entry '%" NAME_SHOWN "': the operator's --max-total leaves %" PRIu64
			  " bytes for %zu tmpfs without a size, less than a page each; "
			  "ask for fewer, or for smaller sizes where some are given",
			  sizing->sharer->entry->text, sizing->left, sizing->sharers);
		return say_whose(sizing, sizing->sharer, error);
	}
	share = whole_pages(share);
	*ret_share = each && each < share ? each : share;
	return 0;
}

int policy_sizes(const struct options *options, const char *list_key,
		 const struct request *const requests[], size_t count, uint64_t total_memory,
		 struct error *error, uint64_t ret_sizes[])
{
	struct sizing sizing = {.list_key = list_key, .total_memory = total_memory};
	uint64_t share = 0;
	int r;

	r = read_limit(&sizing, "--max-size", &options->max_size, error, &sizing.each);
	if (r == 0)
		r = read_limit(&sizing, "--max-total", &options->max_total, error, &sizing.all);
	if (r < 0)
		return r;
	sizing.left = sizing.all;
	/* Defaults come first: an author has what they leave. */
	r = take_sizes(&sizing, FROM_OPTIONS, requests, count, error);
	if (r == 0)
		r = take_sizes(&sizing, FROM_ANNOTATION, requests, count, error);
	if (r == 0)
		r = share_out(&sizing, error, &share);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		ret_sizes[i] = requests[i]->entry->given & GIVEN_SIZE
				       ? size_of(&sizing, requests[i])
				       : share;
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
