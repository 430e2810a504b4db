/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define ID_SHOWN 12
#define NAME	 "oci-readonly-hook"

/* Escaping makes at most four characters of one. */
#define LINE_MAX_ESCAPED (4 * ERROR_TEXT_MAX + 64)

/* The longest line of log_line(). */
#define LINE_TEXT_MAX 4200

static char container[ID_SHOWN + 1];
static enum log_level level_wanted = LEVEL_INFO;

void log_container(const char *id)
{
	snprintf(container, sizeof(container), "%.*s", ID_SHOWN, id);
}

void log_level(enum log_level level)
{
	level_wanted = level;
}

static void to_syslog(int priority, const char *line)
{
	openlog(NAME, LOG_PID, LOG_DAEMON);
	syslog(priority, "%s", line);
	closelog();
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
