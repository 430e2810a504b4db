/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly suggest: prints the annotations that a container needs, from what it has written. */
#ifndef ORH_TOOL_SUGGEST_H
#define ORH_TOOL_SUGGEST_H

#include "command.h"

extern const struct command suggest_command;

#endif
