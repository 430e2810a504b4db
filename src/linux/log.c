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

#define ID_SHOWN	12
#define NAME		"oci-readonly-hook"
#define NAME_MAX_LENGTH 32

/* Escaping turns one character into at most four. */
#define LINE_MAX_ESCAPED (4 * ERROR_TEXT_MAX + 64)

/* Maximum length of a name, escaped. Kubernetes allows names of 253 bytes. */
#define NAME_MAX_ESCAPED 256

/* The fields common to log_error() and log_done(). */
#define FIELDS_MAX (3 * (NAME_MAX_ESCAPED + 16) + 128)

/* The longest text for log_line() and log_done(). */
#define TEXT_MAX 4200

/* Total time that a process may wait for the system log, in microseconds. */
#define PATIENCE 100000

static char tag[NAME_MAX_LENGTH + 1] = NAME;
static char container[ID_SHOWN + 1];
static char pod[FIELDS_MAX - 128]; /* "KEY=VALUE " for each name that is known, escaped */
static const char *prefix = "";
static enum log_level level_wanted = LEVEL_INFO;
static int64_t patience = PATIENCE; /* remaining wait; 0: the system log is no longer used */

void log_tag(const char *name)
{
	snprintf(tag, sizeof(tag), "%s", name);
}

void log_container(const char *id)
{
	snprintf(container, sizeof(container), "%.*s", ID_SHOWN, id);
}

static void add_field(const char *key, const char *name)
{
	size_t length = strlen(pod);
	char value[NAME_MAX_ESCAPED];

	if (!name)
		return;
	text_escape_value(name, value, sizeof(value));
	snprintf(pod + length, sizeof(pod) - length, "%s=%s ", key, value);
}

void log_pod(const char *pod_namespace, const char *pod_name, const char *name)
{
	pod[0] = '\0';
	add_field("namespace", pod_namespace);
	add_field("pod", pod_name);
	add_field("name", name);
}

void log_audit(void)
{
	prefix = "audit: ";
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

/* Sends the parts in one message to a socket of this type. Returns 0 or -errno; -EAGAIN if the
 * receiver does not read in time. */
static int send_parts(int type, const struct iovec parts[2])
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = 2};
	struct timeval timeout = {.tv_usec = (suseconds_t)patience};
	AUTO_FD fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Like syslog(3), which would block forever if nobody reads the socket. Errors are ignored: the
 * container's start does not depend on the log. */
static void to_syslog(int priority, const char *line)
{
	int64_t start = clock_now();
	time_t now = time(NULL);
	struct tm local = {0};
	char date[32];
	char head[96];
	struct iovec parts[] = {{head, 0}, {(char *)(uintptr_t)line, strlen(line)}};
	int r;

	if (!patience)
		return;
	localtime_r(&now, &local);
	strftime(date, sizeof(date), "%b %e %T", &local);
	parts[0].iov_len =
		(size_t)snprintf(head, sizeof(head), "<%d>%s %s[%d]: %s", LOG_DAEMON | priority,
				 date, tag, (int)getpid(), prefix);
	do
		r = send_parts(SOCK_DGRAM, parts);
	while (r == -EINTR);
	/* On a stream socket, messages end with a NUL. */
	if (r == -EPROTOTYPE) {
		parts[1].iov_len++;
		r = send_parts(SOCK_STREAM, parts);
	}
	patience -= clock_now() - start;
	if (r == -EAGAIN || patience < 0)
		patience = 0;
}

/* Uses one write, so that a runtime that reads from a pipe gets the whole line. After a short
 * write, writes the rest. */
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

/* "container=ID ", or "" if no container is known. Escaped as a value: the id could otherwise
 * imitate a field. */
static void write_container(char fields[static FIELDS_MAX])
{
	char id[4 * ID_SHOWN + 1];

	text_escape_value(container, id, sizeof(id));
	snprintf(fields, FIELDS_MAX, container[0] ? "container=%s " : "%s", id);
}

static void write_fields(unsigned status, char fields[static FIELDS_MAX])
{
	size_t length;

	write_container(fields);
	length = strlen(fields);
	snprintf(fields + length, FIELDS_MAX - length, "status=%u %s", status, pod);
}

/* "CONTAINER: WHERE: WHY", escaped. */
static void write_error(const struct error *error, char line[static LINE_MAX_ESCAPED])
{
	char id[4 * ID_SHOWN + 1];
	char text[sizeof(id) + ERROR_TEXT_MAX + 8];

	text_escape_value(container, id, sizeof(id));
	snprintf(text, sizeof(text), "%s%s%s", id, container[0] ? ": " : "", error->text);
	text_escape(text, line, LINE_MAX_ESCAPED);
}

static void error_to_syslog(int priority, const struct error *error)
{
	char fields[FIELDS_MAX];
	char line[LINE_MAX_ESCAPED];
	char whole[sizeof(fields) + sizeof(line)];

	write_error(error, line);
	write_fields(error->status, fields);
	snprintf(whole, sizeof(whole), "%s%s", fields, line);
	to_syslog(priority, whole);
}

void log_error(const struct error *error)
{
	char line[LINE_MAX_ESCAPED];
	char whole[LINE_MAX_ESCAPED + 32];
	int length;

	write_error(error, line);
	length = snprintf(whole, sizeof(whole), NAME ": %s\n", line);
	if (!write_line(whole, (size_t)length))
		to_syslog(LOG_WARNING, "standard error cannot be written to");
	error_to_syslog(LOG_ERR, error);
}

void log_refusal(const struct error *error)
{
	error_to_syslog(LOG_WARNING, error);
}

static void log_text(enum log_level level, const char *fields, const char *text)
{
	static const int priorities[] = {LOG_ERR, LOG_INFO, LOG_DEBUG};
	char line[FIELDS_MAX + 4 * TEXT_MAX];
	size_t length = (size_t)snprintf(line, sizeof(line), "%s", fields);

	text_escape(text, line + length, sizeof(line) - length);
	to_syslog(priorities[level], line);
}

void log_done(const char *text)
{
	char fields[FIELDS_MAX];

	if (level_wanted < LEVEL_INFO)
		return;
	write_fields(0, fields);
	log_text(LEVEL_INFO, fields, text);
}

void log_line(enum log_level level, const char *format, ...)
{
	char fields[FIELDS_MAX];
	char text[TEXT_MAX];
	va_list args;

	if (level > level_wanted)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	write_container(fields);
	log_text(level, fields, text);
}
