/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"

/* How long a killed child may take to exit, in milliseconds. */
#define GRACE 200

/* The exit status of a child that failed before it called work(). */
#define CHILD_FAILED 125

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Reads what the child writes until the descriptor is closed or the deadline has passed. text has
 * room for max + 1 bytes and a NUL. */
static int read_result(int fd, int64_t deadline, size_t max, char *text, size_t *length)
{
	for (;;) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		int64_t left = deadline - now();
		ssize_t n;

		if (left <= 0 || poll(&poll_fd, 1, (int)left) == 0)
			return -ETIMEDOUT;
		n = read(fd, text + *length, max + 1 - *length);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			*length += (size_t)n;
		if (*length > max)
			return -EFBIG;
	}
}

/* Waits until the child has exited, or until the deadline. */
static int reap(pid_t pid, int64_t deadline)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	for (;;) {
		int status;
		pid_t r = waitpid(pid, &status, WNOHANG);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
		if (now() >= deadline)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
}

/* Redirects standard input, output and error to /dev/null. An abandoned child must not keep a
 * descriptor open that another process waits for, such as a pipe on standard output. */
static int leave_standard(void)
{
	AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++) {
		if (null < 0 || dup2(null, fd) < 0)
			return -errno;
	}
	return 0;
}

static _Noreturn void be_child(int (*work)(int out, void *data), void *data, int out)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(leave_standard() < 0 ? CHILD_FAILED : work(out, data));
}

static int collect(pid_t pid, int fd, int milliseconds, size_t max, char *text, size_t *length)
{
	int64_t deadline = now() + milliseconds;
	int status;
	int r;

	r = read_result(fd, deadline, max, text, length);
	status = r == 0 ? reap(pid, deadline) : r;
	if (r == 0 && status != -ETIMEDOUT)
		return status;
	/* Kill the process group too. It exists, unless the child has not called setpgid() yet. */
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	reap(pid, now() + GRACE);
	return status;
}

int child_run(int (*work)(int out, void *data), void *data, int milliseconds, size_t max,
	      char **ret_result, size_t *ret_length)
{
	AUTO_FREE char *text = calloc(1, max + 2);
	size_t length = 0;
	AUTO_FD in = -EBADF;
	AUTO_FD out = -EBADF;
	int pipe_fds[2];
	pid_t pid;
	int r;

	if (!text)
		return -ENOMEM;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	in = pipe_fds[0];
	out = pipe_fds[1];
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		free(text);
		be_child(work, data, out);
	}
	close_fd(&out);
	r = collect(pid, in, milliseconds, max, text, &length);
	if (r < 0)
		return r;
	*ret_result = take_ptr(text);
	*ret_length = length;
	return r;
}
