/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "core/memory.h"

const struct command *const commands[] = {};

const size_t commands_count = ARRAY_SIZE(commands);
