/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets up the hook's processes, independently of the state inherited from the engine. */
#ifndef ORH_LINUX_PROCESS_H
#define ORH_LINUX_PROCESS_H

#include <sys/types.h>

#include "core/error.h"

/*
 * Calls the function and returns its result. If RLIMIT_STACK, which under crun is the container's,
 * leaves less than 1 MiB, the function runs in a thread with a stack of 1 MiB, because raising the
 * limit may not be permitted.
 */
int process_call(int (*function)(int argc, char *argv[]), int argc, char *argv[]);

/*
 * Called at the start of the hook. Opens missing standard descriptors, closes all others, clears
 * the environment, unblocks all signals, ignores only SIGPIPE and SIGXFSZ, and sets the umask to 0.
 * Errors: STATUS_SYSTEM.
 */
int process_prepare(struct error *error);

/* Checks that the kernel has the required system calls. Errors: STATUS_KERNEL. */
int process_ask_kernel(struct error *error);

/*
 * Called in the worker. The worker dies with its parent, is not dumpable, has none of the engine's
 * descriptors open, raises its resource limits as far as permitted, gets a new session keyring if
 * possible, leaves no core, and is the OOM killer's first choice. proc is the host's /proc. Errors:
 * STATUS_SYSTEM.
 */
int process_prepare_worker(int proc, pid_t parent, struct error *error);

/*
 * Called in the worker after it has entered the container. Entering a user namespace clears the
 * parent-death signal, and may make the process dumpable (depending on fs.suid_dumpable). This
 * function undoes both. Errors: STATUS_SYSTEM, also if the parent is already dead.
 */
int process_prepare_entered(pid_t parent, struct error *error);

#endif
