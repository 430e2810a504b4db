/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls by name, and the errors that each is let fail with. */
#ifndef ORH_FAULTS_CALLS_H
#define ORH_FAULTS_CALLS_H

#include "call_alloc.h"

#define CALLS_END 1024

/* Those that a shorter count makes do less than was asked for. */
#define ERR_SHORT (-1)

#define ERRORS_MAX 16

/* NULL for one that is in no table. */
const char *call_name(int number);
/* -1 for one that is in no table. */
int call_number(const char *name);

/* Reads lines of "CALL ERROR...", "CALL -" for one that cannot fail. Exits on a mistake. */
void errors_read(const char *path);
/* How many, in ret_errors: errno numbers, ERR_SHORT. -1 for a call that the file does not have. */
int errors_of(int number, const int **ret_errors);

/* "EIO", "short". */
const char *error_text(int err);
int error_number(const char *text);

#endif
