/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "needed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/seed_choice.h"
#include "linux/sys.h"
#include "seed/measure.h"

#define THREADS_MAX 4

/* The kernel's default limits: half of the memory, and one inode per page of that half. */
#define KERNEL_PART 2
#define PAGE_BYTES  4096

/* Returns the number of cuts. */
static size_t find_cuts(const struct plan *plan, size_t index, struct seed_cut cuts[])
{
	size_t count = 0;
	size_t at = 0;

	while ((cuts[count].path = plan_covered(plan, index, &at)))
		count++;
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

/* Returns where an entry is written. An operator's entry has no place. */
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

/* Is the size limit derived from this machine's memory? Another machine may have more. */
static bool is_of_machine(const struct judge *judge, const struct planned_tmpfs *tmpfs)
{
	if (tmpfs->entry->given & GIVEN_SIZE)
		return tmpfs->entry->size.is_percent;
	return !tmpfs->size || judge->options->max_size.is_percent ||
	       judge->options->max_total.is_percent;
}

/* Returns the size limit of a tmpfs. The kernel's default is computed for this machine. */
static uint64_t bytes_of(const struct judge *judge, const struct planned_tmpfs *tmpfs)
{
	return tmpfs->size ? tmpfs->size : judge->total_memory / KERNEL_PART;
}

static uint64_t inodes_of(const struct judge *judge, const struct planned_tmpfs *tmpfs)
{
	return tmpfs->inodes ? tmpfs->inodes : judge->total_memory / PAGE_BYTES / KERNEL_PART;
}

static void choose(const struct judge *judge, const struct subject *subject,
		   const struct planned_tmpfs *tmpfs, struct needed *needed)
{
	const struct seed_facts facts = {
		.bytes = needed->bytes,
		.inodes = needed->inodes,
		.tmpfs_bytes = bytes_of(judge, tmpfs),
		.tmpfs_inodes = inodes_of(judge, tmpfs),
		.memory = subject->memory_limit,
	};
	enum seed_reason reason = seed_choose(&facts);

	needed->seed = seed_chosen(reason);
	needed->chosen = seed_reason_name(reason);
}

static int check_fit(const struct judge *judge, const struct subject *subject,
		     const struct verdict *verdict, const struct planned_tmpfs *tmpfs,
		     struct findings *findings, struct needed *needed)
{
	uint64_t bytes = bytes_of(judge, tmpfs);
	uint64_t inodes = inodes_of(judge, tmpfs);
	bool is_large = needed->bytes > bytes;
	bool is_wide = needed->inodes > inodes;
	bool is_warning =
		(!is_large || is_of_machine(judge, tmpfs)) && (!is_wide || !tmpfs->inodes);
	struct finding_place place;
	char wide[40] = "";
	char hint[200];

	if (!is_large && !is_wide)
		return 0;
	needed->is_too_large = !is_warning;
	if (is_wide)
		snprintf(wide, sizeof(wide), "%snr_inodes=%" PRIu64, is_large ? ":" : "",
			 needed->inodes);
	if (is_large)
		snprintf(hint, sizeof(hint),
			 "size=%" PRIu64 "k%s is enough; seed=overlay needs no room for it, and "
			 "seed=none starts empty",
			 needed->bytes / 1024, wide);
	else
		snprintf(hint, sizeof(hint), "%s is enough", wide);
	return findings_add(findings, is_warning, STATUS_SEED,
			    place_of_entry(subject, verdict, tmpfs, &place), hint,
			    "%s: the seed does not fit: it needs %" PRIu64 " bytes in %" PRIu64
			    " inodes, and its tmpfs has %" PRIu64 " bytes (%s) and %" PRIu64
			    " inodes",
			    tmpfs->entry->path, needed->bytes, needed->inodes, bytes,
			    tmpfs->size_source, inodes);
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
	*ret_needed = (struct needed){
		.is_measured = true,
		.seed = tmpfs->entry->seed,
		.bytes = need.bytes,
		.inodes = need.inodes,
	};
	if (tmpfs->entry->seed == SEED_AUTO)
		choose(judge, subject, tmpfs, ret_needed);
	if (ret_needed->seed == SEED_OVERLAY)
		return 0;
	return check_fit(judge, subject, verdict, tmpfs, findings, ret_needed);
}

int needed_check_memory(const struct subject *subject, const struct verdict *verdict,
			const struct needed needed[], struct findings *findings,
			bool *ret_is_too_large)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < verdict->plan.tmpfs_count; i++)
		if (needed[i].is_measured && needed[i].seed == SEED_COPY)
			bytes += needed[i].bytes;
	*ret_is_too_large = subject->memory_limit && bytes > subject->memory_limit;
	if (!*ret_is_too_large)
		return 0;
	return findings_add(findings, false, STATUS_SEED, NULL,
			    "raise the limit, or use seed=overlay or seed=none",
			    "%s%sthe seeds need %" PRIu64
			    " bytes, and the container's memory limit is %" PRIu64,
			    subject->title ? subject->title : "", subject->title ? ": " : "", bytes,
			    subject->memory_limit);
}
