/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports errors as a runtime does: on standard error, and in the file that --log names, which is
 * what engines show. */
#ifndef ORH_RUNTIME_REPORT_H
#define ORH_RUNTIME_REPORT_H

#include <stdbool.h>
#include <time.h>

#include "core/error.h"

#define REPORT_LINE_MAX (8 * ERROR_TEXT_MAX + 128)

/* Formats a log line like runc's, of level "error". text is one line of UTF-8. */
void report_line(const char *text, bool is_json, time_t now, char ret_line[static REPORT_LINE_MAX]);

/* Writes "oci-readonly-runc: WHERE: WHY", escaped, to standard error, and to the file log if it is
 * not NULL. A log that cannot be written to is ignored. */
void report_error(const struct error *error, const char *log, bool log_is_json);

#endif
