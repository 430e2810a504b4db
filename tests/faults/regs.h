/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes a call of a thread that is stopped at the beginning or the end of the call. */
#ifndef ORH_FAULTS_REGS_H
#define ORH_FAULTS_REGS_H

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

static inline void call_skip(pid_t tid)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, tid, NULL, &regs);
	regs.orig_rax = (unsigned long long)-1;
	ptrace(PTRACE_SETREGS, tid, NULL, &regs);
}

static inline void call_result(pid_t tid, long result)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, tid, NULL, &regs);
	regs.rax = (unsigned long long)result;
	ptrace(PTRACE_SETREGS, tid, NULL, &regs);
}

/* Argument 0, 2 or 3. */
static inline void call_argument(pid_t tid, int argument, unsigned long long value)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, tid, NULL, &regs);
	*(argument == 3 ? &regs.r10 : argument == 2 ? &regs.rdx : &regs.rdi) = value;
	ptrace(PTRACE_SETREGS, tid, NULL, &regs);
}

#elif defined(__aarch64__)

static inline void call_skip(pid_t tid)
{
	int number = -1;
	struct iovec iov = {&number, sizeof(number)};

	ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &iov);
}

static inline void set_register(pid_t tid, int index, unsigned long long value)
{
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof(regs)};

	ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov);
	regs.regs[index] = value;
	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov);
}

static inline void call_result(pid_t tid, long result)
{
	set_register(tid, 0, (unsigned long long)result);
}

static inline void call_argument(pid_t tid, int argument, unsigned long long value)
{
	set_register(tid, argument, value);
}

#else
#error "tests/faults knows the registers of x86_64 and aarch64"
#endif

#endif
