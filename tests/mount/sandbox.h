/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mount namespace for the test, with an empty tmpfs at SANDBOX. It is not visible outside, and
 * nothing remains when the test ends, even if it crashes.
 */
#ifndef ORH_TESTS_SANDBOX_H
#define ORH_TESTS_SANDBOX_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SANDBOX "/mnt"

/* Skips the test without privilege; run-tap makes that a failure under TESTS_MUST_RUN=1. */
static inline void sandbox_enter(void)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0)
		cr_skip_test("needs root and CAP_SYS_ADMIN, for a mount namespace of its own");
	cr_assert(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private propagation: %s",
		  strerror(errno));
	cr_assert(mount("sandbox", SANDBOX, "tmpfs", MS_NOATIME, "mode=755") == 0, "tmpfs: %s",
		  strerror(errno));
	umask(0);
}

/* Formats a path of the sandbox into one of four static buffers that are used in turn. */
__attribute__((__format__(__printf__, 1, 2))) static inline const char *at(const char *format, ...)
{
	static char buffers[4][PATH_MAX];
	static unsigned next;
	char *buffer = buffers[next++ % 4];
	va_list args;
	int length = snprintf(buffer, PATH_MAX, SANDBOX "/");

	va_start(args, format);
	vsnprintf(buffer + length, (size_t)(PATH_MAX - length), format, args);
	va_end(args);
	return buffer;
}

#define MUST(call) cr_assert((call) >= 0, "%s: %s", #call, strerror(errno))

/* Starts a child that calls build and then waits to be killed. Returns once build is done. */
static inline pid_t child_begin(void (*build)(void))
{
	int pipes[2];
	pid_t pid;
	char byte;

	MUST(pipe2(pipes, O_CLOEXEC));
	pid = fork();
	MUST(pid);
	if (pid == 0) {
		build();
		MUST(write(pipes[1], "x", 1));
		for (;;)
			pause();
	}
	close(pipes[1]);
	cr_assert(read(pipes[0], &byte, 1) == 1);
	close(pipes[0]);
	return pid;
}

static inline void make_dirs(const char *path)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		cr_assert(mkdir(copy, 0755) == 0 || errno == EEXIST, "%s: %s", copy,
			  strerror(errno));
		*slash = '/';
	}
	cr_assert(mkdir(copy, 0755) == 0 || errno == EEXIST, "%s: %s", copy, strerror(errno));
}

static inline void make_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	MUST(fd);
	MUST(write(fd, text, strlen(text)));
	close(fd);
}

#endif
