/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Docker: checks whether a runtime of its daemon adds the hook. */
#ifndef ORH_TOOL_DOCKER_H
#define ORH_TOOL_DOCKER_H

#include "diagnosis.h"
#include "tree.h"

/* Judges Docker, if it is installed, and the user's rootless daemon if there is one. config_home is
 * the user's configuration directory; NULL: none. Returns whether Docker is installed. */
bool docker_judge(const struct tree *tree, const char *config_home, struct diagnoses *findings);

#endif
