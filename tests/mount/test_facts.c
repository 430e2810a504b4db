/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the mount table while others mount and unmount. In a volume that is a slave of the host's,
 * mounts of the host appear at any time. */
#include "linux/facts.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "core/memory.h"
#include "sandbox.h"

#define ROOT	SANDBOX "/root"
#define VOLUMES 20
#define READS	2000

static _Noreturn void mount_and_unmount(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (int i = 0; i < VOLUMES; i++)
			if (mount("busy", at("root/volume/%d", i), "tmpfs", 0, NULL) < 0)
				_exit(1);
		for (int i = 0; i < VOLUMES; i++)
			if (umount(at("root/volume/%d", i)) < 0)
				_exit(1);
	}
}

Test(facts, table_that_changes, .init = sandbox_enter)
{
	struct container container = CONTAINER_NONE;
	struct rootfs rootfs = {.fd = -EBADF};
	struct error error;
	pid_t child;

	make_dirs(ROOT);
	MUST(mount("root", ROOT, "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/kept");
	MUST(mount("kept", ROOT "/kept", "tmpfs", 0, NULL));
	for (int i = 0; i < VOLUMES; i++)
		make_dirs(at("root/volume/%d", i));
	cr_assert(rootfs_open(ROOT, &error, &rootfs) == 0, "%s", error.text);
	MUST(container.mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
	cr_assert(facts_prepare(&error) == 0, "%s", error.text);
	child = fork();
	MUST(child);
	if (child == 0)
		mount_and_unmount();
	for (int i = 0; i < READS; i++) {
		AUTO_MOUNTTAB table = {0};
		bool is_kept = false;

		cr_assert(facts_read_table(&container, &rootfs, &error, &table) == 0,
			  "at read %d: %s", i, error.text);
		for (size_t k = 0; k < table.count; k++)
			is_kept |= !strcmp(table.lines[k].target, ROOT "/kept");
		cr_assert(is_kept && mounttab_find(&table, rootfs.id.mount_id), "at read %d", i);
	}
	cr_expect(waitpid(child, NULL, WNOHANG) == 0, "nothing was mounted meanwhile");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close_fd(&rootfs.fd);
	container_done(&container);
}
