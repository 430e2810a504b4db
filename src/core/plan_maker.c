/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_maker.h"

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
