/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply.h"

#include <errno.h>

#include "commit.h"
#include "stage.h"
#include "verify.h"

int apply_plan(const struct apply_request *request, struct error *error,
	       struct seed_result ret_results[])
{
	CLEANUP(stage_done)
	struct stage stage = {
		.request = request,
		.error = error,
		.results = ret_results,
		.image = -EBADF,
	};
	int r;

	r = stage_begin(&stage);
	if (r == 0)
		r = stage_plan(&stage);
	if (r == 0)
		r = commit_plan(&stage);
	return r == 0 ? verify_plan(&stage) : r;
}
