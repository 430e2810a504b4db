/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls by name, and the errors that are injected into each. */
#ifndef ORH_FAULTS_CALLS_H
#define ORH_FAULTS_CALLS_H

#include "call_alloc.h"

#define CALLS_END 1024

/* Calls that do less than requested if their count is shortened. */
#define ERR_SHORT (-1)

#define ERRORS_MAX 16

/* NULL if no table has it. */
const char *call_name(int number);
/* -1 if no table has it. */
int call_number(const char *name);

/* Reads lines of "CALL ERROR...", or "CALL -" for a call that cannot fail. Exits on a mistake. */
void errors_read(const char *path);
/* Returns the number of errors in ret_errors: errno numbers, ERR_SHORT. -1 for a call that the file
 * lacks. */
int errors_of(int number, const int **ret_errors);

/* "EIO", "short". */
const char *error_text(int err);
int error_number(const char *text);

#endif
