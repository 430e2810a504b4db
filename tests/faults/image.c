/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "faults.h"

long must_(long result, const char *call, const char *file, int line)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, call, strerror(errno));
	exit(2);
}

const char *path_of(char buffer[static 256], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(buffer, 256, format, args);
	va_end(args);
	return buffer;
}

char *read_text(const char *path)
{
	int fd = (int)MUST(open(path, O_RDONLY | O_CLOEXEC));
	size_t length = 0;
	size_t size = 65536;
	char *text = malloc(size);
	ssize_t n;

	while ((n = MUST(read(fd, text + length, size - length - 1))) > 0) {
		length += (size_t)n;
		if (length + 1 == size)
			text = realloc(text, size *= 2);
	}
	text[length] = '\0';
	close(fd);
	return text;
}

void write_text(const char *path, const char *text)
{
	int fd = (int)MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));

	MUST(write(fd, text, strlen(text)));
	close(fd);
}

static void make_bytes(int dir, const char *name, off_t from, size_t length)
{
	int fd = (int)MUST(openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	char *bytes = malloc(length);

	/* All pages differ. */
	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(i % 251 + i / 4096);
	MUST(pwrite(fd, bytes, length, from));
	free(bytes);
	close(fd);
}

static void make_files(int dir)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{"etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"},
		{"etc/hosts", "of the image\n"},
		{"etc/app.conf", "setting = 1\n"},
		{"etc/ssl/certs/a.pem", "certificate\n"},
		{"etc/set-id", "program\n"},
		{"etc/attributes", "with attributes\n"},
		{"etc/capable", "program\n"},
		{"etc/shared", "with an ACL\n"},
		{"etc/empty", ""},
		{"run/pid", "1\n"},
		{"var/lib/app/data", "data\n"},
		{"var/log/old", "log\n"},
		{"opt/tool/x", "tool\n"},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd =
			(int)MUST(openat(dir, files[i].name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));

		MUST(write(fd, files[i].text, strlen(files[i].text)));
		close(fd);
	}
	make_bytes(dir, "etc/medium", 0, 100000);
	make_bytes(dir, "etc/sparse", 65536, 8192);
	/* Copied in two parts. */
	make_bytes(dir, "srv/large", 0, 8 * 1024 * 1024 + 5000);
	MUST(truncate(PATH_OF("/proc/self/fd/%d/etc/sparse", dir), 1024 * 1024));
	MUST(linkat(dir, "etc/app.conf", dir, "etc/ssl/again", 0));
	MUST(symlinkat("passwd", dir, "etc/link"));
	MUST(symlinkat("../run", dir, "var/run"));
	MUST(mknodat(dir, "etc/fifo", S_IFIFO | 0644, 0));
	MUST(mknodat(dir, "etc/socket", S_IFSOCK | 0644, 0));
	MUST(mknodat(dir, "etc/null", S_IFCHR | 0644, makedev(1, 3)));
}

static void make_attributes(int dir, uid_t first_id)
{
	/* CAP_NET_BIND_SERVICE, of the image's root. */
	const uint32_t capability[] = {htole32(0x3000001), htole32(1 << 10), 0, 0, 0,
				       htole32(first_id)};
	unsigned char acl[] = {
		2,  0, 0, 0,			 /* version */
		1,  0, 6, 0, 255, 255, 255, 255, /* the owner: rw */
		2,  0, 4, 0, 0,	  0,   0,   0,	 /* user 1000: r */
		4,  0, 4, 0, 255, 255, 255, 255, /* the group: r */
		16, 0, 4, 0, 255, 255, 255, 255, /* the mask: r */
		32, 0, 0, 0, 255, 255, 255, 255, /* others: nothing */
	};
	uint32_t reader = htole32(first_id + 1000);

	memcpy(acl + 16, &reader, sizeof(reader));
	/* If a filesystem lacks one of these, the image has less, but the sweep is still valid. */
	(void)!setxattr(PATH_OF("/proc/self/fd/%d/etc/attributes", dir), "user.note", "note", 4, 0);
	(void)!setxattr(PATH_OF("/proc/self/fd/%d/etc/capable", dir), "security.capability",
			capability, sizeof(capability), 0);
	(void)!setxattr(PATH_OF("/proc/self/fd/%d/etc/shared", dir), "system.posix_acl_access", acl,
			sizeof(acl), 0);
	/* Only the first user namespace sees these. */
	if (first_id)
		return;
	(void)!setxattr(PATH_OF("/proc/self/fd/%d/etc/attributes", dir), "trusted.note", "note", 4,
			0);
	(void)!setxattr(PATH_OF("/proc/self/fd/%d/etc/ssl", dir), "trusted.note", "note", 4, 0);
	(void)!lsetxattr(PATH_OF("/proc/self/fd/%d/etc/link", dir), "trusted.note", "note", 4, 0);
}

static void set_owners(int dir, uid_t first_id)
{
	static const struct {
		const char *path;
		uid_t uid;
		gid_t gid;
		mode_t mode;
	} owners[] = {
		{"etc", 0, 0, 0755},	       {"etc/app.conf", 100, 101, 0640},
		{"etc/set-id", 33, 44, 04755}, {"etc/ssl", 5, 6, 0711},
		{"etc/fifo", 7, 8, 0600},      {"var/lib/app", 33, 44, 02750},
		{"srv", 0, 0, 0711},	       {"opt/tool", 1, 2, 01777},
		{"etc/null", 9, 9, 0666},
	};
	const struct timespec times[] = {{1000000000, 1}, {981173106, 123456789}};

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		const char *path = owners[i].path;

		MUST(fchownat(dir, path, first_id + owners[i].uid, first_id + owners[i].gid, 0));
		MUST(fchmodat(dir, path, owners[i].mode, 0));
		MUST(utimensat(dir, path, times, 0));
	}
}

void image_make(const char *path, uid_t first_id)
{
	static const char *const directories[] = {
		"",
		"dev",
		"etc",
		"etc/ssl",
		"etc/ssl/certs",
		"opt",
		"opt/tool",
		"run",
		"srv",
		"usr",
		"var",
		"var/lib",
		"var/lib/app",
		"var/log",
		"var/tmp",
		"var/lib/app/volume",
	};
	static const char *const rest[] = {
		"etc/passwd", "etc/hosts",	     "etc/attributes", "etc/capable", "etc/shared",
		"etc/empty",  "etc/medium",	     "etc/sparse",     "etc/link",    "etc/socket",
		"run/pid",    "var/lib/app/data",    "var/log/old",    "opt/tool/x",  "srv/large",
		"var/run",    "etc/ssl/certs/a.pem",
	};
	int dir;

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		const char *name = PATH_OF("%s/%s", path, directories[i]);

		MUST(mkdir(name, 0755));
		MUST(chown(name, first_id, first_id));
	}
	dir = (int)MUST(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	make_files(dir);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		MUST(fchownat(dir, rest[i], first_id, first_id, AT_SYMLINK_NOFOLLOW));
	set_owners(dir, first_id);
	/* After the owners, because chown(2) removes capabilities. */
	make_attributes(dir, first_id);
	close(dir);
}
