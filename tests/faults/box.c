/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"

/* What the hook is asked for, and what is listed of the container afterwards. */
static const char *const seeded[] = {"etc", "srv", "var", "opt", "run", "missing"};

/* What the hook may create in the root's filesystem for these requests. */
static const char *const made[] = {"missing", "missing/too", "work", "work/dir"};

static void mount_all(const struct scenario *scenario, const char *work)
{
	const char *root = PATH_OF("%s/bundle/rootfs", work);
	char options[1024];

	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("none", PATH_OF("%s/layers", work), "tmpfs", 0, NULL));
	MUST(mkdir(PATH_OF("%s/layers/upper", work), 0755));
	MUST(mkdir(PATH_OF("%s/layers/work", work), 0755));
	if (scenario->is_user)
		MUST(chown(PATH_OF("%s/layers/upper", work), USER_FIRST, USER_FIRST));
	snprintf(options, sizeof(options),
		 "lowerdir=%s/image%s,upperdir=%s/layers/upper,workdir=%s/layers/work", work,
		 scenario->is_user ? "-user" : "", work, work);
	MUST(mount("overlay", root, "overlay", 0, options));
}

/* The engine's tmpfs, as config.json has them, with what runc makes for the mounts below. */
static void mount_tmpfs(const char *root)
{
	static const char *const paths[] = {"etc", "srv", "var/lib", "missing/too"};

	/* Younger than the layer, for the clock that filesystems read. */
	usleep(12000);
	MUST(mkdir(PATH_OF("%s/missing", root), 0755));
	MUST(mkdir(PATH_OF("%s/missing/too", root), 0755));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		MUST(mount("tmpfs", PATH_OF("%s/%s", root, paths[i]), "tmpfs", MS_NODEV, NULL));
	write_text(PATH_OF("%s/etc/hosts", root), "");
	MUST(mkdir(PATH_OF("%s/var/lib/app", root), 0755));
	MUST(mkdir(PATH_OF("%s/var/lib/app/volume", root), 0755));
}

/* As runc does: the root is bound onto itself, and contains the engine's mounts. */
static void bind_all(const struct scenario *scenario, const char *work)
{
	const char *root = PATH_OF("%s/bundle/rootfs", work);

	MUST(mount(root, root, NULL, MS_BIND | MS_REC, NULL));
	if (scenario->fills)
		mount_tmpfs(root);
	MUST(mount(PATH_OF("%s/hosts", work), PATH_OF("%s/etc/hosts", root), NULL, MS_BIND, NULL));
	MUST(mount(PATH_OF("%s/volume", work), PATH_OF("%s/var/lib/app/volume", root), NULL,
		   MS_BIND, NULL));
	if (scenario->is_root_ro)
		MUST(mount(NULL, root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
}

static void wait_byte(int fd)
{
	char byte;

	/* The process has ended. */
	if (read(fd, &byte, 1) != 1)
		_exit(2);
}

static void be_container(const struct scenario *scenario, const char *work, const char *cgroup,
			 const int to[2], const int from[2])
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cgroup[0])
		write_text(PATH_OF("%s/cgroup.procs", cgroup), "0");
	MUST(unshare(CLONE_NEWNS));
	mount_all(scenario, work);
	if (scenario->is_user) {
		MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		MUST(write(from[1], "u", 1));
		wait_byte(to[0]);
		MUST(setresgid(0, 0, 0));
		MUST(setresuid(0, 0, 0));
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	bind_all(scenario, work);
	MUST(write(from[1], "r", 1));
	for (;;)
		pause();
}

static void map_ids(pid_t pid, const char *file)
{
	char map[64];

	snprintf(map, sizeof(map), "0 %d 65536\n", USER_FIRST);
	write_text(PATH_OF("/proc/%d/%s", (int)pid, file), map);
}

void box_open(struct box *box, const struct scenario *scenario, const char *work,
	      const char *cgroup)
{
	int to[2], from[2];

	MUST(pipe2(to, O_CLOEXEC));
	MUST(pipe2(from, O_CLOEXEC));
	box->pid = (pid_t)MUST(fork());
	if (box->pid == 0)
		be_container(scenario, work, cgroup, to, from);
	close(to[0]);
	close(from[1]);
	wait_byte(from[0]);
	if (scenario->is_user) {
		map_ids(box->pid, "uid_map");
		map_ids(box->pid, "gid_map");
		MUST(write(to[1], "m", 1));
		wait_byte(from[0]);
	}
	close(to[1]);
	close(from[0]);
	snprintf(box->bundle, sizeof(box->bundle), "%s/bundle", work);
	box->root = (int)MUST(open(PATH_OF("/proc/%d/root%s/rootfs", (int)box->pid, box->bundle),
				   O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void box_close(struct box *box)
{
	close(box->root);
	kill(box->pid, SIGKILL);
	waitpid(box->pid, NULL, 0);
}

char *box_table(const struct box *box)
{
	return read_text(PATH_OF("/proc/%d/mountinfo", (int)box->pid));
}

/* Only the options of a filesystem that were requested. */
static void add_options(char *line, const char *options)
{
	char copy[4096];
	char *rest = copy;
	char *option;

	snprintf(copy, sizeof(copy), "%s", options);
	while ((option = strsep(&rest, ","))) {
		if (strncmp(option, "size=", 5) == 0 || strncmp(option, "nr_inodes=", 10) == 0 ||
		    strncmp(option, "mode=", 5) == 0 || strcmp(option, "ro") == 0)
			strcat(strcat(line, ","), option);
	}
}

/* A line "PATH FLAGS TYPE SOURCE,OPTIONS" for each mount in the root, and for the root itself. */
char *box_promise(const struct box *box)
{
	char *table = box_table(box);
	char *promise = calloc(1, strlen(table) + 2);
	char root[256];
	char *rest = table;
	char *line;

	snprintf(root, sizeof(root), "%s/rootfs", box->bundle);
	while ((line = strsep(&rest, "\n"))) {
		char target[1024], flags[256], type[64], source[1024], options[4096];
		char *dash = strstr(line, " - ");

		if (!dash || sscanf(line, "%*s %*s %*s %*s %1023s %255s", target, flags) != 2 ||
		    sscanf(dash + 3, "%63s %1023s %4095s", type, source, options) != 3 ||
		    strncmp(target, root, strlen(root)) != 0)
			continue;
		sprintf(promise + strlen(promise), "%s %s %s %s", target + strlen(root), flags,
			type, source);
		add_options(promise, options);
		strcat(promise, "\n");
	}
	free(table);
	return promise;
}

void box_list(const struct box *box, struct listing *listing)
{
	/* Something may have been mounted over the root since it was opened. */
	int root = (int)MUST(open(PATH_OF("/proc/%d/root%s/rootfs", (int)box->pid, box->bundle),
				  O_PATH | O_DIRECTORY | O_CLOEXEC));

	for (size_t i = 0; i < sizeof(seeded) / sizeof(seeded[0]); i++)
		listing_add(listing, root, seeded[i]);
	close(root);
	/* What the hook created has the time of its creation. */
	for (size_t i = 0; i < listing->count; i++) {
		if (strncmp(listing->entries[i].path, made[0], strlen(made[0])) == 0)
			listing->entries[i].mtime = (struct timespec){0, 0};
	}
}

static bool is_made(const char *path)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (strcmp(path, made[i]) == 0)
			return true;
	}
	return false;
}

void box_strangers(const struct box *box, bool is_audit, char problem[static 512])
{
	char path[256];
	struct listing listing = {.count = 0};
	int upper;

	snprintf(path, sizeof(path), "%s", box->bundle);
	*strrchr(path, '/') = '\0';
	upper = (int)MUST(open(PATH_OF("/proc/%d/root%s/layers/upper", (int)box->pid, path),
			       O_PATH | O_DIRECTORY | O_CLOEXEC));
	listing_add(&listing, upper, ".");
	close(upper);
	problem[0] = '\0';
	for (size_t i = 1; i < listing.count && !problem[0]; i++) {
		if (is_audit || !is_made(listing.entries[i].path + 2))
			snprintf(problem, 512, "/%s was made in the root, or changed",
				 listing.entries[i].path + 2);
	}
	listing_done(&listing);
}
