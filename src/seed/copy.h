/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a tmpfs, not yet visible to anyone, with the contents of a directory of the image. The
 * image controls every name, link, mode and size. Only the hook can access the copy until it is
 * mounted.
 */
#ifndef ORH_SEED_COPY_H
#define ORH_SEED_COPY_H

#include "core/error.h"
#include "request.h"

/* Copies the files. Errors: STATUS_SEED. err is ENOSPC if the seed does not fit, EDQUOT if it is
 * larger than bytes_max. The first error stops all threads and is the one reported. */
int seed_copy(const struct seed_request *request, struct error *error,
	      struct seed_result *ret_result);

#endif
