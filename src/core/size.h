/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in options: decimal, octal, and sizes with a unit. Signs and blanks are errors. */
#ifndef ORH_CORE_SIZE_H
#define ORH_CORE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No tmpfs is smaller than a page: a smaller number of bytes lacks its unit. */
#define SIZE_BYTES_MIN 4096

/* A size in bytes, or in percent of the machine's memory. */
struct size {
	uint64_t value;
	bool is_percent;
};

/* The syntax that size_parse() accepts, for messages. */
#define SIZE_FORM  "a number, then k, m, g, t or %"
#define SIZE_RANGE "4096 to 9223372036854775807 bytes, or 1% to 100%"

/*
 * Parses N[k|m|g|t|%], where k is 1024. The letter may be in either case, as for the kernel. text
 * has length bytes and needs no NUL. Returns 0, -EINVAL if it is not a size, or -ERANGE if it is 0,
 * over 100 %, under SIZE_BYTES_MIN, or over INT64_MAX.
 */
int size_parse(const char *text, size_t length, struct size *ret_size);

/* Is it a number without a unit, not 0, that is too small for a size? */
bool size_lacks_unit(const char *text, size_t length);

/* Parses a number in base 8 or 10, only digits, from 0 to max. Returns 0, -EINVAL if it is not a
 * number, or -ERANGE if it is over max. */
int number_parse(const char *text, size_t length, unsigned base, uint64_t max,
		 uint64_t *ret_number);

/* Parses a decimal number, from 0 to max, followed by one of the units ("kmg"), each 1024 times the
 * one before. Returns 0, -EINVAL or -ERANGE. */
int scaled_parse(const char *text, size_t length, const char *units, uint64_t max,
		 uint64_t *ret_number);

#endif
