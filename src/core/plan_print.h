/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan in words. */
#ifndef ORH_CORE_PLAN_PRINT_H
#define ORH_CORE_PLAN_PRINT_H

#include <stdio.h>

#include "plan.h"

/* One operation in words, without a newline. */
void plan_print_op(const struct plan *plan, const struct op *op, FILE *file);

#endif
