/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook's two outputs: standard error and the system log. A process waits at most 100 ms in
 * total for the system log. After that, it no longer uses the system log. */
#ifndef ORH_LINUX_LOG_H
#define ORH_LINUX_LOG_H

#include "core/error.h"
#include "core/options.h"

/* Sets the tag of all later messages in the system log; copied. */
void log_tag(const char *name);

/* Sets the container of all later messages, each of which contains the first 12 characters of its
 * id. Copied; "" if unknown. */
void log_container(const char *id);

/* Sets the names of the pod and of the container in it, from the annotations; NULL if unknown. They
 * are fields of log_error() and log_done(). Copied. */
void log_pod(const char *pod_namespace, const char *pod_name, const char *name);

/* Starts an audit, which changes nothing. All later lines in the system log begin with "audit: ".
 */
void log_audit(void);

/* Sets the level from which messages other than errors go to the system log. */
void log_level(enum log_level level);

/* Writes "oci-readonly-hook: CONTAINER: WHERE: WHY", escaped, to standard error. Writes the same to
 * the system log, after the fields "container=ID status=STATUS " and those of log_pod(). */
void log_error(const struct error *error);

/* The same in an audit: only to the system log, as a warning. */
void log_refusal(const struct error *error);

/* Writes one line of fields that describes what was done, only to the system log, if the level is
 * info or higher. Escaped, after the same fields. */
void log_done(const char *text);

/* Writes one line, escaped, after "container=ID ", only to the system log, if the level includes
 * it. */
void log_line(enum log_level level, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

#endif
