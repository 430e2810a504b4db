/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filesystem that is being configured, fsopen(2): its parameters, and what the kernel has to say
 * of them. */
#ifndef ORH_LINUX_CONTEXT_H
#define ORH_LINUX_CONTEXT_H

#include "core/error.h"

#define CONTEXT_COMPLAINT_MAX 200

/* What the kernel says about the last failure, " (overlay: ...)"; "" if nothing. */
void context_complaint(int context, char buffer[static CONTEXT_COMPLAINT_MAX]);

/* Fills an error about a parameter (value "" for a flag) that was refused with err. Returns -err.
 */
int context_refused(int context, int err, const char *key, const char *value, struct error *error);

/* Set a parameter. Errors: STATUS_KERNEL where it is one that older kernels do not know,
 * STATUS_SYSTEM otherwise. */
int context_set(int context, const char *key, const char *value, struct error *error);
int context_flag(int context, const char *key, struct error *error);

#endif
