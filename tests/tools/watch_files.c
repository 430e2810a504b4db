/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_files FOLDER COMMAND [ARGUMENT]...
 *
 * Runs the command with its output on standard error, and prints what happens to the names in the
 * folder and below, one per line, in order: "created", "renamed" (onto this name), "written",
 * "removed" (unlinked, or renamed away), and the path. The exit status is the command's, or 125.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENTS (IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_DELETE | IN_MOVED_FROM)

#define FOLDERS_MAX 1000

static int inotify;
static char *folders[FOLDERS_MAX]; /* by the number of their watch */

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(125);
}

static const char *verb(unsigned mask)
{
	if (mask & IN_CREATE)
		return "created";
	if (mask & IN_MOVED_TO)
		return "renamed";
	return mask & IN_MODIFY ? "written" : "removed";
}

static int watch(const char *path, const struct stat *st, int type, struct FTW *at)
{
	int number;

	(void)st;
	(void)at;
	if (type != FTW_D)
		return 0;
	number = inotify_add_watch(inotify, path, EVENTS);
	must(number < FOLDERS_MAX ? number : -1, path);
	folders[number] = strdup(path);
	return 0;
}

static void print_event(const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW) {
		fputs("watch_files: events were lost\n", stderr);
		exit(125);
	}
	if (event->mask & EVENTS)
		printf("%s %s/%s\n", verb(event->mask), folders[event->wd], event->name);
}

static void print_events(void)
{
	static char buffer[65536] __attribute__((__aligned__(__alignof__(struct inotify_event))));
	ssize_t length;

	while ((length = read(inotify, buffer, sizeof(buffer))) > 0) {
		const char *at = buffer;

		while (at < buffer + length) {
			const struct inotify_event *event = (const void *)at;

			print_event(event);
			at += sizeof(*event) + event->len;
		}
	}
	must(errno == EAGAIN ? 0 : -1, "read");
}

int main(int argc, char *argv[])
{
	pid_t child;
	int status;

	if (argc < 3) {
		fputs("watch_files FOLDER COMMAND [ARGUMENT]...\n", stderr);
		return 125;
	}
	inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	must(inotify, "inotify_init1");
	must(nftw(argv[1], watch, 10, FTW_PHYS), argv[1]);
	child = fork();
	must(child, "fork");
	if (!child) {
		must(dup2(STDERR_FILENO, STDOUT_FILENO), "dup2");
		execvp(argv[2], argv + 2);
		must(-1, argv[2]);
	}
	must(waitpid(child, &status, 0), "waitpid");
	print_events();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
