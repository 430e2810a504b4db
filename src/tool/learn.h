/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly learn: what a container would have needed, logged when it has ended. */
#ifndef ORH_TOOL_LEARN_H
#define ORH_TOOL_LEARN_H

#include "command.h"

extern const struct command learn_command;

#endif
