/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly learn: logs what a container would have needed, after it has exited. */
#ifndef ORH_TOOL_LEARN_H
#define ORH_TOOL_LEARN_H

#include "command.h"

extern const struct command learn_command;

#endif
