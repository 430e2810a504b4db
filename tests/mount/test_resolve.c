/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths are followed only inside the root, whatever their links contain, and up to a cost. */
#include "linux/resolve.h"

#include <stdio.h>

#include "core/memory.h"
#include "sandbox.h"

#define ROOT SANDBOX "/root"

static struct rootfs make_rootfs(void)
{
	struct rootfs rootfs = {.fd = -EBADF};
	struct error error;

	make_dirs(ROOT);
	MUST(mount("root", ROOT, "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/run");
	make_dirs(ROOT "/var/lib");
	make_dirs(ROOT "/a/b/c");
	make_dirs(SANDBOX "/outside");
	make_text(ROOT "/file", "x");
	MUST(mkfifo(ROOT "/fifo", 0600));
	MUST(symlink("/run", ROOT "/var/run"));
	MUST(symlink("../run", ROOT "/var/relative"));
	MUST(symlink("../../../../../../outside", ROOT "/escape"));
	MUST(symlink(SANDBOX "/outside", ROOT "/absolute"));
	MUST(symlink("b/../../a/./b//c", ROOT "/a/dots"));
	MUST(symlink("loop", ROOT "/loop"));
	MUST(symlink("/file", ROOT "/to-file"));
	MUST(symlink("/missing/dir", ROOT "/dangling"));
	MUST(symlink("missing/../a", ROOT "/through-missing"));
	MUST(symlink("..", ROOT "/up"));
	MUST(symlink(".", ROOT "/here"));
	make_dirs(ROOT "/proc");
	MUST(mount("proc", ROOT "/proc", "proc", 0, NULL));
	make_dirs(ROOT "/volume/sub");
	make_text(ROOT "/volume/sub/hidden", "x");
	MUST(mount("volume", ROOT "/volume", "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/volume/other");
	cr_assert(rootfs_open(ROOT, &error, &rootfs) == 0, "%s", error.text);
	return rootfs;
}

static int resolve_one(const struct rootfs *rootfs, const char *path, struct error *error,
		       struct target *ret_target)
{
	struct resolver resolver = {.rootfs = rootfs};

	return resolve_path(&resolver, path, RESOLVE_DIRECTORY, error, ret_target);
}

Test(resolve, paths, .init = sandbox_enter)
{
	static const struct {
		const char *path;
		const char *found;
		size_t existing; /* 0: the whole path */
		bool is_mount;
	} rows[] = {
		{"/run", "/run", 0, false},
		{"/var/run", "/run", 0, false},
		{"/var/relative", "/run", 0, false},
		{"/a/dots", "/a/b/c", 0, false},
		{"/escape", "/outside", 1, false},
		{"/absolute", SANDBOX "/outside", 1, false},
		{"/up", "/", 0, true},
		{"/up/up/run", "/run", 0, false},
		{"/here/here/a", "/a", 0, false},
		{"/new/dir", "/new/dir", 1, false},
		{"/a/b/new", "/a/b/new", 4, false},
		{"/dangling", "/missing/dir", 1, false},
		{"/dangling/more", "/missing/dir/more", 1, false},
		{"/through-missing/b", "/a/b", 0, false},
		{"/volume", "/volume", 0, true},
		{"/volume/other", "/volume/other", 0, false},
		{"/volume/sub", "/volume/sub", 7, false},
		{"/proc/self", NULL, 0, false},
		{"/proc/1", "/proc/1", 0, false},
	};
	struct rootfs rootfs = make_rootfs();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = {.text = ""};
		struct target target = {0};
		int r = resolve_one(&rootfs, rows[i].path, &error, &target);

		cr_expect(r == 0, "%s: %s", rows[i].path, error.text);
		if (r < 0)
			continue;
		if (rows[i].found)
			cr_expect(!strcmp(target.path, rows[i].found), "%s: %s", rows[i].path,
				  target.path);
		else
			cr_expect(!strncmp(target.path, "/proc/", 6), "%s: %s", rows[i].path,
				  target.path);
		if (rows[i].found)
			cr_expect(target.existing == (rows[i].existing ? rows[i].existing
								       : strlen(target.path)),
				  "%s: %zu", rows[i].path, target.existing);
		cr_expect(target.is_mount_root == rows[i].is_mount, "%s", rows[i].path);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

/* A path that cannot be resolved is a fact, with the reason and the place. */
Test(resolve, unresolved, .init = sandbox_enter)
{
	static const struct {
		const char *path;
		int err;
		const char *at;
	} rows[] = {
		{"/file", ENOTDIR, "/file"},
		{"/file/x", ENOTDIR, "/file"},
		{"/fifo", ENOTDIR, "/fifo"},
		{"/to-file", ENOTDIR, "/file"},
		{"/loop", ELOOP, "/"},
		{"/loop/x", ELOOP, "/"},
		{"/run/bound", ENOTDIR, "/run/bound"},
	};
	struct rootfs rootfs = make_rootfs();

	make_text(ROOT "/run/bound", "x");
	MUST(mount(ROOT "/volume/other", ROOT "/volume/other", NULL, MS_BIND, NULL));
	make_text(ROOT "/volume/other/file", "x");
	MUST(mount(ROOT "/volume/other/file", ROOT "/run/bound", NULL, MS_BIND, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = {.text = ""};
		struct target target = {0};

		cr_assert(resolve_one(&rootfs, rows[i].path, &error, &target) == 0, "%s: %s",
			  rows[i].path, error.text);
		cr_expect(target.err == rows[i].err && !strcmp(target.path, rows[i].at),
			  "%s: %s at %s", rows[i].path, strerror(target.err), target.path);
		cr_expect(!target.is_mount_root);
		/* A path that leads through a mounted file is on that mount. */
		cr_expect((target.mount_id == rootfs.id.mount_id) ==
				  (strcmp(rows[i].path, "/run/bound") != 0),
			  "%s", rows[i].path);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

/* Links of proc are not followed, because the text of some names another process's place. The path
 * stays on proc. */
Test(resolve, magic_links, .init = sandbox_enter)
{
	static const char *const paths[] = {
		"/proc/1/root",	       "/proc/1/cwd", "/proc/self/root/run",
		"/proc/self/fd/0/new", "/to-proc",    "/to-proc/run"};
	struct rootfs rootfs = make_rootfs();

	MUST(symlink("/proc/1/cwd", ROOT "/to-proc"));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error error = {.text = ""};
		struct target target = {0};

		cr_expect(resolve_one(&rootfs, paths[i], &error, &target) == 0, "%s: %s", paths[i],
			  error.text);
		cr_expect(target.path && !strncmp(target.path, "/proc/", 6), "%s: %s", paths[i],
			  target.path);
		cr_expect(target.mount_id != rootfs.id.mount_id, "%s", paths[i]);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

Test(resolve, long_links, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	char text[4000];
	struct error error;
	struct target target;

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i < sizeof(text) - 1; i += 100)
		text[i] = '/';
	text[sizeof(text) - 1] = '\0';
	MUST(symlink(text, ROOT "/long"));
	text[200] = '\0';
	memcpy(text, "/long", 5);
	text[5] = '/';
	cr_assert(resolve_one(&rootfs, text, &error, &target) == 0, "%s", error.text);
	cr_expect(target.err == ENAMETOOLONG && !strcmp(target.path, "/"), "%s", target.path);
	target_done(&target);
	close_fd(&rootfs.fd);
}

/* A mount may also be on a file. */
Test(resolve, files_and_directories, .init = sandbox_enter)
{
	static const struct {
		const char *path;
		const char *found; /* NULL: a path below a file */
		bool is_mount;
	} rows[] = {
		{"/file", "/file", false},	{"/to-file", "/file", false},
		{"/a/bound", "/a/bound", true}, {"/run", "/run", false},
		{"/file/x", NULL, false},	{"/to-file/.", NULL, false},
	};
	struct rootfs rootfs = make_rootfs();

	make_text(ROOT "/a/bound", "x");
	MUST(mount(ROOT "/file", ROOT "/a/bound", NULL, MS_BIND, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct resolver resolver = {.rootfs = &rootfs};
		struct error error = {.text = ""};
		struct target target = {0};

		cr_assert(resolve_path(&resolver, rows[i].path, RESOLVE_ANYTHING, &error,
				       &target) == 0,
			  "%s: %s", rows[i].path, error.text);
		cr_expect(target.err == (rows[i].found ? 0 : ENOTDIR), "%s", rows[i].path);
		cr_expect(!rows[i].found || !strcmp(target.path, rows[i].found), "%s: %s",
			  rows[i].path, target.path);
		cr_expect(target.existing == strlen(target.path));
		cr_expect(target.is_mount_root == rows[i].is_mount, "%s", rows[i].path);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

/* Another user's FUSE mount gives root no attributes, but is recognized as a mount. Paths below it
 * cannot be followed. */
Test(resolve, fuse_of_another_user, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	struct error error = {.text = ""};
	struct target target = {0};
	AUTO_FD server = -EBADF;
	char data[100];

	server = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (server < 0 && (errno == ENOENT || errno == ENODEV))
		cr_skip_test("no FUSE here");
	MUST(server);
	snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=1234,group_id=1234", server);
	MUST(mount("fuse", ROOT "/a/b", "fuse", 0, data));
	cr_assert(resolve_one(&rootfs, "/a/b", &error, &target) == 0, "%s", error.text);
	cr_expect(target.err == 0 && target.is_mount_root && !strcmp(target.path, "/a/b"));
	cr_expect(target.mount_id != rootfs.id.mount_id);
	target_done(&target);
	cr_assert(resolve_one(&rootfs, "/a/b/c", &error, &target) == 0, "%s", error.text);
	cr_expect(target.err == EACCES && !strcmp(target.path, "/a/b"), "%s", target.path);
	cr_expect(target.mount_id != rootfs.id.mount_id);
	target_done(&target);
	close_fd(&rootfs.fd);
}

/* The links that a path leads through, each with its own path. */
Test(resolve, links, .init = sandbox_enter)
{
	static const struct {
		const char *path;
		const char *links; /* separated by blanks */
	} rows[] = {
		{"/run", ""},
		{"/var/run", "/var/run"},
		{"/var/run/x", "/var/run"},
		{"/up/var/run", "/up /var/run"},
		{"/chain/x", "/chain /a/b/link /var/run"},
		{"/loop", "/loop /loop /loop /loop /loop"},
		{"/proc/self", ""},
	};
	struct rootfs rootfs = make_rootfs();

	MUST(symlink("a/b/link", ROOT "/chain"));
	MUST(symlink("../../var/run", ROOT "/a/b/link"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = {.text = ""};
		struct target target = {0};
		char found[PATH_MAX] = "";

		cr_assert(resolve_one(&rootfs, rows[i].path, &error, &target) == 0, "%s",
			  error.text);
		for (size_t k = 0; k < target.links_count && k < 5; k++)
			sprintf(found + strlen(found), "%s%s", k ? " " : "", target.links[k]);
		cr_expect(!strcmp(found, rows[i].links), "%s: %s", rows[i].path, found);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

/* The cost of a path: its components, those of its links and of the directories of these, and of
 * each path that is opened from the root again. A run of ".." costs that once, when a name follows.
 */
Test(resolve, costs, .init = sandbox_enter)
{
	static const struct {
		const char *path;
		unsigned components;
	} rows[] = {
		{"/", 1},
		{"/a/b/c", 4},
		{"/missing/x/y/z", 5},
		/* var, the link, its depth, run */
		{"/var/run", 1 + 1 + 1 + 1 + (1 + 1)},
		/* a, the link, its parts, "/" anew for the second a */
		{"/a/dots", 1 + 2 + 1 + 7 + 1},
		{"/deep", 1 + 1 + 4 + 3 + (1 + 1)},
	};
	struct rootfs rootfs = make_rootfs();

	MUST(symlink("a/b/c/d/../../..", ROOT "/deep"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct resolver resolver = {.rootfs = &rootfs};
		struct error error = {.text = ""};
		struct target target = {0};

		cr_expect(resolve_path(&resolver, rows[i].path, RESOLVE_DIRECTORY, &error,
				       &target) == 0,
			  "%s: %s", rows[i].path, error.text);
		cr_expect(resolver.components == rows[i].components, "%s: %u", rows[i].path,
			  resolver.components);
		target_done(&target);
	}
	close_fd(&rootfs.fd);
}

/* Chained links that lead up and down again at the end of a deep path. */
static void make_costly_links(unsigned depth, unsigned links, unsigned turns)
{
	char text[4096] = "";
	int fd = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t length = 0;

	MUST(fd);
	for (unsigned i = 0; i < depth; i++) {
		int next;

		MUST(mkdirat(fd, "d", 0755));
		MUST(next = openat(fd, "d", O_PATH | O_DIRECTORY | O_CLOEXEC));
		close(fd);
		fd = next;
	}
	for (unsigned i = 0; i < turns; i++)
		length += (size_t)sprintf(text + length, "d/../");
	MUST(mkdirat(fd, "d", 0755));
	for (unsigned i = 0; i < links; i++) {
		char name[16];

		sprintf(text + length, "l%u", i + 1);
		snprintf(name, sizeof(name), "l%u", i);
		MUST(symlinkat(i + 1 < links ? text : "d", fd, name));
	}
	close(fd);
}

Test(resolve, budget, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	struct resolver resolver = {.rootfs = &rootfs};
	struct error error = {.text = ""};
	struct target target = {0};
	char path[4096] = "";
	size_t length = 0;

	make_costly_links(1950, 38, 800);
	for (int i = 0; i < 1950; i++)
		length += (size_t)sprintf(path + length, "/d");
	sprintf(path + length, "/l0");
	cr_expect(resolve_path(&resolver, path, RESOLVE_DIRECTORY, &error, &target) < 0);
	cr_expect(error.status == STATUS_PATH &&
			  strstr(error.text,
				 "the container's paths lead through more than 65536 directories"),
		  "%s", error.text);
	cr_expect(resolver.is_spent);
	/* Then no other path is resolved, however short. */
	cr_expect(resolve_path(&resolver, "/a", RESOLVE_DIRECTORY, &error, &target) < 0);
	close_fd(&rootfs.fd);
}

/* All paths share the budget, and can use the whole of it. */
Test(resolve, budget_of_many, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	struct resolver resolver = {.rootfs = &rootfs};
	struct error error = {.text = ""};
	struct target target = {0};

	for (unsigned i = 0; i < RESOLVE_COMPONENTS_MAX / 4; i++) {
		cr_assert(resolve_path(&resolver, "/a/b/c", RESOLVE_DIRECTORY, &error, &target) ==
				  0,
			  "%u: %s", i, error.text);
		target_done(&target);
	}
	cr_expect(resolve_path(&resolver, "/a/b/c", RESOLVE_DIRECTORY, &error, &target) < 0);
	close_fd(&rootfs.fd);
}
