/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that the system log gets of a container. */
#ifndef ORH_LINUX_SUMMARY_H
#define ORH_LINUX_SUMMARY_H

#include "core/bundle.h"
#include "worker.h"

#define SUMMARY_MAX 4096

/*
 * Writes what was done as key=value, values that came from outside in double quotes with '"' and
 * '\' escaped: "root=ro charged=yes path="/etc" seed=copy files=12 ...". One line, however many
 * tmpfs there are: what does not fit is counted at its end (more=3). text is of SUMMARY_MAX bytes.
 */
void summary_write(const struct outcome *outcome, const struct bundle *bundle,
		   char text[static SUMMARY_MAX]);

#endif
