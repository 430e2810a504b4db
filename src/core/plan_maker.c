/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_maker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "path.h"

const char *maker_in_list(const struct request *request, char place[static PLACE_MAX])
{
	*place = '\0';
	if (request->origin == FROM_ANNOTATION)
		snprintf(place, PLACE_MAX, ", at %zu in the list", request->entry->offset + 1);
	return place;
}

const char *maker_path_inside(const struct plan_facts *facts, const struct mount_line *line)
{
	const struct mount_line *root = mounttab_find(facts->table, facts->root_id);
	const char *path;

	if (!root || line->id == facts->root_id || !path_is_below(line->target, root->target))
		return NULL;
	path = line->target + (root->target[1] ? strlen(root->target) : 0);
	return *path == '/' && strlen(path) <= PATH_LENGTH_MAX ? path : NULL;
}

static int add_mount(struct maker *maker, const struct mount_line *line)
{
	const char *path = maker_path_inside(maker->facts, line);

	if (!path)
		return 0;
	for (size_t i = 0; i < maker->mounts_count; i++) {
		if (maker->mounts[i].id == line->id)
			return 0;
	}
	if (array_reserve(&maker->mounts, &maker->mounts_capacity, maker->mounts_count,
			  sizeof(*maker->mounts)) < 0)
		return -ENOMEM;
	maker->mounts[maker->mounts_count++] = (struct known_mount){line->id, path};
	return 0;
}

/* Adds the mount of a target, the mount that this one is on, and so on up to the root. Mounts that
 * are hidden by the next one are skipped. */
static int add_way(struct maker *maker, const struct target *target)
{
	const struct mounttab *table = maker->facts->table;
	const struct mount_line *line = mounttab_find(table, target->mount_id);
	const struct mount_line *above = NULL;
	int r = 0;

	/* Bounded, although a mount table has no loops. */
	for (size_t i = 0; r == 0 && line && line->id != maker->facts->root_id && i < table->count;
	     i++) {
		if (!above || strcmp(above->target, line->target) != 0)
			r = add_mount(maker, line);
		above = line;
		line = mounttab_find(table, line->parent);
	}
	return r;
}

/* The topmost of the mounts stacked at one place. */
static const struct mount_line *top_of(const struct mounttab *table, const struct mount_line *line)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->lines[i].parent != line->id ||
		    strcmp(table->lines[i].target, line->target) != 0)
			continue;
		line = &table->lines[i];
		i = (size_t)-1;
	}
	return line;
}

/* Is a mount on the target's mount, below the target? */
static bool is_on_target(const struct maker *maker, const struct mount_line *line)
{
	const struct plan_facts *facts = maker->facts;

	for (size_t i = 0; i < maker->policy->requests_count; i++) {
		const struct target *target = &facts->targets[i];
		const char *path =
			line->parent == target->mount_id ? maker_path_inside(facts, line) : NULL;

		if (path && path_is_below(path, target->path) && strcmp(path, target->path) != 0)
			return true;
	}
	return false;
}

int maker_find_mounts(struct maker *maker)
{
	const struct plan_facts *facts = maker->facts;
	int r = 0;

	for (size_t i = 0; i < facts->table->count && r == 0; i++) {
		const struct mount_line *line = &facts->table->lines[i];

		if (is_on_target(maker, line))
			r = add_mount(maker, top_of(facts->table, line));
	}
	for (size_t i = 0; i < maker->policy->requests_count && r == 0; i++)
		r = add_way(maker, &facts->targets[i]);
	return r == 0 && facts->cwd ? add_way(maker, facts->cwd) : r;
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
	for (size_t i = 0; i < maker->mounts_count; i++) {
		const struct known_mount *mount = &maker->mounts[i];

		if (mount->id != except && path_is_below(path, mount->path) &&
		    path_is_below(mount->path, dir) && strcmp(mount->path, dir) != 0)
			return true;
	}
	return false;
}
