/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats parts of a planned tmpfs for people, like mount(8). */
#ifndef ORH_TOOL_WORDS_H
#define ORH_TOOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan.h"

#define WORDS_MAX 256

/* Formats "64 MiB" or "1.5 GiB": rounded to tenths if it is not a whole number of the unit. */
void words_size(uint64_t bytes, char buffer[static WORDS_MAX]);

/* Formats the size limit of the tmpfs: "64 MiB", or "50%" if it is relative to the machine's
 * memory. */
void words_limit(const struct planned_tmpfs *tmpfs, char buffer[static WORDS_MAX]);

/* Formats the mount options except size and seed: "rw,nosuid,nodev,noexec,relatime". If the
 * container's user is unknown, an owner that is this user is "U". */
void words_options(const struct planned_tmpfs *tmpfs, bool is_user_known,
		   char buffer[static WORDS_MAX]);

#endif
