/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a seed would need of a tmpfs. */
#ifndef ORH_SEED_MEASURE_H
#define ORH_SEED_MEASURE_H

#include <stdint.h>

#include "core/error.h"
#include "request.h"

/* What a copy would need of a tmpfs: in bytes, whole pages, and in inodes, the top's included. */
struct seed_need {
	uint64_t bytes;
	uint64_t inodes;
};

/*
 * Measures without copying. With most, stops as soon as more than either is found: what comes is
 * then past that, and not the whole. Errors as seed_copy().
 */
int seed_measure(const struct seed_request *request, const struct seed_need *most,
		 struct error *error, struct seed_need *ret_need);

#endif
