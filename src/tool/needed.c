/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "needed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/path.h"
#include "linux/sys.h"
#include "seed/measure.h"

#define THREADS_MAX 4

/* The kernel's own limits: half of the memory, and a file for each page of it. */
#define KERNEL_PART 2
#define PAGE_BYTES  4096

/* What is mounted below is not seen, nor copied. */
static size_t find_cuts(const struct plan *plan, size_t index, struct seed_cut cuts[])
{
	const char *top = plan->tmpfs[index].path;
	size_t count = 0;

	for (size_t i = 0; i < plan->tmpfs_count; i++)
		if (plan->tmpfs[i].inside == index)
			cuts[count++].path = path_below(plan->tmpfs[i].path, top);
	for (size_t i = 0; i < plan->moves_count; i++)
		if (plan->moves[i].onto == index)
			cuts[count++].path = path_below(plan->moves[i].path, top);
	return count;
}

static int measure(const struct plan *plan, size_t index, int image, struct error *error,
		   struct seed_need *ret_need)
{
	AUTO_FREE struct seed_cut *cuts =
		calloc(plan->tmpfs_count + plan->moves_count, sizeof(*cuts));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct seed_request request = {
		.image = image,
		.copy = -EBADF,
		.cuts = cuts,
		.threads = processors > 1 && processors < THREADS_MAX ? (unsigned)processors
								      : THREADS_MAX,
	};

	if (!cuts)
		return error_memory(error);
	request.cuts_count = find_cuts(plan, index, cuts);
	return seed_measure(&request, NULL, error, ret_need);
}

/* Where an entry is written: nowhere if it is the operator's. */
static const struct finding_place *place_of_entry(const struct subject *subject,
						  const struct verdict *verdict,
						  const struct planned_tmpfs *tmpfs,
						  struct finding_place *place)
{
	const struct written *written =
		tmpfs->is_default ? NULL
				  : written_find(&subject->annotations, verdict->policy.list_key);

	if (!written)
		return NULL;
	*place = written_place(&subject->annotations, written, tmpfs->entry->offset);
	return place;
}

/* Is the limit in bytes one of this machine's memory, which another may have more of? */
static bool is_of_machine(const struct judge *judge, const struct planned_tmpfs *tmpfs)
{
	if (tmpfs->entry->given & GIVEN_SIZE)
		return tmpfs->entry->size.is_percent;
	return !tmpfs->size || judge->options->max_size.is_percent ||
	       judge->options->max_total.is_percent;
}

static int check_fit(const struct judge *judge, const struct subject *subject,
		     const struct verdict *verdict, const struct planned_tmpfs *tmpfs,
		     const struct seed_need *need, struct findings *findings, struct needed *needed)
{
	uint64_t bytes = tmpfs->size ? tmpfs->size : judge->total_memory / KERNEL_PART;
	uint64_t inodes =
		tmpfs->inodes ? tmpfs->inodes : judge->total_memory / PAGE_BYTES / KERNEL_PART;
	bool is_large = need->bytes > bytes;
	bool is_many = need->inodes > inodes;
	bool is_warning = is_large ? is_of_machine(judge, tmpfs) : !tmpfs->inodes;
	struct finding_place place;
	char hint[160];

	if (!is_large && !is_many)
		return 0;
	needed->is_too_large = !is_warning;
	if (is_large)
		snprintf(hint, sizeof(hint),
			 "size=%" PRIu64 "k would hold it; seed=overlay needs no room for it, and "
			 "seed=none starts empty",
			 need->bytes / 1024);
	else
		snprintf(hint, sizeof(hint), "nr_inodes=%" PRIu64 " would hold it", need->inodes);
	return findings_add(
		findings, is_warning, STATUS_SEED, place_of_entry(subject, verdict, tmpfs, &place),
		hint,
		"%s: the seed does not fit: it needs %" PRIu64 " bytes in %" PRIu64
		" inodes, and its tmpfs has %" PRIu64 " bytes (%s) and %" PRIu64 " inodes",
		tmpfs->entry->path, need->bytes, need->inodes, bytes, tmpfs->size_source, inodes);
}

int needed_measure(const struct judge *judge, const struct subject *subject,
		   const struct verdict *verdict, size_t index, struct findings *findings,
		   struct needed *ret_needed)
{
	const struct planned_tmpfs *tmpfs = &verdict->plan.tmpfs[index];
	AUTO_FD fd = -EBADF;
	struct seed_need need = {.inodes = 1};
	struct finding_place place;
	struct error error;
	int r = 0;

	*ret_needed = (struct needed){0};
	if (!judge->image || tmpfs->entry->seed == SEED_NONE)
		return 0;
	fd = sys_openat2(judge->image->fd, tmpfs->path, O_RDONLY | O_DIRECTORY, 0,
			 RESOLVE_ROOTED | RESOLVE_LINKLESS);
	if (fd >= 0)
		r = measure(&verdict->plan, index, fd, &error, &need);
	else if (fd != -ENOENT)
		r = error_set(&error, STATUS_SEED, -fd, "its directory cannot be opened");
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return findings_add(
			findings, true, 0, place_of_entry(subject, verdict, tmpfs, &place), NULL,
			"%s: the seed cannot be measured: %s", tmpfs->entry->path, error.text);
	*ret_needed =
		(struct needed){.is_measured = true, .bytes = need.bytes, .inodes = need.inodes};
	if (tmpfs->entry->seed == SEED_OVERLAY || tmpfs->entry->seed == SEED_AUTO)
		return 0;
	return check_fit(judge, subject, verdict, tmpfs, &need, findings, ret_needed);
}
