/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the engine's tmpfs that are filled in place: --seed-tmpfs. */
#ifndef ORH_CORE_PLAN_FILL_H
#define ORH_CORE_PLAN_FILL_H

#include "plan_maker.h"

/* Adds the fills to the plan, whose tmpfs are already in it. Errors: STATUS_PATH. */
int plan_fills(struct maker *maker);

#endif
