/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filesystem context, see fsopen(2): its parameters, and the kernel's messages about them. */
#ifndef ORH_LINUX_CONTEXT_H
#define ORH_LINUX_CONTEXT_H

#include "core/error.h"

#define CONTEXT_COMPLAINT_MAX 200

/* The kernel's message about the last failure, " (overlay: ...)"; "" if there is none, or if it
 * contains a phrase that engines search for. */
void context_complaint(int context, char buffer[static CONTEXT_COMPLAINT_MAX]);

/* Sets an error about a parameter (value "" for a flag) that the kernel refused with err. Returns
 * -err. */
int context_refused(int context, int err, const char *key, const char *value, struct error *error);

/* Sets a parameter. Errors: STATUS_KERNEL if older kernels do not know it, else STATUS_SYSTEM. */
int context_set(int context, const char *key, const char *value, struct error *error);
int context_flag(int context, const char *key, struct error *error);

#endif
