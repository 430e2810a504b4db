/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "regs.h"

#define TRACEES_MAX 64
#define FAULTS_MAX  4

_Static_assert(offsetof(struct __ptrace_syscall_info, entry) ==
		       offsetof(struct __ptrace_syscall_info, seccomp),
	       "the kernel puts both at the same place");

const char *const kind_names[KINDS] = {"hook", "worker", "thread"};

struct tracee {
	pid_t tid;
	pid_t process;
	enum kind kind;
	bool is_known; /* the event that identifies it has arrived */
	bool is_stopped;
	bool has_result; /* the result is to be set at the end of the call */
	long result;
	int changed; /* an argument that is restored at the end of the call; -1: none */
	uint64_t argument;
};

struct run {
	struct trace *trace;
	struct sites *sites;
	struct tracee tracees[TRACEES_MAX];
	size_t count;
	pid_t hook;
	pid_t worker;
	unsigned counts[KINDS][CALLS_END];
	bool has_begun; /* it has executed the program */
	size_t room;
};

static volatile sig_atomic_t alarmed;

static void at_alarm(int number)
{
	alarmed = number;
}

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(2);
}

/* Only calls that have to fail stop for the tracer. */
static void filter(const struct trace *trace)
{
	struct sock_filter rules[2 * FAULTS_MAX + 2];
	struct sock_fprog program = {.filter = rules};

	rules[program.len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							    offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < trace->faults_count; i++) {
		rules[program.len++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)trace->faults[i].number, 0, 1);
		rules[program.len++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	rules[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(126);
}

static void start(const struct trace *trace)
{
	const int fds[] = {trace->in, trace->out, trace->err};
	cpu_set_t set;

	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0 && dup2(fds[i], i) < 0)
			_exit(126);
	}
	CPU_ZERO(&set);
	for (unsigned i = 0; i < trace->cpus; i++)
		CPU_SET(i, &set);
	if (trace->cpus)
		sched_setaffinity(0, sizeof(set), &set);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(126);
	raise(SIGSTOP);
	if (!trace->records)
		filter(trace);
	execve(trace->argv[0], trace->argv, trace->environment);
	_exit(126);
}

static struct tracee *find(struct run *run, pid_t tid)
{
	for (size_t i = 0; i < run->count; i++) {
		if (run->tracees[i].tid == tid)
			return &run->tracees[i];
	}
	if (run->count == TRACEES_MAX) {
		fputs("trace: too many threads\n", stderr);
		exit(2);
	}
	run->tracees[run->count] = (struct tracee){.tid = tid, .changed = -1};
	return &run->tracees[run->count++];
}

static void forget(struct run *run, struct tracee *tracee)
{
	*tracee = run->tracees[--run->count];
}

static void resume(const struct run *run, const struct tracee *tracee, int signal)
{
	/* It may have been killed. */
	bool is_waited_for = run->trace->records || tracee->has_result || tracee->changed >= 0;

	ptrace(is_waited_for ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL, (long)signal);
}

/*
 * Which call finds the heap too small or a lock taken varies: such calls are attributed to the
 * allocator and the locks.
 */
static void find_site(struct run *run, const struct tracee *tracee, int number,
		      struct site *ret_site)
{
	bool is_mapping = number == SYS_mmap || number == SYS_munmap || number == SYS_mprotect;

	sites_find(run->sites, tracee->process, tracee->tid, ret_site);
	/* The loader's calls. */
	if (strcmp(ret_site->function, "-") == 0)
		return;
	if (number == SYS_futex)
		strcpy(ret_site->function, "locks");
	else if (number == SYS_brk || (is_mapping && tracee->kind == KIND_THREAD &&
				       strcmp(ret_site->function, "copy_part") != 0))
		strcpy(ret_site->function, "allocator");
}

static void record(struct run *run, const struct tracee *tracee, int number)
{
	struct trace *trace = run->trace;
	struct call *call;

	if (trace->calls_count == run->room) {
		run->room = run->room ? 2 * run->room : 1024;
		trace->calls = realloc(trace->calls, run->room * sizeof(*trace->calls));
		if (!trace->calls)
			must(-1, "realloc");
	}
	call = &trace->calls[trace->calls_count++];
	*call = (struct call){
		.kind = tracee->kind, .number = number, .nth = run->counts[tracee->kind][number]};
	find_site(run, tracee, number, &call->site);
}

/* Programs rely on unchanged arguments. */
static void change(struct tracee *tracee, const struct __ptrace_syscall_info *info, int argument,
		   uint64_t value)
{
	tracee->changed = argument;
	tracee->argument = info->entry.args[argument];
	call_argument(tracee->tid, argument, value);
}

static void shorten(struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	int argument = info->entry.nr == SYS_sendfile ? 3 : 2;
	uint64_t count = info->entry.args[argument];

	change(tracee, info, argument, count > 1 ? count / 2 : count);
}

static void strike(struct run *run, struct tracee *tracee, const struct fault *fault,
		   const struct __ptrace_syscall_info *info)
{
	switch (fault->action) {
	case ACT_KILL_SELF:
		kill(tracee->process, SIGKILL);
		break;
	case ACT_KILL_BOTH:
		if (run->worker)
			kill(run->worker, SIGKILL);
		__attribute__((__fallthrough__));
	case ACT_KILL_HOOK:
		kill(run->hook, SIGKILL);
		break;
	case ACT_ERROR:
		if (fault->err == ERR_SHORT) {
			shorten(tracee, info);
			break;
		}
		/* It returns the current break, which stays. */
		if (fault->number == SYS_brk) {
			change(tracee, info, 0, 0);
			break;
		}
		/* The kernel closes the descriptor even if it reports an error. */
		if (fault->number != SYS_close)
			call_skip(tracee->tid);
		tracee->has_result = true;
		tracee->result = -fault->err;
		break;
	}
}

/* futex(2) may fail for a waiter. Omitting a wake would not be a failure, but a lie of the kernel.
 */
static bool is_wake(const struct __ptrace_syscall_info *info)
{
	int what = (int)info->entry.args[1] & FUTEX_CMD_MASK;

	return info->entry.nr == SYS_futex && what != FUTEX_WAIT && what != FUTEX_WAIT_BITSET;
}

static void at_entry(struct run *run, struct tracee *tracee,
		     const struct __ptrace_syscall_info *info)
{
	struct trace *trace = run->trace;
	int number = info->entry.nr < CALLS_END ? (int)info->entry.nr : 0;
	unsigned nth;

	if (is_wake(info))
		return;
	nth = ++run->counts[tracee->kind][number];
	if (trace->records)
		record(run, tracee, number);
	for (size_t i = 0; i < trace->faults_count; i++) {
		const struct fault *fault = &trace->faults[i];

		if (fault->kind != tracee->kind || fault->number != number ||
		    (fault->nth && fault->nth != nth))
			continue;
		if (i + 1 == trace->faults_count) {
			trace->is_hit = true;
			/* Before it can be killed. */
			if (trace->wants_site)
				find_site(run, tracee, number, &trace->site);
		}
		strike(run, tracee, fault, info);
	}
}

/* Mapping or executing changes the meaning of addresses. */
static bool changes_mappings(const struct __ptrace_syscall_info *info)
{
	return info->op == PTRACE_SYSCALL_INFO_ENTRY && info->entry.nr == SYS_mmap &&
	       (int)info->entry.args[4] >= 0;
}

static void at_call(struct run *run, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) < 0)
		return;
	/* Both have the numbers and arguments at the same offset. */
	if (info.op == (run->trace->records ? PTRACE_SYSCALL_INFO_ENTRY
					    : PTRACE_SYSCALL_INFO_SECCOMP) &&
	    run->has_begun) {
		at_entry(run, tracee, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT &&
		   (tracee->has_result || tracee->changed >= 0)) {
		if (tracee->has_result)
			call_result(tracee->tid, tracee->result);
		if (tracee->changed >= 0)
			call_argument(tracee->tid, tracee->changed, tracee->argument);
		tracee->has_result = false;
		tracee->changed = -1;
	}
	if (run->sites && changes_mappings(&info))
		sites_stale(run->sites);
}

static void at_event(struct run *run, struct tracee *tracee, int event)
{
	unsigned long message = 0;
	struct tracee *child;

	if (event == PTRACE_EVENT_EXEC) {
		run->has_begun = true;
		if (run->sites)
			sites_stale(run->sites);
		return;
	}
	ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &message);
	/* find() must not move tracee: the array stays in place. */
	child = find(run, (pid_t)message);
	child->is_known = true;
	if (event == PTRACE_EVENT_CLONE) {
		child->kind = KIND_THREAD;
		child->process = tracee->process;
	} else {
		child->kind = KIND_WORKER;
		child->process = child->tid;
		run->worker = child->tid;
	}
	if (child->is_stopped)
		resume(run, child, 0);
}

/* Returns the signal with which the thread continues; -1 if it does not continue yet. */
static int at_stop(struct run *run, struct tracee *tracee, int status)
{
	int signal = WSTOPSIG(status);
	int event = status >> 16;

	if (signal == (SIGTRAP | 0x80)) {
		at_call(run, tracee);
		return 0;
	}
	if (event == PTRACE_EVENT_SECCOMP) {
		at_call(run, tracee);
		return 0;
	}
	if (event) {
		at_event(run, tracee, event);
		return 0;
	}
	if (!tracee->is_stopped && signal == SIGSTOP) {
		tracee->is_stopped = true;
		return tracee->is_known ? 0 : -1;
	}
	return signal == SIGTRAP ? 0 : signal;
}

static void at_change(struct run *run, pid_t tid, int status)
{
	struct tracee *tracee = find(run, tid);
	int signal;

	if (WIFSTOPPED(status)) {
		signal = at_stop(run, tracee, status);
		if (signal >= 0)
			resume(run, tracee, signal);
		return;
	}
	if (tid == run->hook)
		run->trace->status = status;
	forget(run, tracee);
}

static void kill_all(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		kill(run->tracees[i].tid, SIGKILL);
}

static void follow(struct run *run)
{
	while (run->count) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid < 0 && errno == EINTR && alarmed && !run->trace->is_hung) {
			run->trace->is_hung = true;
			kill_all(run);
		}
		if (tid < 0 && errno == EINTR)
			continue;
		must(tid, "waitpid");
		at_change(run, tid, status);
	}
}

static void set_alarm(int seconds)
{
	struct sigaction action = {.sa_handler = at_alarm};
	/* Repeatedly, because a signal may arrive while nobody waits. */
	struct itimerval timer = {.it_value.tv_sec = seconds,
				  .it_interval.tv_usec = seconds ? 100000 : 0};

	alarmed = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void trace_run(struct trace *trace)
{
	struct run run = {.trace = trace};
	struct tracee *hook;
	int status;

	trace->is_hung = trace->is_hit = false;
	run.hook = fork();
	must(run.hook, "fork");
	if (run.hook == 0)
		start(trace);
	must(waitpid(run.hook, &status, 0), "waitpid");
	must(ptrace(PTRACE_SETOPTIONS, run.hook, NULL,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL |
			    (trace->records ? 0 : PTRACE_O_TRACESECCOMP)),
	     "ptrace");
	if (trace->records || trace->wants_site)
		run.sites = sites_new(trace->argv[0]);
	hook = find(&run, run.hook);
	*hook = (struct tracee){.tid = run.hook,
				.process = run.hook,
				.kind = KIND_HOOK,
				.is_known = true,
				.is_stopped = true,
				.changed = -1};
	set_alarm(trace->seconds);
	resume(&run, hook, 0);
	follow(&run);
	set_alarm(0);
	if (run.sites)
		sites_free(run.sites);
}
