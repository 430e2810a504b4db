/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a plan's operations. */
#ifndef ORH_CORE_PLAN_OPS_H
#define ORH_CORE_PLAN_OPS_H

#include "plan_maker.h"

/* Adds the operations of a plan whose tmpfs and moves are decided. */
int plan_add_ops(struct maker *maker);

#endif
