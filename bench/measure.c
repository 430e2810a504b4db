/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and records what it used:
 *
 *	measure FILE COMMAND [ARGUMENT]...
 *
 * FILE gets one line: the seconds, and the maximum memory of the command or of a child that it
 * waited for, in KiB. This program is small, because a new program's figure includes the memory of
 * the one that started it. The exit status is the command's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	return 127;
}

int main(int argc, char *argv[])
{
	struct rusage usage;
	double start;
	double seconds;
	FILE *file;
	int status;
	pid_t child;

	if (argc < 3) {
		fputs("usage: measure FILE COMMAND [ARGUMENT]...\n", stderr);
		return 64;
	}
	start = now();
	child = fork();
	if (child < 0)
		return fail("fork");
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(fail(argv[2]));
	}
	while (wait4(child, &status, 0, &usage) < 0) {
		if (errno != EINTR)
			return fail("wait4");
	}
	seconds = now() - start;
	file = fopen(argv[1], "w");
	if (!file)
		return fail(argv[1]);
	fprintf(file, "%.6f %ld\n", seconds, usage.ru_maxrss);
	if (fclose(file) != 0)
		return fail(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
