/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply.h"

#include <errno.h>

#include "commit.h"
#include "stage.h"
#include "verify.h"

int apply_plan(const struct apply_request *request, struct error *error, struct charge *ret_charge,
	       struct filled ret_results[])
{
	CLEANUP(stage_done)
	struct stage stage = {
		.request = request,
		.error = error,
		.results = ret_results,
		.charge = {.is_charged = true},
		.image = -EBADF,
	};
	int r;

	r = stage_begin(&stage);
	if (r == 0)
		r = stage_plan(&stage);
	if (r == 0)
		r = commit_plan(&stage);
	if (r == 0)
		r = verify_plan(&stage);
	if (r == 0)
		*ret_charge = stage.charge;
	return r;
}
