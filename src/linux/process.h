/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the hook's own processes: engines hand on a good deal that a hook must not depend
 * on. */
#ifndef ORH_LINUX_PROCESS_H
#define ORH_LINUX_PROCESS_H

#include <sys/types.h>

#include "core/error.h"

/*
 * Returns what the function does. If RLIMIT_STACK, which under crun is the container's, leaves it
 * less than a MiB, it runs in a thread with a stack of that size: raising the limit may not be
 * permitted.
 */
int process_call(int (*function)(int argc, char *argv[]), int argc, char *argv[]);

/*
 * At the start of the hook: standard descriptors open, all others closed, no environment, no signal
 * blocked or ignored but SIGPIPE and SIGXFSZ, umask 0. Errors: STATUS_SYSTEM.
 */
int process_prepare(struct error *error);

/* The kernel has the calls that the hook cannot do without. Errors: STATUS_KERNEL. */
int process_ask_kernel(struct error *error);

/*
 * In the worker: it dies with its parent, is not dumpable, holds nothing of the engine's open, has
 * what resource limits it may have, a session keyring of its own where the kernel gives it one,
 * leaves no core, and is the first to be killed for want of memory. proc is the host's /proc.
 * Errors: STATUS_SYSTEM.
 */
int process_prepare_worker(int proc, pid_t parent, struct error *error);

/*
 * In the worker, once it has entered the container: entering a user namespace has taken away that
 * it dies with its parent, and may have made it dumpable (fs.suid_dumpable says so). Errors:
 * STATUS_SYSTEM, also where the parent is dead already.
 */
int process_prepare_entered(pid_t parent, struct error *error);

#endif
