/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seeding.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "linux/rootfs.h"
#include "seed/copy.h"
#include "seed/measure.h"
#include "seed/vacant.h"

#define ENOUGH_MAX 96
#define LIMIT_MAX  32

/* A tmpfs that a seed may not fit, as its errors describe it. */
struct room {
	int top;
	const char *size_source; /* what set its size, in words */
	const char *inodes_source;
	char separator;	       /* between options, as its user writes them */
	const char *otherwise; /* what to do if the memory limit cannot be raised, after a comma */
};

static struct room room_of(const struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];

	return (struct room){
		.top = stage->tmpfs[index].top,
		.size_source = tmpfs->size_source,
		.inodes_source = tmpfs->inodes_source,
		.separator = ':',
		.otherwise = ", or use seed=overlay or seed=none",
	};
}

/* Returns the number of cuts. */
static size_t find_cuts(const struct plan *plan, size_t index, struct seed_cut cuts[])
{
	size_t count = 0;
	size_t at = 0;

	while ((cuts[count].path = plan_covered(plan, index, &at)))
		count++;
	return count;
}

/* Writes the options that would be large enough: need's bytes are whole pages. "" if they are not
 * known. */
static void say_enough(const struct seed_need *need, uint64_t bytes, uint64_t inodes,
		       char separator, char text[static ENOUGH_MAX])
{
	bool is_large = need->bytes > bytes;
	bool is_wide = need->inodes > inodes;
	char between[] = {separator, '\0'};
	int length = 0;

	text[0] = '\0';
	if (is_large)
		length = snprintf(text, ENOUGH_MAX, "; size=%" PRIu64 "k", need->bytes / 1024);
	if (is_wide)
		length += snprintf(text + length, ENOUGH_MAX - (size_t)length,
				   "%snr_inodes=%" PRIu64, is_large ? between : "; ", need->inodes);
	if (length)
		snprintf(text + length, ENOUGH_MAX - (size_t)length, " is enough");
}

/* statfs() reports 0 for a tmpfs without the limit, such as the engine's with nr_inodes=0. */
static uint64_t limit_of(uint64_t reported)
{
	return reported ? reported : UINT64_MAX;
}

static void say_limit(uint64_t limit, const char *unit, char text[static LIMIT_MAX])
{
	if (limit == UINT64_MAX)
		snprintf(text, LIMIT_MAX, "unlimited %s", unit);
	else
		snprintf(text, LIMIT_MAX, "%" PRIu64 " %s", limit, unit);
}

/* The inodes that are enough. Extended attributes rarely take as much as the inodes themselves:
 * they are not measured if only the size is exceeded and half of the inodes are left. */
static uint64_t enough_inodes(const struct seed_request *request, const struct seed_need *need,
			      bool is_large, uint64_t inodes)
{
	struct error ignored;
	uint64_t more;

	if ((is_large && need->inodes <= inodes / 2) ||
	    seed_measure_attributes(request, &ignored, &more) < 0)
		return need->inodes;
	return need->inodes + more;
}

/* Replaces the "no space" error by one with the required and the available size, if both can be
 * measured. */
static void explain_size(struct stage *stage, const struct room *room,
			 const struct seed_request *request)
{
	const char *besides = "";
	char enough[ENOUGH_MAX], bytes_text[LIMIT_MAX], inodes_text[LIMIT_MAX];
	struct seed_need need, sufficient;
	struct error ignored;
	struct statfs fs;
	uint64_t bytes, inodes;

	if (fstatfs(room->top, &fs) < 0 || seed_measure(request, NULL, &ignored, &need) < 0)
		return;
	bytes = limit_of((uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize);
	inodes = limit_of((uint64_t)fs.f_files);
	say_limit(bytes, "bytes", bytes_text);
	say_limit(inodes, "inodes", inodes_text);
	sufficient = need;
	sufficient.inodes = enough_inodes(request, &need, need.bytes > bytes, inodes);
	/* What the measured sizes do not include: Linux 6.6 charges extended attributes to the
	 * inode limit by their length, and some filesystems report the packed size of a file. */
	if (need.bytes <= bytes && need.inodes <= inodes)
		besides = ", and room for extended attributes or for what the image has packed";
	say_enough(&sufficient, bytes, inodes, room->separator, enough);
	error_set(stage->error, STATUS_SEED, ENOSPC,
		  "the seed does not fit: it needs %" PRIu64 " bytes in %" PRIu64
		  " inodes%s, and its tmpfs has %s (%s) and %s (%s)%s",
		  need.bytes, need.inodes, besides, bytes_text, room->size_source, inodes_text,
		  room->inodes_source, enough);
}

/* The seed stops below the memory limit, before the kernel kills the worker: otherwise runc would
 * replace the hook's message by its own. */
static void explain_memory(struct stage *stage, const struct room *room,
			   const struct seed_request *request)
{
	struct seed_need need;
	struct error ignored;

	if (seed_measure(request, NULL, &ignored, &need) < 0) {
		error_set(
			stage->error, STATUS_SEED, ENOMEM,
			"the seed needs more than the %" PRIu64
			" bytes that the memory limit of the container, or of its pod, leaves it: raise it%s",
			request->bytes_max, room->otherwise);
		return;
	}
	error_set(stage->error, STATUS_SEED, ENOMEM,
		  "the seed does not fit: it needs %" PRIu64
		  " bytes, and the memory limit of the container, or of its pod, leaves it %" PRIu64
		  " at most: raise it%s",
		  need.bytes, request->bytes_max, room->otherwise);
}

static enum seed_huge huge_of(const struct tmpfs_entry *entry)
{
	switch (entry->huge) {
	case HUGE_UNSAID:
		return SEED_HUGE_ASK;
	case HUGE_ALWAYS:
	case HUGE_WITHIN_SIZE:
		return SEED_HUGE_YES;
	default:
		return SEED_HUGE_NO;
	}
}

/* Fills in the seed's request. The caller frees the cuts. */
static int make_request(const struct stage *stage, size_t index, int image,
			struct seed_cut **ret_cuts, struct seed_request *ret_request)
{
	const struct plan *plan = stage->request->plan;
	const struct planned_tmpfs *tmpfs = &plan->tmpfs[index];
	bool has_mode = tmpfs->entry->given & GIVEN_MODE;
	struct seed_cut *cuts = calloc(plan->tmpfs_count + plan->moves_count, sizeof(*cuts));

	if (!cuts)
		return error_memory(stage->error);
	*ret_cuts = cuts;
	*ret_request = (struct seed_request){
		.image = image,
		.copy = -EBADF,
		.top =
			{
				.uid = tmpfs->uid,
				.gid = tmpfs->gid,
				.mode = has_mode ? tmpfs->entry->mode : (mode_t)-1,
			},
		.cuts = cuts,
		.cuts_count = find_cuts(plan, index, cuts),
		.huge = huge_of(tmpfs->entry),
		.in_userns = stage->request->container->is_user,
		.missing_mark = MADE_MARK,
		.labelled = stage->request->label != NULL,
		.threads = stage->request->threads,
	};
	return 0;
}

/*
 * The worker joins the cgroup only now. The files that it opened before may be on a filesystem that
 * never answers: a process that waits for one cannot be killed, and its cgroup cannot be removed.
 * If nothing is copied, nothing has to be charged, and joining can take as long as an RCU grace
 * period.
 */
static void join_cgroup(struct stage *stage)
{
	const struct memory_cgroup *cgroup = &stage->request->container->cgroup;
	int r;

	if (stage->has_joined)
		return;
	stage->has_joined = true;
	r = memory_cgroup_join(cgroup);
	stage->charge.is_charged = r == 0;
	if (r < 0)
		stage->charge.err = cgroup->err ? cgroup->err : -r;
}

int seeding_top(struct stage *stage, size_t index, int image, int copy)
{
	AUTO_FREE struct seed_cut *cuts = NULL;
	struct room room = room_of(stage, index);
	struct seed_request request = {0};
	int r;

	r = make_request(stage, index, image, &cuts, &request);
	if (r < 0)
		return r;
	request.copy = copy;
	request.empty = true;
	r = seed_copy(&request, stage->error, &stage->results[index].result);
	if (r == -ENOSPC)
		explain_size(stage, &room, &request);
	return r;
}

static int copy(struct stage *stage, const struct room *room, struct seed_request *request,
		struct seed_result *ret_result)
{
	int r;

	join_cgroup(stage);
	request->copy = room->top;
	if (stage->charge.is_charged)
		request->bytes_max = memory_cgroup_room(&stage->request->container->cgroup);
	r = seed_copy(request, stage->error, ret_result);
	if (r == -ENOSPC)
		explain_size(stage, room, request);
	else if (r == -EDQUOT && request->bytes_max)
		explain_memory(stage, room, request);
	return r;
}

int seeding_copy(struct stage *stage, size_t index, int image)
{
	AUTO_FREE struct seed_cut *cuts = NULL;
	struct room room = room_of(stage, index);
	struct seed_request request = {0};
	int r;

	r = make_request(stage, index, image, &cuts, &request);
	return r < 0 ? r : copy(stage, &room, &request, &stage->results[index].result);
}

/* The caller frees the cuts. */
static int make_fill_request(const struct stage *stage, size_t index, struct seed_cut **ret_cuts,
			     struct seed_request *ret_request)
{
	const struct planned_fill *fill = &stage->request->plan->fills[index];
	const struct staged_fill *staged = &stage->fills[index];
	struct seed_cut *cuts = calloc(fill->covered_count + 1, sizeof(*cuts));
	struct stat st;

	*ret_cuts = cuts;
	if (!cuts)
		return error_memory(stage->error);
	if (fstat(staged->top, &st) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno,
				 "its tmpfs cannot be inspected");
	for (size_t i = 0; i < fill->covered_count; i++)
		cuts[i].path = fill->covered[i];
	*ret_request = (struct seed_request){
		.image = staged->image,
		.copy = staged->top,
		.top =
			{
				.uid = fill->given & GIVEN_UID ? st.st_uid : (uid_t)-1,
				.gid = fill->given & GIVEN_GID ? st.st_gid : (gid_t)-1,
				.mode = fill->given & GIVEN_MODE ? st.st_mode & 07777 : (mode_t)-1,
			},
		.cuts = cuts,
		.cuts_count = fill->covered_count,
		.in_place = true,
		.in_userns = stage->request->container->is_user,
		.missing_mark = MADE_MARK,
		.labelled = stage->request->label != NULL,
		.threads = stage->request->threads,
	};
	return 0;
}

int seeding_is_vacant(struct stage *stage, size_t index, bool *ret_is_vacant)
{
	AUTO_FREE struct seed_cut *cuts = NULL;
	struct seed_request request = {0};
	int r;

	r = make_fill_request(stage, index, &cuts, &request);
	return r < 0 ? r : seed_is_vacant(&request, stage->error, ret_is_vacant);
}

int seeding_in_place(struct stage *stage, size_t index, struct seed_result *ret_result)
{
	AUTO_FREE struct seed_cut *cuts = NULL;
	struct room room = {
		.top = stage->fills[index].top,
		.size_source = "the engine's",
		.inodes_source = "the engine's",
		.separator = ',',
		.otherwise = "",
	};
	struct seed_request request = {0};
	int r;

	r = make_fill_request(stage, index, &cuts, &request);
	if (r < 0)
		return r;
	/* With a set-group-ID bit (mode=2775), the engine's tmpfs would pass its group on to what
	 * is made in it. The seed sets the mode last. */
	if (fchmod(room.top, 0700) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its mode cannot be set");
	return copy(stage, &room, &request, ret_result);
}

int seeding_choose(struct stage *stage, size_t index, int image, enum seed_reason *ret_reason)
{
	static const struct seed_need most = {SEED_AUTO_BYTES, SEED_AUTO_INODES};
	AUTO_FREE struct seed_cut *cuts = NULL;
	struct seed_request request = {0};
	struct seed_need need;
	struct seed_facts facts;
	struct statfs fs;
	int r;

	r = make_request(stage, index, image, &cuts, &request);
	if (r == 0)
		r = seed_measure(&request, &most, stage->error, &need);
	if (r < 0)
		return r;
	if (fstatfs(stage->tmpfs[index].top, &fs) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its tmpfs cannot be opened");
	facts = (struct seed_facts){
		.bytes = need.bytes,
		.inodes = need.inodes,
		.tmpfs_bytes = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize,
		.tmpfs_inodes = (uint64_t)fs.f_files,
		.memory = memory_cgroup_room(&stage->request->container->cgroup),
	};
	*ret_reason = seed_choose(&facts);
	return 0;
}
