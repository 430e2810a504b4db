/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

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
