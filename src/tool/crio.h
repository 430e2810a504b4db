/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRI-O: finds the directories that it reads hooks files from. */
#ifndef ORH_TOOL_CRIO_H
#define ORH_TOOL_CRIO_H

#include "diagnosis.h"
#include "hooks.h"
#include "tree.h"

/* Judges CRI-O, if it is installed. Parameters and result are those of podman_judge(). */
bool crio_judge(const struct tree *tree, struct diagnoses *findings,
		struct hooks_reader *ret_reader);

#endif
