/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <string.h>

#include "path.h"
#include "plan_maker.h"

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->tmpfs_count; i++)
		free(plan->tmpfs[i].path);
	for (size_t i = 0; i < plan->moves_count; i++)
		free(plan->moves[i].path);
	free(plan->tmpfs);
	free(plan->moves);
	free(plan->ops);
	free(plan->cwd);
	free(plan->fates);
	*plan = (struct plan){0};
}

/* " comes to /run, which", where the path as it was written is not where it comes to. */
static const char *comes_to(const struct request *request, const struct target *target,
			    char buffer[static 256])
{
	if (strcmp(request->entry->path, target->path) == 0)
		return "it";
	snprintf(buffer, 256, "it comes to %" NAME_SHOWN ", which", target->path);
	return buffer;
}

static bool is_ours(const struct mount_line *line, const struct tmpfs_entry *entry)
{
	return line->source && strcmp(line->source, MOUNT_SOURCE) == 0 &&
	       line->flags == entry->flags &&
	       (strcmp(line->fstype, "tmpfs") == 0 || strcmp(line->fstype, "overlay") == 0);
}

/* A path that is the root of a mount has an owner already: an earlier run of the hook, or whoever
 * made the container. */
static int judge_mount(const struct maker *maker, const struct request *request,
		       const struct target *target, const struct mount_line *line)
{
	char buffer[256];

	if (is_ours(line, request->entry))
		return FATE_DONE;
	if (request->origin == FROM_OPTIONS)
		return FATE_YIELDED;
	return error_set(maker->error, STATUS_PATH, 0,
			 "%" NAME_SHOWN
			 ": %s is a mount of the container's own already (%s from %" NAME_SHOWN
			 "): take the path out of the list, or that mount out of the container",
			 request->entry->path, comes_to(request, target, buffer), line->fstype,
			 line->source ? line->source : "none");
}

static int on_kernel_filesystem(const struct maker *maker, const struct request *request,
				const struct target *target, const struct mount_line *kernel)
{
	char buffer[256];

	return error_set(maker->error, STATUS_PATH, 0,
			 "%" NAME_SHOWN ": %s is on a kernel filesystem (%s)", request->entry->path,
			 comes_to(request, target, buffer), kernel->fstype);
}

/* The kernel's filesystem that a mount stands on, through whatever is mounted between; NULL if
 * there is none. */
static const struct mount_line *kernel_below(const struct maker *maker,
					     const struct mount_line *line)
{
	const struct mounttab *table = maker->facts->table;

	/* A table has no loops, but nothing here depends on it. */
	for (size_t i = 0; line && line->id != maker->facts->root_id && i < table->count; i++) {
		if (fstype_is_kernel(line->fstype))
			return line;
		line = mounttab_find(table, line->parent);
	}
	return NULL;
}

static int judge_target(const struct maker *maker, const struct request *request,
			const struct target *target)
{
	const struct mount_line *line = mounttab_find(maker->facts->table, target->mount_id);
	const struct mount_line *kernel;
	const char *path = request->entry->path;
	char buffer[256];

	if (strcmp(target->path, "/") == 0)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": it comes to the root directory", path);
	if (strcmp(target->path, "/dev") == 0)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": %s is the container's device directory", path,
				 comes_to(request, target, buffer));
	if (!line)
		return error_set(maker->error, STATUS_BUG, 0,
				 "%" NAME_SHOWN
				 ": its mount (number %llu) is not in the container's mount table",
				 path, (unsigned long long)target->mount_id);
	if (fstype_is_kernel(line->fstype))
		return on_kernel_filesystem(maker, request, target, line);
	if (target->is_mount_root && target->mount_id != maker->facts->root_id)
		return judge_mount(maker, request, target, line);
	kernel = kernel_below(maker, line);
	if (kernel)
		return on_kernel_filesystem(maker, request, target, kernel);
	if (line->is_shared)
		return error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN ": %s is on a mount with shared propagation (%" NAME_SHOWN
			"): the host would see what is mounted there; it must be slave or private",
			path, comes_to(request, target, buffer), line->target);
	if (request->origin == FROM_ANNOTATION) {
		int r = policy_allows_path(maker->options, request->entry, target->path,
					   maker->error);

		if (r < 0)
			return r;
	}
	return FATE_TMPFS;
}

/* Two entries for one directory: an annotation's wins over a default, as does an earlier default;
 * two of annotations are a mistake. */
static int judge_twin(const struct maker *maker, const struct request *request,
		      const struct target *target)
{
	struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		if (strcmp(plan->tmpfs[i].path, target->path) != 0)
			continue;
		/* Annotations stand before defaults in the policy's requests. */
		if (request->origin == FROM_OPTIONS)
			return FATE_TWIN;
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": it comes to %" NAME_SHOWN
				 ", and so does %" NAME_SHOWN ": leave one of the two out",
				 request->entry->path, target->path, plan->tmpfs[i].entry->path);
	}
	return FATE_TMPFS;
}

/* The fate of a request, or an error. */
static int judge(const struct maker *maker, size_t number)
{
	const struct request *request = &maker->policy->requests[number];
	const struct target *target = &maker->facts->targets[number];
	int fate = judge_target(maker, request, target);

	return fate == FATE_TMPFS ? judge_twin(maker, request, target) : fate;
}

static int check_owner(const struct maker *maker, const struct tmpfs_entry *entry)
{
	const struct bundle *bundle = maker->facts->bundle;

	if ((entry->given & GIVEN_UID) && !id_map_has(&bundle->uids, entry->uid))
		return error_set(maker->error, STATUS_ANNOTATION, 0,
				 "%" NAME_SHOWN
				 ": uid=%u is not mapped in the container's user namespace",
				 entry->path, entry->uid);
	if ((entry->given & GIVEN_GID) && !id_map_has(&bundle->gids, entry->gid))
		return error_set(maker->error, STATUS_ANNOTATION, 0,
				 "%" NAME_SHOWN
				 ": gid=%u is not mapped in the container's user namespace",
				 entry->path, entry->gid);
	return 0;
}

static int add_tmpfs(struct maker *maker, size_t number)
{
	const struct target *target = &maker->facts->targets[number];
	const struct tmpfs_entry *entry = maker->policy->requests[number].entry;
	const struct bundle *bundle = maker->facts->bundle;
	struct plan *plan = maker->plan;
	bool user = entry->given & GIVEN_OWNER_USER;
	struct planned_tmpfs *tmpfs;
	int r;

	r = check_owner(maker, entry);
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
		.path = strdup(target->path),
		.uid = entry->given & GIVEN_UID ? entry->uid
		       : user			? bundle->uid
						: (uid_t)-1,
		.gid = entry->given & GIVEN_GID ? entry->gid
		       : user			? bundle->gid
						: (gid_t)-1,
		.inside = PLAN_NOWHERE,
		.mount_id = target->mount_id,
		.image_lacks = target->existing < strlen(target->path),
		.existing = target->existing,
	};
	if (!tmpfs->path)
		return error_memory(maker->error);
	plan->tmpfs_count++;
	return 0;
}

/* Outer paths come before what is below them. */
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
		int fate = judge(maker, i);
		int r;

		if (fate < 0)
			return fate;
		maker->plan->fates[i] = (enum fate)fate;
		if (fate == FATE_DONE)
			done = request;
		r = fate == FATE_TMPFS ? add_tmpfs(maker, i) : 0;
		if (r < 0)
			return r;
	}
	/* All or nothing was done by an earlier run: a container that was left half-made did not
	 * start. */
	if (done && maker->plan->tmpfs_count)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN
				 ": it is the hook's own mount of an earlier run, but %" NAME_SHOWN
				 " is not: the two runs were asked for different things",
				 done->entry->path, maker->plan->tmpfs[0].entry->path);
	if (maker->plan->tmpfs_count > 1)
		qsort(maker->plan->tmpfs, maker->plan->tmpfs_count, sizeof(*maker->plan->tmpfs),
		      compare_tmpfs);
	return 0;
}

static int settle_sizes(struct maker *maker)
{
	struct plan *plan = maker->plan;
	AUTO_FREE const struct tmpfs_entry **entries = NULL;
	AUTO_FREE uint64_t *sizes = NULL;
	int r;

	if (!plan->tmpfs_count)
		return 0;
	entries = calloc(plan->tmpfs_count, sizeof(*entries));
	sizes = calloc(plan->tmpfs_count, sizeof(*sizes));
	if (!entries || !sizes)
		return error_memory(maker->error);
	for (size_t i = 0; i < plan->tmpfs_count; i++)
		entries[i] = plan->tmpfs[i].entry;
	r = policy_sizes(maker->options, entries, plan->tmpfs_count, maker->facts->total_memory,
			 maker->error, sizes);
	if (r < 0)
		return r;
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		plan->tmpfs[i].size = sizes[i];
		plan->tmpfs[i].size_source =
			policy_size_source(maker->options, entries[i], sizes[i]);
	}
	return 0;
}

size_t maker_innermost(const struct maker *maker, const char *path, size_t except)
{
	const struct plan *plan = maker->plan;
	size_t best = PLAN_NOWHERE;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		const char *dir = plan->tmpfs[i].path;

		if (i == except || !path_is_below(path, dir) || strcmp(path, dir) == 0)
			continue;
		if (best == PLAN_NOWHERE || strlen(dir) > strlen(plan->tmpfs[best].path))
			best = i;
	}
	return best;
}

bool maker_mount_between(const struct maker *maker, const char *path, const char *dir,
			 uint64_t except)
{
	const struct plan_facts *facts = maker->facts;

	for (size_t i = 0; i < facts->mounts_count; i++) {
		const struct visible_mount *mount = &facts->mounts[i];

		if (mount->id != except && mount->id != facts->root_id &&
		    path_is_below(path, mount->path) && path_is_below(mount->path, dir) &&
		    strcmp(mount->path, dir) != 0)
			return true;
	}
	return false;
}

static void place_tmpfs(struct maker *maker)
{
	struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		size_t outer = maker_innermost(maker, plan->tmpfs[i].path, i);

		/* On a volume that is itself below the outer one, and moves onto it, the tmpfs is
		 * the volume's. */
		if (outer != PLAN_NOWHERE &&
		    !maker_mount_between(maker, plan->tmpfs[i].path, plan->tmpfs[outer].path, 0))
			plan->tmpfs[i].inside = outer;
	}
}

static int add_move(struct maker *maker, const struct visible_mount *mount, size_t onto)
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
			" can't be kept: it is on a mount with shared propagation; it must be slave or private",
			plan->tmpfs[onto].entry->path, mount->path);
	if (array_reserve(&plan->moves, &plan->moves_capacity, plan->moves_count,
			  sizeof(*plan->moves)) < 0)
		return error_memory(maker->error);
	move = &plan->moves[plan->moves_count];
	*move = (struct planned_move){
		.id = mount->id,
		.path = strdup(mount->path),
		.is_directory = mount->is_directory,
		.onto = onto,
	};
	if (!move->path)
		return error_memory(maker->error);
	plan->moves_count++;
	return 0;
}

/* The mounts right below each tmpfs; what is mounted on those moves along with them. */
static int plan_moves(struct maker *maker)
{
	const struct plan_facts *facts = maker->facts;

	for (size_t i = 0; i < facts->mounts_count; i++) {
		const struct visible_mount *mount = &facts->mounts[i];
		size_t onto = maker_innermost(maker, mount->path, PLAN_NOWHERE);
		int r;

		if (mount->id == facts->root_id || onto == PLAN_NOWHERE ||
		    maker_mount_between(maker, mount->path, maker->plan->tmpfs[onto].path,
					mount->id))
			continue;
		r = add_move(maker, mount, onto);
		if (r < 0)
			return r;
	}
	return 0;
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

	r = take_requests(&maker);
	if (r == 0)
		r = settle_sizes(&maker);
	if (r < 0)
		return r;
	place_tmpfs(&maker);
	r = plan_moves(&maker);
	if (r == 0)
		r = maker_add_ops(&maker);
	if (r < 0)
		return r;
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}
