/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly doctor: finds what keeps the hook from protecting the containers of a host. */
#ifndef ORH_TOOL_DOCTOR_H
#define ORH_TOOL_DOCTOR_H

#include "command.h"

extern const struct command doctor_command;

#endif
