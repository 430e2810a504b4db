/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls and options that the kernel refuses. A filter on a worker refuses one call every time. The
 * message names what was needed, and the container's mounts are unchanged. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "core/memory.h"
#include "linux/context.h"
#include "linux/sys.h"
#include "hook/worker.h"
#include "sandbox.h"

#define ROOT SANDBOX "/root"

/* On 32 bits, the C library implements fstat() with statx(), so that fstat() is what fails. */
#define FSTAT_IS_STATX (sizeof(long) == 4)

static pid_t container_pid;

/* A tree with a file of each type. */
static void build_image(void)
{
	make_dirs(SANDBOX "/lower/etc/sub");
	make_text(SANDBOX "/lower/etc/file", "image");
	make_text(SANDBOX "/lower/etc/sub/one", "image");
	make_text(SANDBOX "/lower/etc/hosts", "");
	make_text(SANDBOX "/hosts", "mounted");
	MUST(chown(SANDBOX "/lower/etc/file", 5, 6));
	MUST(chmod(SANDBOX "/lower/etc/file", 0640));
	MUST(link(SANDBOX "/lower/etc/sub/one", SANDBOX "/lower/etc/other"));
	MUST(symlink("file", SANDBOX "/lower/etc/link"));
	MUST(mknod(SANDBOX "/lower/etc/fifo", S_IFIFO | 0600, 0));
	MUST(mknod(SANDBOX "/lower/etc/null", S_IFCHR | 0666, makedev(1, 3)));
	MUST(setxattr(SANDBOX "/lower/etc/file", "trusted.orh", "x", 1, 0));
	make_dirs(SANDBOX "/lower/var/lib");
	make_text(SANDBOX "/lower/var/lib/large", "image");
	MUST(truncate(SANDBOX "/lower/var/lib/large", 3000000));
}

static void build_container(void)
{
	MUST(unshare(CLONE_NEWNS));
	make_dirs(ROOT);
	MUST(mount(SANDBOX "/lower", ROOT, NULL, MS_BIND, NULL));
	MUST(mount(ROOT, ROOT, NULL, MS_BIND, NULL));
	MUST(mount(SANDBOX "/hosts", ROOT "/etc/hosts", NULL, MS_BIND, NULL));
}

static void container_begin(void)
{
	sandbox_enter();
	build_image();
	container_pid = child_begin(build_container);
}

static void container_end(void)
{
	kill(container_pid, SIGKILL);
	waitpid(container_pid, NULL, 0);
}

/* The lines of the container's mount table below the sandbox. The host's mounts, which it has as
 * well, change when other programs delete or unmount them. */
static void mounts(char *text, size_t size)
{
	char name[64];
	char line[8192];
	size_t length = 0;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/mountinfo", (int)container_pid);
	file = fopen(name, "re");
	cr_assert(file != NULL);
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, " " SANDBOX))
			continue;
		cr_assert(length + strlen(line) < size);
		strcpy(text + length, line);
		length += strlen(line);
	}
	fclose(file);
	cr_assert(length > 0);
}

struct answer {
	int r;
	struct error error;
};

/* Applies to this process and its children from here on. */
static void refuse_call(int number, unsigned action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(1);
}

static void ask(const char *list, struct answer *answer)
{
	AUTO_TMPFS_LIST entries = {0};
	AUTO_POLICY policy = {.readonly = true};
	AUTO_CONTAINER container = CONTAINER_NONE;
	struct options options = {0};
	struct bundle bundle = {.root_path = (char *)ROOT, .cwd = "/work"};
	struct worker_request request = {
		.container = &container, .policy = &policy, .options = &options, .bundle = &bundle};
	struct outcome outcome;
	struct error *error = &answer->error;

	answer->r = tmpfs_list_parse(list, error, &entries);
	for (size_t i = 0; answer->r == 0 && i < entries.count; i++) {
		answer->r = array_reserve(&policy.requests, &policy.requests_capacity, i,
					  sizeof(*policy.requests));
		if (answer->r == 0)
			policy.requests[policy.requests_count++] =
				(struct request){&entries.entries[i], FROM_ANNOTATION, KEY_TMPFS};
	}
	if (answer->r == 0)
		answer->r = container_open(container_pid, error, &container);
	if (answer->r == 0)
		answer->r = worker_run(&request, error, &outcome);
}

/* Runs a worker in a child in which a call is refused. */
static struct answer ask_without(int number, unsigned action, const char *list)
{
	struct answer *answer = mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct answer found;
	int status;
	pid_t child;

	cr_assert(answer != MAP_FAILED);
	child = fork();
	MUST(child);
	if (child == 0) {
		refuse_call(number, action);
		ask(list, answer);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0));
	cr_assert(status == 0, "call %d: status %x", number, (unsigned)status);
	found = *answer;
	munmap(answer, sizeof(*answer));
	return found;
}

static void expect_refusal(const char *call, const struct answer *answer, enum status status,
			   const char *text)
{
	cr_expect(answer->r < 0, "%s: it went well", call);
	cr_expect(answer->error.status == status && strstr(answer->error.text, text),
		  "%s: status %u: '%s' is not in '%s'", call, answer->error.status, text,
		  answer->error.text);
}

#define CALL(name) #name, SYS_##name

/* Newer architectures have no dup2: there the C library calls dup3. */
#ifdef SYS_dup2
#define DUP2 SYS_dup2
#else
#define DUP2 SYS_dup3
#endif

Test(refused, calls, .init = container_begin, .fini = container_end)
{
	static const struct {
		const char *name;
		int number;
		int err;
		enum status status;
		const char *text;
	} rows[] = {
		{CALL(setns), EPERM, STATUS_INPUT, "cannot be entered"},
		{CALL(chdir), EACCES, STATUS_SYSTEM, "EACCES"},
		{CALL(pidfd_open), EPERM, STATUS_INPUT, "cannot be inspected"},
		{CALL(pipe2), EMFILE, STATUS_SYSTEM, "pipe2"},
		{"dup2", DUP2, EMFILE, STATUS_SYSTEM, "dup2"},
		{CALL(statx), EIO, STATUS_SYSTEM, FSTAT_IS_STATX ? "cannot be read" : "statx"},
		{CALL(openat2), EIO, STATUS_INPUT, "EIO"},
		{CALL(open_tree), EMFILE, STATUS_SYSTEM, "EMFILE"},
		{CALL(fsopen), EMFILE, STATUS_SYSTEM, "fsopen"},
		{CALL(fsconfig), EINVAL, STATUS_SYSTEM, "EINVAL"},
		{CALL(fsmount), EPERM, STATUS_SYSTEM, "fsmount"},
		{CALL(mount_setattr), EPERM, STATUS_SYSTEM, "EPERM"},
		{CALL(move_mount), EPERM, STATUS_SYSTEM, "EPERM"},
		{CALL(sysinfo), EPERM, STATUS_SYSTEM, "sysinfo"},
		{CALL(mkdirat), EDQUOT, STATUS_SEED, "EDQUOT"},
		{CALL(mknodat), EIO, STATUS_SEED, "cannot be created"},
		{CALL(symlinkat), EIO, STATUS_SEED, "cannot be created"},
		{CALL(linkat), EIO, STATUS_SEED, "EIO"},
		{CALL(readlinkat), EIO, STATUS_SEED, "link"},
		{CALL(fchownat), EIO, STATUS_SEED, "owner"},
		{CALL(fchmod), EIO, STATUS_SEED, "mode"},
		{CALL(utimensat), EIO, STATUS_SEED, "times"},
		{CALL(getdents64), EIO, STATUS_SEED, "cannot be read"},
	};
	static char before[65536], after[65536];

	mounts(before, sizeof(before));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct answer answer =
			ask_without(rows[i].number, SECCOMP_RET_ERRNO | (unsigned)rows[i].err,
				    "/etc;/var/lib:size=8m;/run:seed=none:ro");

		expect_refusal(rows[i].name, &answer, rows[i].status, rows[i].text);
		mounts(after, sizeof(after));
		cr_expect(!strcmp(before, after), "%s", rows[i].name);
	}
}

/* A worker that sends no answer. */
Test(refused, ended_by_a_signal, .init = container_begin, .fini = container_end)
{
	struct answer answer = ask_without(SYS_fsopen, SECCOMP_RET_KILL_PROCESS, "/etc");

	expect_refusal("fsopen", &answer, STATUS_BUG, "SIGSYS");
}

/* Calls that the hook can do without. */
Test(refused, optional_calls, .init = container_begin, .fini = container_end)
{
	static const struct {
		const char *name;
		int number;
		int err;
	} rows[] = {
		{CALL(keyctl), ENOSYS},
		{CALL(sched_getaffinity), ENOSYS},
		{CALL(setrlimit), EPERM},
		{CALL(flistxattr), ENOTSUP},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct answer answer = ask_without(
			rows[i].number, SECCOMP_RET_ERRNO | (unsigned)rows[i].err, "/etc");

		cr_expect(answer.r == 0, "%s: %s", rows[i].name, answer.error.text);
		container_end();
		container_begin();
	}
}

/* Before Linux 6.8, the mount table is read from mountinfo. */
Test(refused, without_statmount, .init = container_begin, .fini = container_end)
{
	struct answer answer =
		ask_without(457, SECCOMP_RET_ERRNO | ENOSYS, "/etc;/var/lib:seed=overlay");
	static char after[65536];

	cr_expect(answer.r == 0, "%s", answer.error.text);
	mounts(after, sizeof(after));
	cr_expect(strstr(after, " - tmpfs " MOUNT_SOURCE) && strstr(after, " - overlay "), "%s",
		  after);
}

/* An option that no kernel knows, and one that this kernel may not know. */
Test(refused, options, .init = sandbox_enter)
{
	AUTO_FD context = sys_fsopen("tmpfs");
	struct error error;

	MUST(context);
	cr_expect(context_set(context, "nosuch", "1", &error) == -EINVAL);
	cr_expect(error.status == STATUS_SYSTEM && strstr(error.text, "nosuch=1: the kernel does"),
		  "%s", error.text);
	cr_expect(context_flag(context, "nosuch", &error) == -EINVAL);
	cr_expect(error.status == STATUS_SYSTEM && strstr(error.text, "nosuch: the kernel does"),
		  "%s", error.text);
	cr_expect(context_set(context, "huge", "nosuch", &error) == -EINVAL);
	cr_expect(error.status == STATUS_KERNEL && strstr(error.text, "huge=nosuch: this kernel"),
		  "%s", error.text);
}

/* The kernel's message contains a phrase that engines search for. */
Test(refused, misleading_complaint, .init = sandbox_enter)
{
	AUTO_FD context = sys_fsopen("overlay");
	struct error error;

	MUST(context);
	make_text(SANDBOX "/file", "x");
	/* Linux before 6.5 does not look at the value yet. */
	if (context_set(context, "lowerdir", SANDBOX "/file", &error) == 0)
		return;
	cr_expect(strstr(error.text, "the kernel does not accept it") &&
			  !strstr(error.text, "directory"),
		  "%s", error.text);
}

Test(refused, proc_is_another_filesystem, .init = sandbox_enter)
{
	struct container container = CONTAINER_NONE;
	struct error error;

	MUST(mount("none", "/proc", "tmpfs", 0, NULL));
	cr_expect(container_open(1, &error, &container) < 0 && error.status == STATUS_SYSTEM);
	cr_expect(strstr(error.text, "not a proc filesystem"), "%s", error.text);
}
