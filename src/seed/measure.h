/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the space that a seed needs in a tmpfs. */
#ifndef ORH_SEED_MEASURE_H
#define ORH_SEED_MEASURE_H

#include <stdint.h>

#include "core/error.h"
#include "request.h"

/* The space for a copy in a tmpfs: bytes in whole pages, and inodes, with the top directory. */
struct seed_need {
	uint64_t bytes;
	uint64_t inodes;
};

/* Measures without copying. If most is given, stops as soon as one of its limits is exceeded; the
 * result is then a lower bound. Errors: as seed_copy(). */
int seed_measure(const struct seed_request *request, const struct seed_need *most,
		 struct error *error, struct seed_need *ret_need);

/* Measures what extended attributes add to the inodes that a copy needs: since Linux 6.6, a tmpfs
 * charges them to its inode limit. Rounded up to whole inodes. Errors: as seed_copy(). */
int seed_measure_attributes(const struct seed_request *request, struct error *error,
			    uint64_t *ret_inodes);

#endif
