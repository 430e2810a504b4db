/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly status: prints how full the tmpfs and overlays of running containers are. */
#ifndef ORH_TOOL_STATUS_H
#define ORH_TOOL_STATUS_H

#include "command.h"

extern const struct command status_command;

#endif
