/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *error_name(int err, char buffer[static 16])
{
#ifdef HAVE_STRERRORNAME_NP
	const char *name = strerrorname_np(err);

	if (name)
		return name;
#endif
	snprintf(buffer, 16, "error %d", err);
	return buffer;
}

int error_value(const struct error *error)
{
	return error->err ? -error->err : -EINVAL;
}

int error_set(struct error *error, enum status status, int err, const char *format, ...)
{
	char name[16];
	size_t length;
	va_list args;

	error->status = status;
	error->err = err;
	error->offset = ERROR_NO_OFFSET;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	if (!err)
		return error_value(error);

	length = strlen(error->text);
	snprintf(error->text + length, sizeof(error->text) - length, ": %s", error_name(err, name));
	return error_value(error);
}

int error_memory(struct error *error)
{
	return error_set(error, STATUS_SYSTEM, ENOMEM, "out of memory");
}

int error_wrap(struct error *error, const char *format, ...)
{
	char inner[ERROR_TEXT_MAX];
	size_t length;
	va_list args;

	memcpy(inner, error->text, sizeof(inner));
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	length = strlen(error->text);
	/* The end is truncated if it does not fit; the first words name the object. */
	(void)!snprintf(error->text + length, sizeof(error->text) - length, ": %s", inner);
	return error_value(error);
}
