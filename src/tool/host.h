/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hook needs of a host that runs: its kernel, and its system log. */
#ifndef ORH_TOOL_HOST_H
#define ORH_TOOL_HOST_H

#include "diagnosis.h"

/* The kernel that runs. */
void host_judge_kernel(struct diagnoses *findings);

/* Whether somebody reads the socket of the system log; path is /dev/log, but in tests. */
void host_judge_log(const char *path, struct diagnoses *findings);

#endif
