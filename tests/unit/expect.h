/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparisons for the tables of the unit tests. Each message names the row. */
#ifndef ORH_TESTS_EXPECT_H
#define ORH_TESTS_EXPECT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* The offset of the row's error does not matter. */
#define ANYWHERE ((size_t)-2)

/* The initial value of an error, so that a test notices what a function does not set. */
#define UNSET_ERROR ((struct error){.offset = ANYWHERE, .text = "unset"})

static inline void expect_text(const char *row, const char *found, const char *wanted)
{
	cr_expect(found && wanted && !strcmp(found, wanted), "'%.300s': '%s' instead of '%s'", row,
		  found ? found : "(null)", wanted ? wanted : "(null)");
}

static inline void expect_null(const char *row, const void *found)
{
	cr_expect(!found, "'%.300s': something instead of nothing", row);
}

static inline void expect_number(const char *row, unsigned long long found,
				 unsigned long long wanted)
{
	cr_expect(found == wanted, "'%.300s': %llu instead of %llu", row, found, wanted);
}

/* r is the function's return value. Expects a failure with this status and offset, and part in the
 * text. */
static inline void expect_error(const char *row, int r, const struct error *error,
				enum status status, size_t offset, const char *part)
{
	cr_expect(r < 0, "'%.300s': not refused", row);
	if (r >= 0)
		return;
	cr_expect(error->status == status, "'%.300s': status %u instead of %u (%s)", row,
		  error->status, status, error->text);
	cr_expect(offset == ANYWHERE || error->offset == offset,
		  "'%.300s': offset %zu instead of %zu (%s)", row, error->offset, offset,
		  error->text);
	cr_expect(strstr(error->text, part), "'%.300s': '%s' is not in '%s'", row, part,
		  error->text);
}

static inline void expect_success(const char *row, int r, const struct error *error)
{
	cr_expect(r == 0, "'%.300s': %d: %s", row, r, r ? error->text : "");
}

/* A string of count bytes; the caller frees it. */
static inline char *repeat(char byte, size_t count)
{
	char *text = malloc(count + 1);

	cr_assert(text, "out of memory");
	memset(text, byte, count);
	text[count] = '\0';
	return text;
}

#endif
