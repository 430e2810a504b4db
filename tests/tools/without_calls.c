/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * without_calls CALL[=ERRNO]... -- COMMAND [ARGUMENT]...
 *
 * Runs the command as if the kernel lacked the calls: each fails with ENOSYS, or with EINVAL if
 * "=EINVAL" follows. "newer" stands for every call newer than mount_setattr (Linux 5.12). It uses a
 * seccomp filter, which the command's children inherit.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Since Linux 5.1, new calls have the same number on every machine. */
#define NR_MOUNT_SETATTR 442
#define NR_STATMOUNT	 457
#define NR_LISTMOUNT	 458

#define CALLS_MAX 32

static const struct {
	const char *name;
	unsigned number;
} known[] = {
	{"clone3", SYS_clone3},
	{"close_range", SYS_close_range},
	{"fsconfig", SYS_fsconfig},
	{"fsmount", SYS_fsmount},
	{"fsopen", SYS_fsopen},
	{"fspick", SYS_fspick},
	{"keyctl", SYS_keyctl},
	{"listmount", NR_LISTMOUNT},
	{"mount_setattr", NR_MOUNT_SETATTR},
	{"move_mount", SYS_move_mount},
	{"open_tree", SYS_open_tree},
	{"openat2", SYS_openat2},
	{"pidfd_open", SYS_pidfd_open},
	{"rseq", SYS_rseq},
	{"setns", SYS_setns},
	{"statmount", NR_STATMOUNT},
	{"statx", SYS_statx},
};

static void fail(const char *what)
{
	fprintf(stderr, "without_calls: %s: %s\n", what, strerror(errno));
	exit(125);
}

static unsigned number_of(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
			return known[i].number;
	}
	errno = EINVAL;
	fail(name);
	return 0;
}

/* Two instructions that make the call (or every later one) fail. Returns their number. */
static size_t refuse(struct sock_filter *at, const char *call)
{
	const char *equals = strchr(call, '=');
	size_t length = equals ? (size_t)(equals - call) : strlen(call);
	unsigned err = equals && strcmp(equals + 1, "EINVAL") == 0 ? EINVAL : ENOSYS;

	if (strcmp(call, "newer") == 0)
		at[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NR_MOUNT_SETATTR, 0,
						     1);
	else
		at[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						     number_of(call, length), 0, 1);
	at[1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err);
	return 2;
}

int main(int argc, char *argv[])
{
	struct sock_filter filter[2 * CALLS_MAX + 2];
	struct sock_fprog program = {.filter = filter};
	size_t used = 0;
	int i;

	filter[used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						      offsetof(struct seccomp_data, nr));
	for (i = 1; i < argc && i <= CALLS_MAX && strcmp(argv[i], "--") != 0; i++)
		used += refuse(filter + used, argv[i]);
	if (i + 1 >= argc || strcmp(argv[i], "--") != 0) {
		fputs("without_calls CALL[=EINVAL]... -- COMMAND [ARGUMENT]...\n", stderr);
		return 125;
	}
	filter[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)used;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		fail("seccomp");
	execv(argv[i + 1], argv + i + 1);
	fail(argv[i + 1]);
}
