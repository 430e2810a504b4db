/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two places where the hook speaks: standard error and the system log. A process waits for the
 * system log 100 ms in all; after that, nothing more goes there.
 */
#ifndef ORH_LINUX_LOG_H
#define ORH_LINUX_LOG_H

#include "core/error.h"
#include "core/options.h"

/* The tag of all later messages in the system log; copied. */
void log_tag(const char *name);

/* The container of all later messages: the first 12 characters of its id go into each. Copied; ""
 * for none known. */
void log_container(const char *id);

/*
 * The names of its pod, and of the container in it, as its annotations say them; NULL if they do
 * not. Fields of log_error() and log_done(); copied.
 */
void log_pod(const char *pod_namespace, const char *pod_name, const char *name);

/* Nothing is done in earnest: "audit: " stands before all later lines in the system log. */
void log_audit(void);

/* From which level on the system log is written to besides errors. */
void log_level(enum log_level level);

/*
 * "oci-readonly-hook: CONTAINER: WHERE: WHY", escaped, to standard error; the same to the system
 * log, after the fields "container=ID status=STATUS " and those of log_pod().
 */
void log_error(const struct error *error);

/* The same in an audit, to the system log alone, as a warning. */
void log_refusal(const struct error *error);

/* One line of fields that says what was done, to the system log alone, escaped, after the same
 * fields, if the level is info or more. */
void log_done(const char *text);

/* One line to the system log alone, escaped, after "container=ID ", if the level asks for it. */
void log_line(enum log_level level, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

#endif
