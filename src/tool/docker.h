/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Docker: whether a runtime of its daemon adds the hook. */
#ifndef ORH_TOOL_DOCKER_H
#define ORH_TOOL_DOCKER_H

#include "diagnosis.h"
#include "tree.h"

/* Judges Docker, if it is there, and a daemon of the user's own, if config_home, the user's
 * directory of configuration, is not NULL and has one. Returns whether Docker is there. */
bool docker_judge(const struct tree *tree, const char *config_home, struct diagnoses *findings);

#endif
