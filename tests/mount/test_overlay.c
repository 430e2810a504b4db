/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Overlays on detached layers, and with a mount namespace of a thread, which older kernels need. */
#include "linux/overlay.h"

#include <sys/statfs.h>

#include "core/memory.h"
#include "core/tmpfs_entry.h"
#include "linux/sys.h"
#include "sandbox.h"

#define ROOT SANDBOX "/root"

struct layers {
	struct overlay_request request;
	int top;
};

static void make_image(void)
{
	make_dirs(ROOT);
	MUST(mount("root", ROOT, "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/etc/sub/deep");
	make_text(ROOT "/etc/file", "image");
	make_text(ROOT "/etc/sub/deep/file", "deep");
}

static struct layers make_layers(const char *size)
{
	AUTO_FD context = sys_fsopen("tmpfs");
	struct layers layers;

	MUST(context);
	MUST(sys_fsconfig_string(context, "size", size));
	MUST(sys_fsconfig_create(context));
	layers.request = (struct overlay_request){
		.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC),
		.rootfs = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC),
		.upper_mount = sys_fsmount(context, 0),
		.flags = FLAGS_DEFAULT,
	};
	MUST(layers.request.rootfs);
	layers.request.image_mount = sys_clone_mount(layers.request.rootfs);
	MUST(layers.request.image_mount);
	layers.request.lower =
		openat(layers.request.image_mount, "etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(layers.request.lower);
	layers.top = openat(layers.request.upper_mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(layers.top);
	MUST(mkdirat(layers.top, "upper", 0755));
	MUST(mkdirat(layers.top, "work", 0755));
	layers.request.upper = openat(layers.top, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	layers.request.work = openat(layers.top, "work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(layers.request.upper);
	MUST(layers.request.work);
	return layers;
}

static void close_layers(struct layers *layers)
{
	close(layers->request.proc);
	close(layers->request.rootfs);
	close(layers->request.image_mount);
	close(layers->request.upper_mount);
	close(layers->request.lower);
	close(layers->request.upper);
	close(layers->request.work);
	close(layers->top);
}

static void expect_overlay(int mounted)
{
	AUTO_FD top = openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD file = -EBADF;
	char text[16] = "";
	struct stat st;

	MUST(top);
	file = openat(top, "file", O_RDWR | O_CLOEXEC);
	MUST(file);
	MUST(read(file, text, sizeof(text) - 1));
	cr_expect_str_eq(text, "image");
	MUST(pwrite(file, "other", 5, 0));
	MUST(unlinkat(top, "sub/deep/file", 0));
	MUST(unlinkat(top, "sub/deep", AT_REMOVEDIR));
	MUST(mkdirat(top, "sub/deep", 0700));
	cr_expect(fstatat(top, "sub/deep/file", &st, 0) < 0, "what was removed does not come back");
	/* The image is unchanged. */
	MUST(stat(ROOT "/etc/sub/deep/file", &st));
	file = open(ROOT "/etc/file", O_RDONLY | O_CLOEXEC);
	memset(text, 0, sizeof(text));
	MUST(read(file, text, sizeof(text) - 1));
	cr_expect_str_eq(text, "image");
}

static void check(int (*make)(const struct overlay_request *, struct error *, int *))
{
	struct layers layers;
	struct error error;
	AUTO_FD mounted = -EBADF;
	struct statfs fs;

	make_image();
	layers = make_layers("64k");
	cr_assert(make(&layers.request, &error, &mounted) == 0, "%s", error.text);
	/* It keeps the layers open. */
	close_layers(&layers);
	expect_overlay(mounted);
	MUST(fstatfs(mounted, &fs));
	cr_expect(fs.f_blocks * (unsigned long)fs.f_bsize == 65536, "its size is the tmpfs'");
	/* Nothing of it appears in this namespace. */
	AUTO_FD table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	static char text[65536];
	ssize_t length = read(table, text, sizeof(text) - 1);

	MUST(length);
	cr_expect(!strstr(text, "oci-readonly-hook"));
}

Test(overlay, detached, .init = sandbox_enter)
{
	check(overlay_make);
}

Test(overlay, attached, .init = sandbox_enter)
{
	check(overlay_make_attached);
}

Test(overlay, third_level, .init = sandbox_enter)
{
	struct layers layers;
	struct error error;
	AUTO_FD mounted = -EBADF;

	make_dirs(SANDBOX "/l/etc");
	make_dirs(SANDBOX "/u1");
	make_dirs(SANDBOX "/w1");
	make_dirs(SANDBOX "/m1");
	make_dirs(ROOT);
	make_dirs(SANDBOX "/w2");
	make_dirs(SANDBOX "/u2");
	MUST(mount("one", SANDBOX "/m1", "overlay", 0,
		   "lowerdir=" SANDBOX "/l,upperdir=" SANDBOX "/u1,workdir=" SANDBOX "/w1"));
	MUST(mount("two", ROOT, "overlay", 0,
		   "lowerdir=" SANDBOX "/m1,upperdir=" SANDBOX "/u2,workdir=" SANDBOX "/w2"));
	layers = make_layers("64k");
	cr_expect(overlay_make(&layers.request, &error, &mounted) < 0);
	cr_expect(error.status == STATUS_KERNEL && strstr(error.text, "use seed=copy"), "%s",
		  error.text);
	close_layers(&layers);
}
