/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_fill.h"

#include <errno.h>
#include <string.h>

#include "given.h"
#include "path.h"

static bool is_replaced(const struct plan *plan, uint64_t id)
{
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		if (plan->tmpfs[i].replaces && plan->tmpfs[i].mount_id == id)
			return true;
	}
	return false;
}

static bool is_candidate(const struct maker *maker, size_t number)
{
	const struct bundle_mount *mount = &maker->facts->bundle->mounts[number];

	return mount->is_tmpfs && !policy_is_reserved(mount->destination) &&
	       !policy_is_reserved(maker->facts->given[number].path);
}

/* May one of config.json's mounts be filled? Of several at one directory, only the last is visible:
 * given_tmpfs() returns that one. Returns 1, 0 or negative. */
static int is_filled(const struct maker *maker, size_t number)
{
	const struct bundle_mount *mount = &maker->facts->bundle->mounts[number];
	const struct target *target = &maker->facts->given[number];

	if (!is_candidate(maker, number))
		return 0;
	/* The container must not start with a tmpfs that could have been filled. */
	if (target->err)
		return error_set(maker->error, STATUS_PATH, target->err,
				 "--seed-tmpfs: %" NAME_SHOWN
				 ": cannot be followed at %" NAME_SHOWN,
				 mount->destination, target->path);
	return given_tmpfs(maker->facts, target) == mount &&
	       !is_replaced(maker->plan, target->mount_id);
}

/* path is one of the container. */
static int cover(struct maker *maker, struct planned_fill *fill, const char *path)
{
	if (!path || !path_is_below(path, fill->path) || !*path_below(path, fill->path))
		return 0;
	if (array_reserve(&fill->covered, &fill->covered_capacity, fill->covered_count,
			  sizeof(*fill->covered)) < 0)
		return error_memory(maker->error);
	fill->covered[fill->covered_count++] = path_below(path, fill->path);
	return 0;
}

/* Finds what hides the image's files on the tmpfs: the mounts on it, those that the plan adds, and
 * the devices that a runtime may make there after the hook. */
static int find_covered(struct maker *maker, struct planned_fill *fill)
{
	const struct plan_facts *facts = maker->facts;
	const struct plan *plan = maker->plan;
	int r = 0;

	for (size_t i = 0; r == 0 && i < facts->table->count; i++) {
		const struct mount_line *line = &facts->table->lines[i];

		if (line->parent == fill->id)
			r = cover(maker, fill, maker_path_inside(facts, line));
	}
	for (size_t i = 0; r == 0 && i < plan->tmpfs_count; i++) {
		if (plan->tmpfs[i].mount_id == fill->id)
			r = cover(maker, fill, plan->tmpfs[i].path);
	}
	for (size_t i = 0; r == 0 && i < facts->bundle->devices_count; i++) {
		if (facts->devices[i].mount_id == fill->id)
			r = cover(maker, fill, facts->devices[i].path);
	}
	return r;
}

static int add_fill(struct maker *maker, size_t number)
{
	const struct bundle_mount *mount = &maker->facts->bundle->mounts[number];
	const struct target *target = &maker->facts->given[number];
	const struct mount_line *line = mounttab_find(maker->facts->table, target->mount_id);
	struct plan *plan = maker->plan;
	struct planned_fill *fill;

	if (line->flags & FLAG_RO)
		return error_set(maker->error, STATUS_PATH, EROFS,
				 "--seed-tmpfs: %" NAME_SHOWN
				 ": its tmpfs is read-only already, and cannot be filled",
				 target->path);
	if (plan->fills_count == PLAN_FILLS_MAX)
		return error_set(maker->error, STATUS_PATH, 0,
				 "--seed-tmpfs: config.json has more than %d tmpfs to fill",
				 PLAN_FILLS_MAX);
	if (array_reserve(&plan->fills, &plan->fills_capacity, plan->fills_count,
			  sizeof(*plan->fills)) < 0)
		return error_memory(maker->error);
	fill = &plan->fills[plan->fills_count];
	*fill = (struct planned_fill){
		.path = strdup(target->path),
		.id = target->mount_id,
		.given = mount->given,
		.is_noexec = line->flags & FLAG_NOEXEC,
		.is_on_root = line->parent == maker->facts->root_id,
	};
	if (!fill->path)
		return error_memory(maker->error);
	plan->fills_count++;
	return find_covered(maker, fill);
}

int plan_fills(struct maker *maker)
{
	int r = 0;

	if (!maker->policy->seeds_tmpfs || !maker->facts->given)
		return 0;
	for (size_t i = 0; r == 0 && i < maker->facts->bundle->mounts_count; i++) {
		r = is_filled(maker, i);
		if (r > 0)
			r = add_fill(maker, i);
	}
	return r;
}
