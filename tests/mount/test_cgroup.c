/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU bandwidth of a cgroup and of the one above it, on whichever version this machine has. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static void begin(void)
{
	root = access("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", F_OK) == 0 ? "/sys/fs/cgroup/cpu"
									: "/sys/fs/cgroup";
	is_v2 = strcmp(root, "/sys/fs/cgroup") == 0;
	snprintf(upper, sizeof(upper), "%s/orh-test-%d", root, (int)getpid());
	snprintf(lower, sizeof(lower), "%s/below", upper);
	if (geteuid() != 0 || mkdir(upper, 0755) < 0) {
		*lower = '\0';
		cr_skip_test("needs root, and a cgroup hierarchy with the cpu controller");
	}
	if (is_v2)
		cr_assert(write_file(root, "cgroup.subtree_control", "+cpu") &&
				  write_file(upper, "cgroup.subtree_control", "+cpu"),
			  "the cpu controller: %s", strerror(errno));
	cr_assert(mkdir(lower, 0755) == 0, "%s: %s", lower, strerror(errno));
	cr_assert(write_file(lower, "cgroup.procs", "0"), "%s: %s", lower, strerror(errno));
}

/* Percent of one processor; 0: no limit. */
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
	/* In v1, none may be more than the one above it. */
	set_quota(lower, 0);
	set_quota(upper, 1000);
	cr_expect(quota() == 4, "ten: %u", quota());
}

Test(cgroup, cpu_quota_without_a_cgroup)
{
	cr_expect(cpu_cgroup_quota(-EBADF, 3) == 3);
}
