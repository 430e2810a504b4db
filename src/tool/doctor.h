/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly doctor: what keeps the hook from protecting a container on a host. */
#ifndef ORH_TOOL_DOCTOR_H
#define ORH_TOOL_DOCTOR_H

#include "command.h"

extern const struct command doctor_command;

#endif
