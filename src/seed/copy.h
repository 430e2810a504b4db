/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a tmpfs that nobody sees yet with what the image holds in a directory. The image decides
 * every name, link, mode and size; what is written to is the hook's alone until it is mounted.
 */
#ifndef ORH_SEED_COPY_H
#define ORH_SEED_COPY_H

#include "core/error.h"
#include "request.h"

/*
 * Copies. Errors: STATUS_SEED; err is ENOSPC where it does not fit, EDQUOT where there is more than
 * bytes_max. The first error ends the work of all threads, and is the one that is told.
 */
int seed_copy(const struct seed_request *request, struct error *error,
	      struct seed_result *ret_result);

#endif
