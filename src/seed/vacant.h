/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks whether a directory holds nothing but what is mounted in it. */
#ifndef ORH_SEED_VACANT_H
#define ORH_SEED_VACANT_H

#include "core/error.h"
#include "request.h"

/* Does request->copy contain nothing but ends of the cuts (directories and files that something may
 * be mounted on), and directories that lead to them? Errors: STATUS_SEED. */
int seed_is_vacant(const struct seed_request *request, struct error *error, bool *ret_is_vacant);

#endif
