/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An error, stored on the caller's stack. The function that detects it sets it and names the
 * object; its callers add the intent; one place prints it, once. Functions that fill it return its
 * negative errno, so that `return error_set(...)` suffices.
 */
#ifndef ORH_CORE_ERROR_H
#define ORH_CORE_ERROR_H

#include <stddef.h>

/* The hook's exit statuses, contract section 4. The numbers are those of sysexits(3). */
enum status {
	STATUS_OPTIONS = 64,	/* the hook's own options */
	STATUS_ANNOTATION = 65, /* an annotation's key or value */
	STATUS_INPUT = 66,	/* the state, config.json, or a container that cannot be entered */
	STATUS_KERNEL = 69,	/* the kernel lacks a required feature */
	STATUS_BUG = 70,	/* the mounts differ from the plan */
	STATUS_SYSTEM = 71,	/* any other failed system call */
	STATUS_PATH = 73,	/* a path cannot be used */
	STATUS_SEED = 74,	/* a seed does not fit, or is unreadable */
	STATUS_POLICY = 77,	/* forbidden by the operator's policy */
};

#define ERROR_TEXT_MAX 1024

/* Format for a name from outside, truncated: "'%" NAME_SHOWN "' is ...". */
#define NAME_SHOWN ".200s"

struct error {
	enum status status;
	int err;		   /* errno, or 0 if no system call failed */
	size_t offset;		   /* in the annotation's value, in bytes, or ERROR_NO_OFFSET */
	char text[ERROR_TEXT_MAX]; /* "WHERE: WHY", unescaped */
};

#define ERROR_NO_OFFSET ((size_t)-1)

/*
 * Sets the error. err is a positive errno, or 0; its name ("ENOSPC") is appended to the text.
 * strerror()'s words are not used: podman searches runc's message for them and reports a different
 * failure. Returns -err, or -EINVAL if err is 0.
 */
int error_set(struct error *error, enum status status, int err, const char *format, ...)
	__attribute__((__format__(__printf__, 4, 5)));

/* Sets an out-of-memory error with STATUS_SYSTEM. Returns -ENOMEM. */
int error_memory(struct error *error);

/* Prepends "FORMAT: " to the text. Returns the same value as error_set(). */
int error_wrap(struct error *error, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* The return value for this error: -err, or -EINVAL if err is 0. */
int error_value(const struct error *error);

/* The symbolic name of a positive errno ("ENOENT"), or "error N" for an unknown number.
 * Thread-safe. */
const char *error_name(int err, char buffer[static 16]);

#endif
