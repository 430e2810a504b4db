/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/memory.h"

#define ID_SHOWN 12
#define NAME	 "oci-readonly-hook"

/* Escaping makes at most four characters of one. */
#define LINE_MAX_ESCAPED (4 * ERROR_TEXT_MAX + 64)

/* The longest line of log_line(). */
#define LINE_TEXT_MAX 4200

/* How long a process may wait for the system log in all, in microseconds. */
#define PATIENCE 100000

static char container[ID_SHOWN + 1];
static enum log_level level_wanted = LEVEL_INFO;
static int64_t patience = PATIENCE; /* what is left of it; 0: the log is given up */

void log_container(const char *id)
{
	snprintf(container, sizeof(container), "%.*s", ID_SHOWN, id);
}

void log_level(enum log_level level)
{
	level_wanted = level;
}

static int64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Sends the parts to a socket of this type, in one message. Returns 0 or -errno: -EAGAIN if nobody
 * has made room for it in time. */
static int send_parts(int type, const struct iovec parts[2])
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = 2};
	struct timeval timeout = {.tv_usec = patience};
	AUTO_FD fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* What syslog(3) does, except that it waits for ever if nobody reads the socket. Whatever fails,
 * the container's start does not depend on it. */
static void to_syslog(int priority, const char *line)
{
	int64_t start = clock_now();
	time_t now = time(NULL);
	struct tm local = {0};
	char date[32];
	char head[96];
	struct iovec parts[] = {{head, 0}, {(char *)line, strlen(line)}};
	int r;

	if (!patience)
		return;
	localtime_r(&now, &local);
	strftime(date, sizeof(date), "%b %e %T", &local);
	parts[0].iov_len =
		(size_t)snprintf(head, sizeof(head), "<%d>%s " NAME "[%d]: ", LOG_DAEMON | priority,
				 date, (int)getpid());
	do
		r = send_parts(SOCK_DGRAM, parts);
	while (r == -EINTR);
	/* A stream's messages end with a NUL. */
	if (r == -EPROTOTYPE) {
		parts[1].iov_len++;
		r = send_parts(SOCK_STREAM, parts);
	}
	patience -= clock_now() - start;
	if (r == -EAGAIN || patience < 0)
		patience = 0;
}

/* One write, so that a runtime that reads through a pipe gets one line; the rest of it, should only
 * a part have been taken. */
static bool write_line(const char *line, size_t length)
{
	while (length) {
		ssize_t n = write(STDERR_FILENO, line, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		line += n;
		length -= (size_t)n;
	}
	return true;
}

void log_error(const struct error *error)
{
	char id[4 * ID_SHOWN + 1];
	char text[sizeof(id) + ERROR_TEXT_MAX + 8];
	char line[LINE_MAX_ESCAPED];
	char whole[LINE_MAX_ESCAPED + 32];
	int length;

	/* As a value, or an id could pass for a field of another line. */
	text_escape_value(container, id, sizeof(id));
	snprintf(text, sizeof(text), "%s%s%s", id, container[0] ? ": " : "", error->text);
	text_escape(text, line, sizeof(line));
	length = snprintf(whole, sizeof(whole), NAME ": %s\n", line);
	if (!write_line(whole, (size_t)length))
		to_syslog(LOG_WARNING, "standard error can't be written to");
	to_syslog(LOG_ERR, line);
}

void log_line(enum log_level level, const char *format, ...)
{
	char text[LINE_TEXT_MAX];
	char line[4 * LINE_TEXT_MAX];
	char id[4 * ID_SHOWN + 1];
	size_t length;
	va_list args;

	if (level > level_wanted)
		return;
	text_escape_value(container, id, sizeof(id));
	length = (size_t)snprintf(text, sizeof(text), "container=%s ", id);
	va_start(args, format);
	vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
	text_escape(text, line, sizeof(line));
	to_syslog(level == LEVEL_DEBUG	? LOG_DEBUG
		  : level == LEVEL_INFO ? LOG_INFO
					: LOG_ERR,
		  line);
}
