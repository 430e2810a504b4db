/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of subcommands, in the order that --help lists them. */
#ifndef ORH_TOOL_COMMANDS_H
#define ORH_TOOL_COMMANDS_H

#include <stddef.h>

#include "command.h"

#define COMMANDS_MAX 16

extern const struct command *const commands[];
extern const size_t commands_count;

#endif
