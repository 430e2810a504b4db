/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syslog_run FILE COMMAND [ARGUMENT]...
 *
 * Runs the command in a mount namespace with a separate /dev, and appends what the command and its
 * children send to /dev/log to the file, one message per line. If FILE is "-", the log's queue is
 * full and nobody reads it. The host's /dev is not touched. The exit status is the command's.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(125);
}

static void make_dev(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} nodes[] = {
		{"/dev/null", 1, 3},	{"/dev/zero", 1, 5},	{"/dev/full", 1, 7},
		{"/dev/random", 1, 8},	{"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
		{"/dev/fuse", 10, 229},
	};

	umask(0);
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private propagation");
	must(mount("none", "/dev", "tmpfs", MS_NOSUID, "mode=755"), "/dev");
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		must(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)),
		     nodes[i].path);
	must(mkdir("/dev/pts", 0755), "/dev/pts");
	must(mkdir("/dev/shm", 01777), "/dev/shm");
	must(mount("none", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666"), "/dev/pts");
	must(symlink("pts/ptmx", "/dev/ptmx"), "/dev/ptmx");
	must(symlink("/proc/self/fd", "/dev/fd"), "/dev/fd");
}

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

static void fill_queue(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	must(fd, "socket");
	must(connect(fd, (const struct sockaddr *)&address, sizeof(address)), "connect");
	while (send(fd, "full", 4, 0) >= 0)
		;
	must(errno == EAGAIN ? 0 : -1, "send");
	must(close(fd), "close");
}

static int open_log(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	must(fd, "socket");
	must(bind(fd, (const struct sockaddr *)&address, sizeof(address)), "/dev/log");
	return fd;
}

static void take_messages(int fd, FILE *file)
{
	static char buffer[100000];
	ssize_t length;

	while ((length = recv(fd, buffer, sizeof(buffer), 0)) >= 0) {
		fwrite(buffer, 1, (size_t)length, file);
		fputc('\n', file);
	}
	fflush(file);
}

int main(int argc, char *argv[])
{
	bool is_read = argc > 2 && strcmp(argv[1], "-") != 0;
	FILE *file = argc > 2 ? fopen(is_read ? argv[1] : "/dev/null", "ae") : NULL;
	struct pollfd fds[2];
	pid_t child;
	int status;

	if (!file) {
		fputs("syslog_run FILE COMMAND [ARGUMENT]...\n", stderr);
		return 125;
	}
	make_dev();
	fds[0] = (struct pollfd){.fd = open_log(), .events = POLLIN};
	if (!is_read)
		fill_queue();
	child = fork();
	must(child, "fork");
	if (!child) {
		execvp(argv[2], argv + 2);
		must(-1, argv[2]);
	}
	fds[1] = (struct pollfd){.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
	must(fds[1].fd, "pidfd_open");
	do {
		if (poll(is_read ? fds : fds + 1, is_read ? 2 : 1, -1) < 0 && errno != EINTR)
			must(-1, "poll");
		if (is_read)
			take_messages(fds[0].fd, file);
	} while (!(fds[1].revents & POLLIN));
	if (is_read)
		take_messages(fds[0].fd, file);
	must(fclose(file), argv[1]);
	must(waitpid(child, &status, 0), "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
