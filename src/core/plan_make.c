/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_make.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "plan_fill.h"
#include "plan_judge.h"
#include "plan_ops.h"
#include "policy_sizes.h"

static int check_id(const struct maker *maker, const struct request *request, const char *name,
		    uint32_t id, const struct id_map *map)
{
	const struct tmpfs_entry *entry = request->entry;
	char place[PLACE_MAX];

	if (id_map_has(map, id))
		return 0;
	return error_set(maker->error, STATUS_ANNOTATION, 0,
			 "%" NAME_SHOWN "%s: %s=%u is not mapped in the container's user namespace",
			 entry->path, maker_in_list(request, place), name, id);
}

static int check_owner(const struct maker *maker, const struct request *request)
{
	const struct bundle *bundle = maker->facts->bundle;
	const struct tmpfs_entry *entry = request->entry;
	int r = 0;

	if (entry->given & GIVEN_UID)
		r = check_id(maker, request, "uid", entry->uid, &bundle->uids);
	if (r == 0 && (entry->given & GIVEN_GID))
		r = check_id(maker, request, "gid", entry->gid, &bundle->gids);
	return r;
}

static int add_tmpfs(struct maker *maker, size_t number)
{
	const struct target *target = &maker->facts->targets[number];
	const struct request *request = &maker->policy->requests[number];
	const struct tmpfs_entry *entry = request->entry;
	const struct bundle *bundle = maker->facts->bundle;
	struct plan *plan = maker->plan;
	bool is_users = entry->given & GIVEN_OWNER_USER;
	struct planned_tmpfs *tmpfs;
	int r;

	r = check_owner(maker, request);
	if (r < 0)
		return r;
	r = array_reserve(&plan->tmpfs, &plan->tmpfs_capacity, plan->tmpfs_count,
			  sizeof(*plan->tmpfs));
	if (r < 0)
		return error_memory(maker->error);
	tmpfs = &plan->tmpfs[plan->tmpfs_count];
	*tmpfs = (struct planned_tmpfs){
		.entry = entry,
		.request = number,
		.is_default = request->origin == FROM_OPTIONS,
		.path = strdup(target->path),
		.uid = is_users ? bundle->uid : (uid_t)-1,
		.gid = is_users ? bundle->gid : (gid_t)-1,
		.inside = PLAN_NOWHERE,
		.mount_id = target->mount_id,
		.replaces = target->is_mount_root,
		.image_lacks = target->existing < strlen(target->path),
		.existing = target->existing,
	};
	if (!tmpfs->path)
		return error_memory(maker->error);
	if (entry->given & GIVEN_UID)
		tmpfs->uid = entry->uid;
	if (entry->given & GIVEN_GID)
		tmpfs->gid = entry->gid;
	plan->tmpfs_count++;
	return 0;
}

/* Sorts outer paths before those below them. */
static int compare_tmpfs(const void *a, const void *b)
{
	return strcmp(((const struct planned_tmpfs *)a)->path,
		      ((const struct planned_tmpfs *)b)->path);
}

static int take_requests(struct maker *maker)
{
	const struct request *done = NULL;

	maker->plan->fates = calloc(maker->policy->requests_count + 1, sizeof(enum fate));
	if (!maker->plan->fates)
		return error_memory(maker->error);
	for (size_t i = 0; i < maker->policy->requests_count; i++) {
		const struct request *request = &maker->policy->requests[i];
		int fate = judge_request(maker, i);
		int r;

		if (fate < 0)
			return request_error(request, maker->error);
		maker->plan->fates[i] = (enum fate)fate;
		if (fate == FATE_DONE)
			done = request;
		r = fate == FATE_TMPFS ? add_tmpfs(maker, i) : 0;
		if (r < 0)
			return request_error(request, maker->error);
	}
	/* An earlier run made all mounts or none: a container with only some did not start. */
	if (done && maker->plan->tmpfs_count)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN
				 ": it is the hook's mount of an earlier run, but %" NAME_SHOWN
				 " is not: the requests of the two runs differ",
				 done->entry->path, maker->plan->tmpfs[0].entry->path);
	if (maker->plan->tmpfs_count > 1)
		qsort(maker->plan->tmpfs, maker->plan->tmpfs_count, sizeof(*maker->plan->tmpfs),
		      compare_tmpfs);
	return 0;
}

/* An earlier run, with other options, may have set a larger size than these options allow. */
static int check_own(const struct maker *maker, size_t number, uint64_t size)
{
	const struct tmpfs_entry *entry = maker->policy->requests[number].entry;
	const struct target *target = &maker->facts->targets[number];

	/* The kernel rounded it up to whole pages, which may be larger than 4 KiB. */
	if (!size || target->own_size / target->own_block <= (size - 1) / target->own_block + 1)
		return 0;
	return error_set(maker->error, STATUS_POLICY, 0,
			 "%" NAME_SHOWN ": the hook's mount of an earlier run has %" PRIu64
			 " bytes, and the operator's policy leaves it %" PRIu64
			 " (%s): the requests of the two runs differ",
			 entry->path, target->own_size, size,
			 policy_size_source(maker->options, entry, size));
}

/* Lists the requests that have a tmpfs: in this plan or, if an earlier run did everything, from
 * that run. */
static size_t list_requests(const struct maker *maker, const struct request *requests[])
{
	const struct plan *plan = maker->plan;
	size_t count = 0;

	for (size_t i = 0; i < plan->tmpfs_count; i++)
		requests[count++] = &maker->policy->requests[plan->tmpfs[i].request];
	for (size_t i = 0; i < maker->policy->requests_count; i++) {
		if (plan->fates[i] == FATE_DONE)
			requests[count++] = &maker->policy->requests[i];
	}
	return count;
}

static int settle_sizes(struct maker *maker)
{
	struct plan *plan = maker->plan;
	size_t requests_count = maker->policy->requests_count;
	AUTO_FREE const struct request **requests = calloc(requests_count + 1, sizeof(*requests));
	AUTO_FREE uint64_t *sizes = calloc(requests_count + 1, sizeof(*sizes));
	size_t count;
	int r;

	if (!requests || !sizes)
		return error_memory(maker->error);
	count = list_requests(maker, requests);
	if (!count)
		return 0;
	r = policy_sizes(maker->options, requests, count, maker->facts->total_memory, maker->error,
			 sizes);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		plan->tmpfs[i].size = sizes[i];
		plan->tmpfs[i].size_source =
			policy_size_source(maker->options, plan->tmpfs[i].entry, sizes[i]);
	}
	count = plan->tmpfs_count;
	for (size_t i = 0; i < requests_count; i++) {
		r = plan->fates[i] == FATE_DONE ? check_own(maker, i, sizes[count++]) : 0;
		if (r < 0)
			return request_error(&maker->policy->requests[i], maker->error);
	}
	return 0;
}

/* The same for the number of files. */
static int check_own_inodes(const struct maker *maker, size_t number)
{
	const struct request *request = &maker->policy->requests[number];
	const struct target *target = &maker->facts->targets[number];
	uint64_t inodes = 0;
	int r;

	r = policy_inodes(maker->options, request, maker->error, &inodes);
	if (r < 0)
		return r;
	if (!inodes || target->own_inodes <= inodes)
		return 0;
	error_set(maker->error, STATUS_POLICY, 0,
		  "%" NAME_SHOWN ": the hook's mount of an earlier run has %" PRIu64
		  " inodes, and the operator's policy leaves it %" PRIu64
		  " (%s): the requests of the two runs differ",
		  request->entry->path, target->own_inodes, inodes,
		  policy_inodes_source(request->entry, inodes));
	return request_error(request, maker->error);
}

static int settle_inodes(struct maker *maker)
{
	struct plan *plan = maker->plan;
	int r = 0;

	for (size_t i = 0; i < plan->tmpfs_count && r == 0; i++) {
		struct planned_tmpfs *tmpfs = &plan->tmpfs[i];

		r = policy_inodes(maker->options, &maker->policy->requests[tmpfs->request],
				  maker->error, &tmpfs->inodes);
		tmpfs->inodes_source = policy_inodes_source(tmpfs->entry, tmpfs->inodes);
	}
	for (size_t i = 0; i < maker->policy->requests_count && r == 0; i++)
		r = plan->fates[i] == FATE_DONE ? check_own_inodes(maker, i) : 0;
	return r;
}

static void place_tmpfs(struct maker *maker)
{
	struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		size_t outer = maker_innermost(maker, plan->tmpfs[i].path, i);

		/* If the tmpfs is on a volume below the outer tmpfs, it stays on that volume, which
		 * moves onto the outer one. */
		if (outer != PLAN_NOWHERE &&
		    !maker_mount_between(maker, plan->tmpfs[i].path, plan->tmpfs[outer].path, 0))
			plan->tmpfs[i].inside = outer;
	}
}

static int add_move(struct maker *maker, const struct known_mount *mount, size_t onto)
{
	const struct mount_line *line = mounttab_find(maker->facts->table, mount->id);
	const struct mount_line *parent =
		line ? mounttab_find(maker->facts->table, line->parent) : NULL;
	struct plan *plan = maker->plan;
	struct planned_move *move;

	if (!parent)
		return error_set(maker->error, STATUS_BUG, 0,
				 "%" NAME_SHOWN ": its mount is not in the container's mount table",
				 mount->path);
	if (parent->is_shared)
		return error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN ": the mount at %" NAME_SHOWN
			" cannot be kept: it is on a mount with shared propagation; it must be slave or private",
			plan->tmpfs[onto].entry->path, mount->path);
	if (array_reserve(&plan->moves, &plan->moves_capacity, plan->moves_count,
			  sizeof(*plan->moves)) < 0)
		return error_memory(maker->error);
	move = &plan->moves[plan->moves_count];
	*move = (struct planned_move){
		.id = mount->id,
		.path = strdup(mount->path),
		.onto = onto,
	};
	if (!move->path)
		return error_memory(maker->error);
	plan->moves_count++;
	return 0;
}

/* Moves the mounts directly below each tmpfs. Mounts on those move along. */
static int plan_moves(struct maker *maker)
{
	for (size_t i = 0; i < maker->mounts_count; i++) {
		const struct known_mount *mount = &maker->mounts[i];
		size_t onto = maker_innermost(maker, mount->path, PLAN_NOWHERE);
		int r;

		if (onto == PLAN_NOWHERE ||
		    maker_mount_between(maker, mount->path, maker->plan->tmpfs[onto].path,
					mount->id))
			continue;
		r = add_move(maker, mount, onto);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A container whose program is on a noexec tmpfs cannot start. */
static size_t find_program(const struct maker *maker)
{
	const struct target *program = maker->facts->program;
	const struct planned_tmpfs *tmpfs;
	size_t number;

	if (!program)
		return PLAN_NOWHERE;
	number = maker_innermost(maker, program->path, PLAN_NOWHERE);
	if (number == PLAN_NOWHERE)
		return PLAN_NOWHERE;
	tmpfs = &maker->plan->tmpfs[number];
	if (!(tmpfs->entry->flags & FLAG_NOEXEC) || tmpfs->entry->seed == SEED_NONE ||
	    maker_mount_between(maker, program->path, tmpfs->path, 0))
		return PLAN_NOWHERE;
	return number;
}

static int make(struct maker *maker)
{
	int r = maker_find_mounts(maker);

	if (r < 0)
		return error_memory(maker->error);
	r = take_requests(maker);
	if (r == 0)
		r = judge_links(maker);
	if (r == 0)
		r = settle_sizes(maker);
	if (r == 0)
		r = settle_inodes(maker);
	if (r < 0)
		return r;
	place_tmpfs(maker);
	maker->plan->program_on = find_program(maker);
	r = plan_moves(maker);
	if (r == 0)
		r = plan_fills(maker);
	return r < 0 ? r : plan_add_ops(maker);
}

int plan_make(const struct policy *policy, const struct options *options,
	      const struct plan_facts *facts, struct error *error, struct plan *ret_plan)
{
	AUTO_PLAN plan = {.root_readonly = policy->readonly};
	struct maker maker = {.policy = policy,
			      .options = options,
			      .facts = facts,
			      .error = error,
			      .plan = &plan};
	int r;

	r = make(&maker);
	free(maker.mounts);
	if (r < 0)
		return r;
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}
