/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a planned tmpfs in words, as mount(8) and people write them. */
#ifndef ORH_TOOL_WORDS_H
#define ORH_TOOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan.h"

#define WORDS_MAX 256

/* "64 MiB", "1.5 GiB": rounded to tenths if it is not a whole number of its unit. */
void words_size(uint64_t bytes, char buffer[static WORDS_MAX]);

/* What the tmpfs may hold: "64 MiB", or "50%" if it is a part of the machine's memory. */
void words_limit(const struct planned_tmpfs *tmpfs, char buffer[static WORDS_MAX]);

/* The options that it is mounted with, but for its size and seed:
 * "rw,nosuid,nodev,noexec,relatime". If the container's user is not known, an owner that is this
 * user is "U". */
void words_options(const struct planned_tmpfs *tmpfs, bool is_user_known,
		   char buffer[static WORDS_MAX]);

#endif
