/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/memory.h"

#define NAME "oci-readonly-runc"

/* Escapes text for a quoted string, in JSON and in runc's text format. Truncated to the buffer. */
static void quote(const char *text, char *buffer, size_t size)
{
	size_t used = 0;

	for (; *text && used + 3 <= size; text++) {
		if (*text == '"' || *text == '\\')
			buffer[used++] = '\\';
		buffer[used++] = *text;
	}
	buffer[used] = '\0';
}

void report_line(const char *text, bool is_json, time_t now, char ret_line[static REPORT_LINE_MAX])
{
	char quoted[REPORT_LINE_MAX - 128];
	char date[32] = "";
	struct tm tm;

	quote(text, quoted, sizeof(quoted));
	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (is_json)
		snprintf(ret_line, REPORT_LINE_MAX,
			 "{\"level\":\"error\",\"msg\":\"%s\",\"time\":\"%s\"}\n", quoted, date);
	else
		snprintf(ret_line, REPORT_LINE_MAX, "time=\"%s\" level=error msg=\"%s\"\n", date,
			 quoted);
}

static void write_line(int fd, const char *line)
{
	/* A single write, so that lines of other writers to the file are not interleaved. */
	(void)!write(fd, line, strlen(line));
}

static int open_log(const char *log)
{
	/* crun's notation for a file. The others, "syslog:" and "journald:", are not files. */
	if (strncmp(log, "file:", strlen("file:")) == 0)
		log += strlen("file:");
	/* O_NONBLOCK: do not wait for a reader if the log is a FIFO. */
	return open(log, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0644);
}

static bool is_standard_error(int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstat(STDERR_FILENO, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

void report_error(const struct error *error, const char *log, bool log_is_json)
{
	AUTO_FD fd = log && *log ? open_log(log) : -EBADF;
	char text[4 * ERROR_TEXT_MAX];
	char message[sizeof(text) + 32];
	char line[REPORT_LINE_MAX];

	text_escape(error->text, text, sizeof(text));
	snprintf(message, sizeof(message), NAME ": %s", text);
	if (fd >= 0) {
		report_line(message, log_is_json, time(NULL), line);
		write_line(fd, line);
		if (is_standard_error(fd))
			return;
	}
	snprintf(line, sizeof(line), "%s\n", message);
	write_line(STDERR_FILENO, line);
}
