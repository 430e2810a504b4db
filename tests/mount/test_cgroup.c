/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU bandwidth and the memory limit of a cgroup and of the one above it, with the version that
 * this machine has. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/cgroup.h"

static const char *root;
static bool is_v2;
static char upper[128];
static char lower[192];

static bool write_file(const char *directory, const char *name, const char *text)
{
	char path[256];
	int fd;
	bool done;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return done;
}

static void clean(void)
{
	if (root && *lower) {
		write_file(root, "cgroup.procs", "0");
		rmdir(lower);
		rmdir(upper);
	}
}

static void begin_with(const char *controller, const char *file)
{
	static char v1[64];
	char path[128];

	snprintf(v1, sizeof(v1), "/sys/fs/cgroup/%s", controller);
	snprintf(path, sizeof(path), "%s/%s", v1, file);
	root = access(path, F_OK) == 0 ? v1 : "/sys/fs/cgroup";
	is_v2 = root != v1;
	snprintf(upper, sizeof(upper), "%s/orh-test-%d", root, (int)getpid());
	snprintf(lower, sizeof(lower), "%s/below", upper);
	if (geteuid() != 0 || mkdir(upper, 0755) < 0) {
		*lower = '\0';
		cr_skip_test("needs root, and a cgroup hierarchy with the controller");
	}
	snprintf(path, sizeof(path), "+%s", controller);
	if (is_v2)
		cr_assert(write_file(root, "cgroup.subtree_control", path) &&
				  write_file(upper, "cgroup.subtree_control", path),
			  "the %s controller: %s", controller, strerror(errno));
	cr_assert(mkdir(lower, 0755) == 0, "%s: %s", lower, strerror(errno));
}

static void begin(void)
{
	begin_with("cpu", "cpu.cfs_quota_us");
	cr_assert(write_file(lower, "cgroup.procs", "0"), "%s: %s", lower, strerror(errno));
}

static void begin_memory(void)
{
	begin_with("memory", "memory.limit_in_bytes");
}

/* In percent of one processor; 0: no limit. */
static void set_quota(const char *directory, unsigned percent)
{
	char text[64];

	if (percent)
		snprintf(text, sizeof(text), is_v2 ? "%u 100000" : "%u", percent * 1000);
	else
		snprintf(text, sizeof(text), is_v2 ? "max" : "-1");
	cr_assert(write_file(directory, is_v2 ? "cpu.max" : "cpu.cfs_quota_us", text), "%s: %s",
		  directory, strerror(errno));
}

static unsigned quota(void)
{
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	unsigned processors = cpu_cgroup_quota(self, 4);

	close(self);
	return processors;
}

Test(cgroup, cpu_quota, .init = begin, .fini = clean)
{
	cr_expect(quota() == 4, "no limit: %u", quota());
	set_quota(upper, 150);
	cr_expect(quota() == 2, "above it one and a half: %u", quota());
	set_quota(lower, 50);
	cr_expect(quota() == 1, "a half: %u", quota());
	set_quota(lower, 100);
	cr_expect(quota() == 1, "one: %u", quota());
	/* In v1, a limit may not exceed that of the cgroup above. */
	set_quota(lower, 0);
	set_quota(upper, 1000);
	cr_expect(quota() == 4, "ten: %u", quota());
}

Test(cgroup, cpu_quota_without_a_cgroup)
{
	cr_expect(cpu_cgroup_quota(-EBADF, 3) == 3);
}

#define MIB ((uint64_t)1024 * 1024)

/* 0: no limit. */
static void set_memory(const char *directory, uint64_t limit)
{
	char text[32];

	if (limit)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)limit);
	else
		snprintf(text, sizeof(text), is_v2 ? "max" : "-1");
	/* Without swap, if there is any: v1 counts it in a limit that may not be lower than the
	 * other one. */
	write_file(directory, is_v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
		   is_v2 ? "0" : text);
	cr_assert(write_file(directory, is_v2 ? "memory.max" : "memory.limit_in_bytes", text),
		  "%s: %s", directory, strerror(errno));
	if (!is_v2)
		write_file(directory, "memory.memsw.limit_in_bytes", text);
}

static uint64_t room(void)
{
	struct memory_cgroup cgroup = {.procs = -EBADF, .is_v2 = is_v2};
	uint64_t bytes;

	cgroup.dir = open(lower, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bytes = memory_cgroup_room(&cgroup);
	close(cgroup.dir);
	return bytes;
}

Test(cgroup, memory_room, .init = begin_memory, .fini = clean)
{
	cr_expect(room() == 0, "no limit: %llu", (unsigned long long)room());
	set_memory(upper, 64 * MIB);
	cr_expect(room() == 64 * MIB, "above it: %llu", (unsigned long long)room());
	set_memory(lower, 32 * MIB);
	cr_expect(room() == 32 * MIB, "its own: %llu", (unsigned long long)room());
	set_memory(lower, 128 * MIB);
	cr_expect(room() == 64 * MIB, "the lower one: %llu", (unsigned long long)room());
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", path);
	close(fd);
}

static void expect_room(const struct memory_cgroup *cgroup, uint64_t wanted, const char *what)
{
	uint64_t found = memory_cgroup_room(cgroup);

	cr_expect(found == wanted, "%s: %llu", what, (unsigned long long)found);
}

static void begin_apart(void)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0)
		cr_skip_test("needs root and CAP_SYS_ADMIN, for a mount namespace of its own");
	cr_assert(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "%s", strerror(errno));
}

/* Files in the format of version 2, even if this machine's memory controller has version 1. */
Test(cgroup, memory_room_of_v2, .init = begin_apart)
{
	struct memory_cgroup cgroup = {.procs = -EBADF, .is_v2 = true};

	cr_assert(mount("none", "/mnt", "tmpfs", 0, NULL) == 0, "%s", strerror(errno));
	cr_assert(mkdir("/mnt/pod", 0755) == 0 && mkdir("/mnt/pod/box", 0755) == 0);
	cgroup.dir = open("/mnt/pod/box", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(cgroup.dir >= 0);
	expect_room(&cgroup, 0, "no files");
	put("/mnt/pod/box/memory.max", "max\n");
	put("/mnt/pod/box/memory.stat", "anon 4096\nshmem_thp 1\nshmem 10485760\nfile 7\n");
	expect_room(&cgroup, 0, "no limit");
	put("/mnt/pod/memory.max", "104857600\n");
	put("/mnt/pod/memory.swap.max", "0\n");
	expect_room(&cgroup, 90 * MIB, "the pod's");
	put("/mnt/pod/box/memory.max", "52428800\n");
	put("/mnt/pod/box/memory.swap.max", "0\n");
	expect_room(&cgroup, 40 * MIB, "its own");
	put("/mnt/pod/box/memory.max", "209715200\n");
	expect_room(&cgroup, 90 * MIB, "the lower one");
	put("/mnt/pod/box/memory.high", "max\n");
	expect_room(&cgroup, 90 * MIB, "no memory.high");
	put("/mnt/pod/box/memory.high", "31457280\n");
	expect_room(&cgroup, 20 * MIB, "its own memory.high");
	put("/mnt/pod/box/memory.high", "max\n");
	put("/mnt/pod/memory.high", "83886080\n");
	expect_room(&cgroup, 70 * MIB, "the pod's memory.high");
	put("/mnt/pod/memory.high", "max\n");
	put("/mnt/pod/memory.max", "10485760\n");
	expect_room(&cgroup, 1, "all of it is held");
	put("/mnt/pod/memory.max", "18446744073709551615\n");
	put("/mnt/pod/memory.swap.max", "max\n");
	expect_room(&cgroup, 190 * MIB, "a sum past 64 bits");
	cr_expect(memory_cgroup_limit(&cgroup) == 200 * MIB);
	put("/mnt/pod/box/memory.events", "low 0\noom 5\noom_kill 3\noom_group_kill 9\n");
	cr_expect(memory_cgroup_kills(&cgroup) == 3);
	put("/mnt/pod/box/memory.events", "low 0\noom_kills 3\n");
	cr_expect(memory_cgroup_kills(&cgroup) == 0, "before Linux 4.13 there is no such line");
	memory_cgroup_done(&cgroup);
}

Test(cgroup, memory_room_without_a_cgroup)
{
	struct memory_cgroup cgroup = {.dir = -EBADF, .procs = -EBADF};

	cr_expect(memory_cgroup_room(&cgroup) == 0);
}

/* A directory in place of /proc/PID, with this text as its cgroup file. */
static int proc_of(const char *text)
{
	int proc;
	int fd;

	cr_assert(mount("none", "/mnt", "tmpfs", 0, NULL) == 0, "%s", strerror(errno));
	fd = open("/mnt/cgroup", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	proc = open("/mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(proc >= 0);
	return proc;
}

/* Only version 2, as on newer systems. */
Test(cgroup, unified, .init = begin_apart)
{
	struct memory_cgroup cgroup;
	int proc = proc_of("nonsense\n0::/\n");

	umount2("/sys/fs/cgroup", MNT_DETACH);
	cr_assert(mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL) == 0, "%s", strerror(errno));
	memory_cgroup_open(proc, &cgroup);
	cr_expect(cgroup.err == 0 && cgroup.is_v2, "%d", cgroup.err);
	/* The root cgroup has neither. */
	cr_expect(memory_cgroup_limit(&cgroup) == 0 && memory_cgroup_kills(&cgroup) == 0);
	memory_cgroup_done(&cgroup);
	cr_expect(cpu_cgroup_quota(proc, 4) == 4);
	close(proc);
}

/* A worker that has entered the container's user namespace joins: the kernel checks the permissions
 * of the process that opened cgroup.procs. */
Test(cgroup, joined_from_a_user_namespace, .init = begin_apart)
{
	struct memory_cgroup cgroup;
	pid_t child;
	int status;
	int proc;

	umount2("/sys/fs/cgroup", MNT_DETACH);
	cr_assert(mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL) == 0, "%s", strerror(errno));
	snprintf(upper, sizeof(upper), "0::/orh-test-%d\n", (int)getpid());
	proc = proc_of(upper);
	snprintf(upper, sizeof(upper), "/sys/fs/cgroup/orh-test-%d", (int)getpid());
	cr_assert(mkdir(upper, 0755) == 0, "%s: %s", upper, strerror(errno));
	memory_cgroup_open(proc, &cgroup);
	cr_expect(cgroup.err == 0 && cgroup.is_v2, "%d", cgroup.err);
	child = fork();
	if (child == 0)
		_exit(unshare(CLONE_NEWUSER) == 0 ? -memory_cgroup_join(&cgroup) : 255);
	cr_assert(child > 0 && waitpid(child, &status, 0) == child);
	cr_expect(status == 0, "status %d", status);
	memory_cgroup_done(&cgroup);
	close(proc);
	cr_expect(rmdir(upper) == 0, "%s: %s", upper, strerror(errno));
}

/* A path of another cgroup namespace, a missing cgroup, none at all, and a hierarchy that is not
 * mounted: the seed is then charged to the engine, and the log says so. */
Test(cgroup, not_found, .init = begin_apart)
{
	static const char *const texts[] = {"0::/../../etc\n", "0::/nosuch/cgroup\n", "",
					    "7:cpu:/\n", "nonsense"};

	umount2("/sys/fs/cgroup", MNT_DETACH);
	cr_assert(mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL) == 0, "%s", strerror(errno));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct memory_cgroup cgroup;
		int proc = proc_of(texts[i]);

		memory_cgroup_open(proc, &cgroup);
		cr_expect(cgroup.err != 0 && memory_cgroup_join(&cgroup) < 0, "%s", texts[i]);
		cr_expect(memory_cgroup_limit(&cgroup) == 0, "%s", texts[i]);
		memory_cgroup_done(&cgroup);
		cr_expect(cpu_cgroup_quota(proc, 3) == 3, "%s", texts[i]);
		close(proc);
		umount2("/mnt", MNT_DETACH);
	}
	cr_assert(mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL) == 0, "%s", strerror(errno));
	{
		struct memory_cgroup cgroup;
		int proc = proc_of("0::/\n");

		memory_cgroup_open(proc, &cgroup);
		cr_expect(cgroup.err == ENOENT, "%d", cgroup.err);
		memory_cgroup_done(&cgroup);
		close(proc);
	}
}
