/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly flags: prints an image's labels as podman's flags. */
#ifndef ORH_TOOL_FLAGS_H
#define ORH_TOOL_FLAGS_H

#include "command.h"

extern const struct command flags_command;

#endif
