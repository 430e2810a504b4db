/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

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

static int error_value(const struct error *error)
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
	/* What does not fit is cut, as the first words say where it is. */
	(void)!snprintf(error->text + length, sizeof(error->text) - length, ": %s", inner);
	return error_value(error);
}

static bool is_printable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return false;
	/* Line and paragraph separators, and the marks that turn the direction of what follows. */
	return !(point == 0x061c || point == 0x200e || point == 0x200f ||
		 (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
		 point == 0xfeff);
}

/* What would end a value, or look as if it did. */
static bool ends_value(uint32_t point)
{
	return point == ' ' || point == '"' || point == '=' || point == '\\' || point == 0xa0 ||
	       point == 0x1680 || (point >= 0x2000 && point <= 0x200b) || point == 0x202f ||
	       point == 0x205f || point == 0x3000;
}

static size_t escape(const char *text, bool is_value, char *buffer, size_t size)
{
	size_t used = 0;

	while (*text) {
		uint32_t point = 0;
		size_t length = utf8_sequence(text, strnlen(text, 4), &point);
		bool plain = length && is_printable(point) && !(is_value && ends_value(point));

		if (!length)
			length = 1;
		if (used + (plain ? length : 4 * length) >= size)
			break;
		for (size_t i = 0; i < length; i++) {
			if (plain)
				buffer[used++] = text[i];
			else
				used += (size_t)snprintf(buffer + used, size - used, "\\x%02x",
							 (unsigned char)text[i]);
		}
		text += length;
	}
	buffer[used] = '\0';
	return used;
}

size_t text_escape(const char *text, char *buffer, size_t size)
{
	return escape(text, false, buffer, size);
}

size_t text_escape_value(const char *text, char *buffer, size_t size)
{
	return escape(text, true, buffer, size);
}
