/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "sys.h"

#define FILES_WANTED 4096
#define STACK_WANTED (1024 * 1024)

struct call {
	int (*function)(int argc, char *argv[]);
	int argc;
	char **argv;
	int result;
};

static void *call_in_thread(void *argument)
{
	struct call *call = argument;

	call->result = call->function(call->argc, call->argv);
	return NULL;
}

/* Returns false if the call was not possible. */
static bool call_on_new_stack(struct call *call)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int r;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	r = pthread_attr_setstacksize(&attributes, STACK_WANTED);
	if (r == 0)
		r = pthread_create(&thread, &attributes, call_in_thread, call);
	pthread_attr_destroy(&attributes);
	return r == 0 && pthread_join(thread, NULL) == 0;
}

int process_call(int (*function)(int argc, char *argv[]), int argc, char *argv[])
{
	struct call call = {function, argc, argv, 0};
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < STACK_WANTED &&
	    call_on_new_stack(&call))
		return call.result;
	return function(argc, argv);
}

/* If descriptor 0, 1 or 2 is closed, the next file to be opened would get its number. */
static int open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR) != fd)
			return -EBADF;
	}
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		/* SIGPIPE and SIGXFSZ are ignored, so that write(2) fails with an errno instead of
		 * killing the process. */
		if (number != SIGKILL && number != SIGSTOP && number != 32 && number != 33)
			signal(number, number == SIGPIPE || number == SIGXFSZ ? SIG_IGN : SIG_DFL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Raises the limit as far as permitted: to infinity with CAP_SYS_RESOURCE, else to the hard
 * limit. */
static void raise_limit(unsigned resource)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	if (setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(resource, &limit);
}

static void raise_limits(void)
{
	static const struct rlimit no_core = {0, 0};

	raise_limit(RLIMIT_FSIZE);
	raise_limit(RLIMIT_AS);
	raise_limit(RLIMIT_DATA);
	raise_limit(RLIMIT_CPU);
	raise_limit(RLIMIT_NPROC);
	setrlimit(RLIMIT_CORE, &no_core);
}

/* Raises the limit on descriptors as far as permitted: each tmpfs takes three, each mount that is
 * kept takes two, and a seed some more. */
static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_max < FILES_WANTED) {
		struct rlimit higher = {FILES_WANTED, FILES_WANTED};

		if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
			return;
	}
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int process_prepare(struct error *error)
{
	int r;

	r = open_standard();
	if (r < 0)
		return error_set(error, STATUS_SYSTEM, -r,
				 "standard input, output and error cannot be opened");
	r = sys_close_from(3);
	/* process_ask_kernel() reports a missing call, but only if there is something to do. */
	if (r < 0 && r != -ENOSYS)
		return error_set(error, STATUS_SYSTEM, -r, "close_range");
	clearenv();
	reset_signals();
	umask(0);
	return 0;
}

int process_ask_kernel(struct error *error)
{
	const char *lacked = sys_lacks();

	if (!lacked)
		return 0;
	return error_set(error, STATUS_KERNEL, ENOSYS,
			 "%s: this kernel is too old; Linux 5.12 is needed", lacked);
}

static int process_die_with_parent(pid_t parent, struct error *error)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "prctl(PR_SET_PDEATHSIG)");
	/* The parent may have died before the prctl(). */
	if (getppid() != parent)
		return error_set(error, STATUS_SYSTEM, ESRCH, "the hook was ended");
	return 0;
}

/* The OOM killer should choose the worker before the container's process. Raising the score is
 * always permitted; a failure is harmless. */
static void offer_for_oom(int proc)
{
	AUTO_FD fd = openat(proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "1000", 4) < 0)
		close_fd(&fd);
}

/* runc waits until all copies of the hook's output are closed. crun passes on its /dev/null, which
 * the worker must not keep. */
static int leave_standard(struct error *error)
{
	AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/dev/null: cannot be opened");
	for (int fd = 0; fd <= 2; fd++) {
		if (dup2(null, fd) < 0)
			return error_set(error, STATUS_SYSTEM, errno, "dup2");
	}
	return 0;
}

/* Prevents processes in the container from attaching to the worker or accessing its
 * descriptors. */
static int be_closed(struct error *error)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "prctl(PR_SET_DUMPABLE)");
	return 0;
}

int process_prepare_entered(pid_t parent, struct error *error)
{
	int r = process_die_with_parent(parent, error);

	return r < 0 ? r : be_closed(error);
}

int process_prepare_worker(int proc, pid_t parent, struct error *error)
{
	int r;

	r = process_die_with_parent(parent, error);
	if (r < 0)
		return r;
	r = leave_standard(error);
	if (r < 0)
		return r;
	raise_limits();
	raise_files();
	offer_for_oom(proc);
	/* Keeps the worker's keyring separate from the container's. A kernel without keyrings has
	 * none to share. */
	sys_new_session_keyring();
	return be_closed(error);
}
