/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "context.h"
#include "core/memory.h"
#include "core/mounttab.h"
#include "sys.h"

static int set_layer(int context, const char *key, int fd, struct error *error)
{
	char path[32];

	snprintf(path, sizeof(path), "self/fd/%d", fd);
	return context_set(context, key, path, error);
}

/* The working directory is /proc, from which layers are looked up: depending on the kernel, when
 * they are named, or when the filesystem is created. */
static int configure(int context, const struct overlay_request *request, struct error *error)
{
	int r;

	r = context_set(context, "source", MOUNT_SOURCE, error);
	if (r == 0)
		r = set_layer(context, "lowerdir", request->lower, error);
	if (r == 0)
		r = set_layer(context, "upperdir", request->upper, error);
	if (r == 0)
		r = set_layer(context, "workdir", request->work, error);
	/* The image may contain trusted.overlay.* attributes, which must have no effect. */
	if (r == 0)
		r = context_set(context, "metacopy", "off", error);
	if (r == 0)
		r = context_set(context, "redirect_dir", "nofollow", error);
	if (r == 0 && request->label)
		r = context_set(context, "context", request->label, error);
	if (r == 0 && request->userxattr)
		r = context_flag(context, "userxattr", error);
	return r;
}

static int refused(int context, int r, struct error *error)
{
	char complaint[CONTEXT_COMPLAINT_MAX];

	context_complaint(context, complaint);
	if (r == -EINVAL)
		return error_set(
			error, STATUS_KERNEL, EINVAL,
			"the kernel refuses an overlay on the image's directory%s; most often, the image is already on two levels of overlay: use seed=copy",
			complaint);
	return error_set(error, STATUS_SYSTEM, -r, "the overlay cannot be created%s", complaint);
}

static int make(const struct overlay_request *request, struct error *error, int *ret_mount)
{
	AUTO_FD context = sys_fsopen("overlay");
	int fd;
	int r;

	if (context == -ENODEV)
		return error_set(error, STATUS_KERNEL, ENODEV,
				 "this kernel has no overlay filesystem: use seed=copy");
	if (context < 0)
		return error_set(error, STATUS_SYSTEM, -context,
				 "an overlay cannot be created (fsopen)");
	if (fchdir(request->proc) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "cannot change directory to /proc");
	r = configure(context, request, error);
	if (r < 0)
		return r;
	r = sys_fsconfig_create(context);
	if (r < 0)
		return refused(context, r, error);
	fd = sys_fsmount(context, request->flags);
	if (fd < 0)
		return error_set(error, STATUS_SYSTEM, -fd,
				 "an overlay cannot be mounted (fsmount)");
	*ret_mount = fd;
	return 0;
}

struct attached {
	const struct overlay_request *request;
	struct error *error;
	int r;
	int mount;
};

/* Attaches the layers' mounts to the root in this thread's mount namespace. Any other place would
 * do. */
static int attach_layers(const struct overlay_request *request)
{
	AUTO_FD here = -EBADF;
	int r;

	/* The working directory moves to the new namespace. */
	if (fchdir(request->rootfs) < 0 || unshare(CLONE_NEWNS) < 0)
		return -errno;
	r = sys_make_private();
	if (r < 0)
		return r;
	here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return -errno;
	r = sys_move_mount(request->image_mount, here);
	return r < 0 ? r : sys_move_mount(request->upper_mount, here);
}

static void *make_in_thread(void *data)
{
	struct attached *attached = data;
	int r = attach_layers(attached->request);

	if (r < 0)
		r = error_set(attached->error, STATUS_SYSTEM, -r,
			      "an overlay's layers cannot be mounted aside");
	else
		r = make(attached->request, attached->error, &attached->mount);
	attached->r = r;
	return NULL;
}

int overlay_make_attached(const struct overlay_request *request, struct error *error,
			  int *ret_mount)
{
	struct attached attached = {.request = request, .error = error};
	pthread_t thread;
	int r;

	r = pthread_create(&thread, NULL, make_in_thread, &attached);
	if (r)
		return error_set(error, STATUS_SYSTEM, r, "pthread_create");
	pthread_join(thread, NULL);
	if (attached.r == 0)
		*ret_mount = attached.mount;
	return attached.r;
}

int overlay_make(const struct overlay_request *request, struct error *error, int *ret_mount)
{
	int r = make(request, error, ret_mount);

	/* Before Linux 6.15, a layer must be on a mount in the caller's namespace. */
	return r == -EINVAL ? overlay_make_attached(request, error, ret_mount) : r;
}
