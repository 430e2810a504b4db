/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly check: prints what the hook would do, or every mistake. */
#ifndef ORH_TOOL_CHECK_H
#define ORH_TOOL_CHECK_H

#include "command.h"

extern const struct command check_command;

#endif
