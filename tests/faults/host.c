/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"

static bool is_at_or_below(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	return strncmp(path, dir, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0' || length == 1);
}

static bool is_needed(const char *mount, const char *const paths[], size_t count)
{
	/* The places of programs, libraries and the kernel's filesystems. */
	static const char *const system[] = {"/usr",   "/bin", "/sbin", "/lib",	 "/lib32",
					     "/lib64", "/etc", "/dev",	"/proc", "/sys"};

	for (size_t i = 0; i < sizeof(system) / sizeof(system[0]); i++) {
		if (is_at_or_below(mount, system[i]))
			return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_at_or_below(paths[i], mount))
			return true;
	}
	return false;
}

void host_alone(const char *const paths[], size_t count)
{
	struct libmnt_table *table;
	struct libmnt_iter *backward = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	table = mnt_new_table_from_file("/proc/self/mountinfo");
	if (!table || !backward)
		MUST(-1);
	while (mnt_table_next_fs(table, backward, &fs) == 0) {
		const char *target = mnt_fs_get_target(fs);

		if (!is_needed(target, paths, count) && umount2(target, MNT_DETACH) < 0 &&
		    errno != EINVAL && errno != ENOENT)
			MUST(-1);
	}
	mnt_unref_table(table);
	mnt_free_iter(backward);
}

static int make_dev(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int fd;

	MUST(mount("none", "/dev", "tmpfs", MS_NOSUID, "mode=755"));
	MUST(mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)));
	MUST(mknod("/dev/zero", S_IFCHR | 0666, makedev(1, 5)));
	MUST(mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9)));
	fd = (int)MUST(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	MUST(bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

/* A memory cgroup that the hook can join; none if none can be created. */
static const char *const cgroup_roots[] = {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"};

static void make_cgroup(char path[static 128], pid_t owner, unsigned number)
{
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, 128, "%s/orh-faults.%d.%u", cgroup_roots[i], (int)owner, number);
		if (mkdir(path, 0755) == 0)
			return;
	}
	path[0] = '\0';
}

void host_cgroup_remove(pid_t owner, unsigned number)
{
	/* The kernel may still be busy with its last process. */
	for (int i = 0; i < 200; i++) {
		const char *path =
			PATH_OF("%s/orh-faults.%d.%u", cgroup_roots[i % 2], (int)owner, number);

		if (rmdir(path) < 0 && errno == EBUSY)
			usleep(20000);
	}
}

/* The contents of the sweep's directory: names and sizes. */
static char *list_files(const char *work)
{
	static const char *const names[] = {"", "bundle", "layers", "volume", "image", "hosts"};
	struct listing listing = {.count = 0};
	char *text = calloc(1, 65536);
	int dir = (int)MUST(open(work, O_PATH | O_DIRECTORY | O_CLOEXEC));

	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		listing_add(&listing, dir, names[i]);
	for (size_t i = 0; i < listing.count; i++)
		sprintf(text + strlen(text), "%s %o %ld %ld\n", listing.entries[i].path,
			listing.entries[i].mode, (long)listing.entries[i].size,
			(long)listing.entries[i].mtime.tv_sec);
	listing_done(&listing);
	close(dir);
	return text;
}

void host_open(struct host *host, const char *work, pid_t owner, unsigned number)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	/* Orphans become children of this process, and are found. */
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	host->work = work;
	host->log = make_dev();
	make_cgroup(host->cgroup, owner, number);
	host->mounts = read_text("/proc/self/mountinfo");
	host->files = list_files(work);
}

void host_close(struct host *host)
{
	close(host->log);
	/* Later runs see the same number of mounts. */
	umount2("/dev", MNT_DETACH);
	free(host->mounts);
	free(host->files);
}

char *host_log(const struct host *host)
{
	size_t size = 65536;
	size_t length = 0;
	char *text = malloc(size);
	ssize_t n;

	while (length + 20000 < size &&
	       (n = recv(host->log, text + length, size - length - 2, 0)) >= 0) {
		length += (size_t)n;
		text[length++] = '\n';
	}
	text[length] = '\0';
	return text;
}

/* Children other than the box: none after a moment. */
static bool has_children(pid_t box)
{
	char path[256];
	char *text;
	char *rest;
	char *word;
	bool others = false;

	path_of(path, "/proc/self/task/%d/children", (int)getpid());
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	text = read_text(path);
	rest = text;
	while ((word = strsep(&rest, " ")))
		others |= *word && atoi(word) != box;
	free(text);
	return others;
}

static bool is_cgroup_clean(const struct host *host, pid_t box)
{
	char *text;
	char wanted[32] = "";
	bool clean;

	if (!host->cgroup[0])
		return true;
	if (box)
		snprintf(wanted, sizeof(wanted), "%d\n", (int)box);
	text = read_text(PATH_OF("%s/cgroup.procs", host->cgroup));
	clean = strcmp(text, wanted) == 0;
	free(text);
	return clean;
}

void host_leftovers(const struct host *host, pid_t box, char problem[static 512])
{
	char *mounts = read_text("/proc/self/mountinfo");
	char *files = list_files(host->work);
	int tries = 0;

	problem[0] = '\0';
	while ((has_children(box) || !is_cgroup_clean(host, box)) && ++tries < 200)
		usleep(10000);
	if (has_children(box))
		snprintf(problem, 512, "a process is left");
	else if (!is_cgroup_clean(host, box))
		snprintf(problem, 512, "the container's cgroup holds others");
	else if (strcmp(mounts, host->mounts) != 0)
		snprintf(problem, 512, "the host's mount table has changed");
	else if (strcmp(files, host->files) != 0)
		snprintf(problem, 512, "files of the host have changed");
	free(mounts);
	free(files);
}
