/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* Newer than the headers of some systems; the numbers are the same everywhere. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif

/* clang-format off */
#define CALL(name) {SYS_##name, #name}
/* clang-format on */

static const struct {
	int number;
	const char *name;
} table[] = {
#ifdef SYS_access
	CALL(access),
#endif
#ifdef SYS_arch_prctl
	CALL(arch_prctl),
#endif
#ifdef SYS_dup2
	CALL(dup2),
#endif
#ifdef SYS_fadvise64
	CALL(fadvise64),
#endif
#ifdef SYS_mkdir
	CALL(mkdir),
#endif
#ifdef SYS_open
	CALL(open),
#endif
#ifdef SYS_readlink
	CALL(readlink),
#endif
	CALL(brk),
	CALL(chdir),
	CALL(clock_nanosleep),
	CALL(clone),
	CALL(clone3),
	CALL(close),
	CALL(close_range),
	CALL(connect),
	CALL(dup3),
	CALL(execve),
	CALL(exit),
	CALL(exit_group),
	CALL(faccessat),
	CALL(fchdir),
	CALL(fchmod),
	CALL(fchmodat),
	CALL(fchown),
	CALL(fchownat),
	CALL(fcntl),
	CALL(fgetxattr),
	CALL(flistxattr),
	CALL(fremovexattr),
	CALL(fsconfig),
	CALL(fsetxattr),
	CALL(fsmount),
	CALL(fsopen),
	CALL(fspick),
	CALL(fstat),
	CALL(fstatfs),
	CALL(ftruncate),
	CALL(futex),
	CALL(getcwd),
	CALL(getdents64),
	CALL(geteuid),
	CALL(getpid),
	CALL(getppid),
	CALL(getrandom),
	CALL(gettid),
	CALL(getuid),
	CALL(ioctl),
	CALL(keyctl),
	CALL(lgetxattr),
	CALL(linkat),
	CALL(listmount),
	CALL(llistxattr),
	CALL(lseek),
	CALL(lsetxattr),
	CALL(madvise),
	CALL(mkdirat),
	CALL(mknodat),
	CALL(mmap),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(mprotect),
	CALL(mremap),
	CALL(munmap),
	CALL(newfstatat),
	CALL(open_tree),
	CALL(openat),
	CALL(openat2),
	CALL(pidfd_open),
	CALL(pipe2),
	CALL(ppoll),
	CALL(prctl),
	CALL(pread64),
	CALL(prlimit64),
	CALL(pwrite64),
	CALL(read),
	CALL(readlinkat),
	CALL(rseq),
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sched_getaffinity),
	CALL(sched_yield),
	CALL(sendfile),
	CALL(sendmsg),
	CALL(sendto),
	CALL(set_robust_list),
	CALL(set_tid_address),
	CALL(setgroups),
	CALL(setns),
	CALL(setresgid),
	CALL(setresuid),
	CALL(setsockopt),
	CALL(socket),
	CALL(statfs),
	CALL(statmount),
	CALL(statx),
	CALL(symlinkat),
	CALL(sysinfo),
	CALL(tgkill),
	CALL(umask),
	CALL(unshare),
	CALL(utimensat),
	CALL(wait4),
	CALL(write),
	{CALL_ALLOC, "alloc"},
};

static struct {
	int count;
	int errors[ERRORS_MAX];
} wanted[CALLS_END];

const char *call_name(int number)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].number == number)
			return table[i].name;
	}
	return NULL;
}

int call_number(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, name) == 0)
			return table[i].number;
	}
	return -1;
}

const char *error_text(int err)
{
	const char *name = err == ERR_SHORT ? "short" : strerrorname_np(err);

	return name ? name : "?";
}

int error_number(const char *text)
{
	if (strcmp(text, "short") == 0)
		return ERR_SHORT;
	for (int err = 1; err < 200; err++) {
		if (strerrorname_np(err) && strcmp(strerrorname_np(err), text) == 0)
			return err;
	}
	/* Other names of the same numbers. */
	return strcmp(text, "EOPNOTSUPP") == 0 || strcmp(text, "ENOTSUP") == 0 ? EOPNOTSUPP : 0;
}

static void add_line(const char *path, char *line)
{
	char *name = strtok(line, " \n");
	int number = name ? call_number(name) : -1;
	char *word;

	if (!name || name[0] == '#')
		return;
	/* A call that this machine does not have. */
	if (number < 0)
		return;
	wanted[number].count = 0;
	while ((word = strtok(NULL, " \n"))) {
		int err = strcmp(word, "-") == 0 ? 0 : error_number(word);

		if (strcmp(word, "-") == 0)
			continue;
		if (!err || wanted[number].count == ERRORS_MAX) {
			fprintf(stderr, "%s: %s: %s\n", path, name, word);
			exit(2);
		}
		wanted[number].errors[wanted[number].count++] = err;
	}
}

void errors_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512];

	if (!file) {
		perror(path);
		exit(2);
	}
	for (int i = 0; i < CALLS_END; i++)
		wanted[i].count = -1;
	while (fgets(line, sizeof(line), file))
		add_line(path, line);
	fclose(file);
}

int errors_of(int number, const int **ret_errors)
{
	*ret_errors = wanted[number].errors;
	return wanted[number].count;
}
