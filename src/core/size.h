/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as options spell them: decimal, octal, and sizes with a unit. No sign, no blanks. */
#ifndef ORH_CORE_SIZE_H
#define ORH_CORE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No tmpfs has less than a page: fewer bytes lack their unit. */
#define SIZE_BYTES_MIN 4096

/* A size in bytes, or in percent of the machine's memory. */
struct size {
	uint64_t value;
	bool is_percent;
};

/* What size_parse() takes, for messages. */
#define SIZE_FORM  "a number, then k, m, g, t or %"
#define SIZE_RANGE "4096 to 9223372036854775807 bytes, or 1% to 100%"

/*
 * N[k|m|g|t|%], k being 1024; either case of the letter, as the kernel takes it. Of length bytes,
 * no NUL needed. Returns 0, -EINVAL if it is none, -ERANGE if 0 or over 100 %, or under
 * SIZE_BYTES_MIN or over INT64_MAX.
 */
int size_parse(const char *text, size_t length, struct size *ret_size);

/* Is it a number without a unit that is too small for a size, but not 0? */
bool size_lacks_unit(const char *text, size_t length);

/*
 * A number of base 8 or 10, digits alone, from 0 to max. Returns 0, -EINVAL if it is none, -ERANGE
 * if over max.
 */
int number_parse(const char *text, size_t length, unsigned base, uint64_t max,
		 uint64_t *ret_number);

/*
 * A decimal number and one of the units, each 1024 times the one before it ("kmg"), from 0 to max.
 * Returns 0, -EINVAL or -ERANGE.
 */
int scaled_parse(const char *text, size_t length, const char *units, uint64_t max,
		 uint64_t *ret_number);

#endif
