/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verify.h"

int verify_plan(struct stage *stage)
{
	const struct apply_request *request = stage->request;
	AUTO_MOUNTTAB table = {0};
	int r;

	r = facts_read_table(request->container, &request->facts->rootfs, stage->error, &table);
	if (r < 0)
		return r;
	return plan_verify(request->plan, &request->facts->table, &table,
			   request->facts->rootfs.id.mount_id, stage->mounted, stage->error);
}
