/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include "path.h"

void target_done(struct target *target)
{
	for (size_t i = 0; i < target->links_count; i++)
		free(target->links[i]);
	free(target->links);
	free(target->path);
	*target = (struct target){0};
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->tmpfs_count; i++)
		free(plan->tmpfs[i].path);
	for (size_t i = 0; i < plan->moves_count; i++)
		free(plan->moves[i].path);
	for (size_t i = 0; i < plan->fills_count; i++) {
		free(plan->fills[i].path);
		free(plan->fills[i].covered);
	}
	free(plan->fills);
	free(plan->tmpfs);
	free(plan->moves);
	free(plan->ops);
	free(plan->cwd);
	free(plan->fates);
	*plan = (struct plan){0};
}

const char *plan_covered(const struct plan *plan, size_t index, size_t *at)
{
	const char *top = plan->tmpfs[index].path;

	while (*at < plan->tmpfs_count + plan->moves_count) {
		size_t i = (*at)++;

		if (i < plan->tmpfs_count) {
			if (plan->tmpfs[i].inside == index)
				return path_below(plan->tmpfs[i].path, top);
			continue;
		}
		i -= plan->tmpfs_count;
		if (plan->moves[i].onto == index)
			return path_below(plan->moves[i].path, top);
	}
	return NULL;
}
