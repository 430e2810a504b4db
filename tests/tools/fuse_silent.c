/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuse_silent FOLDER
 *
 * Mounts a FUSE filesystem whose server answers for the root directory, but never answers a lookup
 * of a name in it: a process that waits for that cannot be killed. Prints a line when it is
 * mounted. The wait ends when this program does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int device;

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(125);
}

static void answer(const struct fuse_in_header *in, int err, const void *data, size_t size)
{
	char buffer[sizeof(struct fuse_out_header) + 256];
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + size), .error = -err, .unique = in->unique};

	memcpy(buffer, &out, sizeof(out));
	if (size)
		memcpy(buffer + sizeof(out), data, size);
	if (write(device, buffer, out.len) < 0 && errno != ENOENT)
		must(-1, "/dev/fuse");
}

static void serve(const struct fuse_in_header *in, const void *body)
{
	static const struct fuse_attr_out root = {
		.attr = {.ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 2}};
	const struct fuse_init_in *init = body;
	struct fuse_init_out version = {.major = FUSE_KERNEL_VERSION, .max_write = 4096};

	switch (in->opcode) {
	case FUSE_INIT:
		version.minor = init->minor < FUSE_KERNEL_MINOR_VERSION ? init->minor
									: FUSE_KERNEL_MINOR_VERSION;
		answer(in, 0, &version, sizeof(version));
		break;
	case FUSE_GETATTR:
		answer(in, 0, &root, sizeof(root));
		break;
	case FUSE_LOOKUP:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

int main(int argc, char *argv[])
{
	static char buffer[65536] __attribute__((__aligned__(__alignof__(struct fuse_in_header))));
	char options[128];
	ssize_t length;

	if (argc != 2) {
		fputs("fuse_silent FOLDER\n", stderr);
		return 125;
	}
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	must(device, "/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 device);
	must(mount("fuse_silent", argv[1], "fuse", MS_NOSUID | MS_NODEV, options), argv[1]);
	puts("mounted");
	must(fflush(stdout), "standard output");
	while ((length = read(device, buffer, sizeof(buffer))) > 0 || errno == EINTR) {
		if (length >= (ssize_t)sizeof(struct fuse_in_header))
			serve((const void *)buffer, buffer + sizeof(struct fuse_in_header));
	}
	return 0;
}
