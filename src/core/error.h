/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An error on the caller's stack: whoever meets it sets it and names the object, whoever wraps it
 * names the intent, and it is printed once, in one place. Functions that fill it return its
 * negative errno, so that `return error_set(...)` says all there is to say.
 */
#ifndef ORH_CORE_ERROR_H
#define ORH_CORE_ERROR_H

#include <stddef.h>

/* The hook's exit statuses, contract section 4; their numbers are those of sysexits(3). */
enum status {
	STATUS_OPTIONS = 64,	/* the hook's own options */
	STATUS_ANNOTATION = 65, /* a key or a value of an annotation */
	STATUS_INPUT = 66,	/* the state, config.json, or a container that cannot be entered */
	STATUS_KERNEL = 69,	/* the kernel lacks what is needed */
	STATUS_BUG = 70,	/* what was mounted is not what was planned */
	STATUS_SYSTEM = 71,	/* a system call failed, and nothing else here fits */
	STATUS_PATH = 73,	/* a path cannot be used */
	STATUS_SEED = 74,	/* a seed does not fit, or cannot be read */
	STATUS_POLICY = 77,	/* the operator's policy forbids it */
};

#define ERROR_TEXT_MAX 1024

/* How much of a name that came from outside goes into a message: "'%" NAME_SHOWN "' is ...". */
#define NAME_SHOWN ".200s"

struct error {
	enum status status;
	int err;       /* errno, or 0 where the kernel had no part in it */
	size_t offset; /* where in the annotation's value, in bytes; ERROR_NO_OFFSET if nowhere */
	char text[ERROR_TEXT_MAX]; /* "WHERE: WHY", unescaped */
};

#define ERROR_NO_OFFSET ((size_t)-1)

/*
 * Sets the error. err is a positive errno, or 0; its name ("ENOSPC", never strerror's words: podman
 * greps runc's message for those and reports another failure) is put behind the text. Returns -err,
 * or -EINVAL where err is 0.
 */
int error_set(struct error *error, enum status status, int err, const char *format, ...)
	__attribute__((__format__(__printf__, 4, 5)));

/* Out of memory, with the system call status. Returns -ENOMEM. */
int error_memory(struct error *error);

/* Puts "FORMAT: " before the text. Returns -error->err as error_set did. */
int error_wrap(struct error *error, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* What a function returns for this error: -err, or -EINVAL where err is 0. */
int error_value(const struct error *error);

/* The kernel's name of a positive errno ("ENOENT"), or "error N" for a number it does not know.
 * Thread-safe. */
const char *error_name(int err, char buffer[static 16]);

#endif
