/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "configfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/bundle.h"
#include "linux/input.h"
#include "linux/output.h"

#define CONFIG_NAME "config.json"
#define LABEL	    "security.selinux"
#define LABEL_MAX   4096

void configfile_done(struct configfile *file)
{
	close_fd(&file->directory);
	close_fd(&file->fd);
	free_ptr(&file->name);
	free_ptr(&file->text);
}

/* Opens the directory that contains the file, and returns the file's name in it. */
static int open_directory(const char *bundle, const char *config, int *ret_directory,
			  char **ret_name)
{
	AUTO_FREE char *above = NULL;
	AUTO_FREE char *name = NULL;
	const char *slash = config ? strrchr(config, '/') : NULL;
	int directory;

	if (slash) {
		above = strndup(config, (size_t)(slash + 1 - config));
		name = strdup(slash + 1);
	} else {
		above = strdup(config ? "." : bundle);
		name = strdup(config ? config : CONFIG_NAME);
	}
	if (!above || !name)
		return -ENOMEM;
	directory = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	*ret_directory = directory;
	*ret_name = take_ptr(name);
	return 0;
}

static int read_file(int directory, const char *name, int *ret_fd, char **ret_text,
		     size_t *ret_length)
{
	AUTO_FD fd = input_open(directory, name, O_NOFOLLOW);
	int r = fd < 0 ? fd : input_read(fd, CONFIG_LENGTH_MAX, ret_text, ret_length);

	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

int configfile_open(const char *bundle, const char *config, struct error *error,
		    struct configfile *ret_file)
{
	AUTO_CONFIGFILE file = CONFIGFILE_NONE;
	const char *shown = config ? config : bundle;
	const char *shown_name = config ? "" : "/" CONFIG_NAME;
	int r;

	r = open_directory(bundle, config, &file.directory, &file.name);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r,
				 "bundle %" NAME_SHOWN ": cannot be opened", shown);
	r = read_file(file.directory, file.name, &file.fd, &file.text, &file.length);
	if (r == -ELOOP)
		return error_set(error, STATUS_INPUT, 0,
				 "%" NAME_SHOWN
				 "%s: is a symlink: the hook is only added to a regular file",
				 shown, shown_name);
	if (r == -EFBIG)
		return error_set(error, STATUS_INPUT, EFBIG,
				 "%" NAME_SHOWN "%s: more than %d bytes", shown, shown_name,
				 CONFIG_LENGTH_MAX);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r, "%" NAME_SHOWN "%s: cannot be read",
				 shown, shown_name);
	*ret_file = file;
	file = CONFIGFILE_NONE;
	return 0;
}

/* There is no label to copy if the filesystem does not support labels. */
static int copy_label(int from, int to)
{
	char old[LABEL_MAX], new[LABEL_MAX];
	ssize_t old_length = fgetxattr(from, LABEL, old, sizeof(old));
	ssize_t new_length;

	if (old_length < 0)
		return errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
	new_length = fgetxattr(to, LABEL, new, sizeof(new));
	if (new_length == old_length && memcmp(old, new, (size_t)old_length) == 0)
		return 0;
	return fsetxattr(to, LABEL, old, (size_t)old_length, 0) < 0 ? -errno : 0;
}

static int copy_metadata(int from, int to)
{
	struct stat old, new;

	if (fstat(from, &old) < 0 || fstat(to, &new) < 0)
		return -errno;
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(to, old.st_uid, old.st_gid) < 0)
		return -errno;
	if (fchmod(to, old.st_mode & 07777) < 0)
		return -errno;
	return copy_label(from, to);
}

/* Writes the whole file to disk before it is renamed over the old one. */
static int fill(const struct configfile *file, int fd, const char *text, size_t length)
{
	int r;

	r = output_write(fd, text, length);
	if (r == 0)
		r = copy_metadata(file->fd, fd);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

static int replace(const struct configfile *file, const char *text, size_t length)
{
	char name[64];
	uint64_t random;
	AUTO_FD fd = -EBADF;
	int r;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)getpid();
	snprintf(name, sizeof(name), ".oci-readonly-%016" PRIx64, random);
	fd = openat(file->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	r = fill(file, fd, text, length);
	if (r == 0 && renameat(file->directory, name, file->directory, file->name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(file->directory, name, 0);
	return r;
}

int configfile_replace(const struct configfile *file, const char *text, size_t length,
		       struct error *error)
{
	int r = replace(file, text, length);

	if (r == 0)
		return 0;
	return error_set(error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": cannot be replaced",
			 file->name);
}
