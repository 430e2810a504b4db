/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the running host for what the hook needs: its kernel and its system log. */
#ifndef ORH_TOOL_HOST_H
#define ORH_TOOL_HOST_H

#include "diagnosis.h"

/* Judges the running kernel. */
void host_judge_kernel(struct diagnoses *findings);

/* Checks whether a process listens on the system log's socket. path is /dev/log except in tests. */
void host_judge_log(const char *path, struct diagnoses *findings);

#endif
