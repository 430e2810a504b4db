/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Common to all fuzz targets: the entry point, which libFuzzer or replay.c calls with one input,
 * and checks of results. A failed check ends the program with a message.
 */
#ifndef ORH_TESTS_FUZZ_H
#define ORH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* Returns 0. data has exactly size bytes, so that the address sanitizer detects a read beyond it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
	__attribute__((__format__(__printf__, 4, 5), __noreturn__));

/* Ends the program if the condition is false. The other arguments describe what was checked. */
#define REQUIRE(condition, ...)                                                                    \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                    \
	} while (0)

/* The initial value of an error, so that a target notices what a function does not set. */
#define UNSET_ERROR ((struct error){.status = 0, .offset = SIZE_MAX - 1, .text = "unset"})

/* A set of exit statuses. */
#define STATUS_BIT(status) (1U << (31 & (status)))

/*
 * Checks a failure: the status is one of these, r is the negative errno of the error, there is a
 * text, the offset is nowhere or in a value of value_length bytes, and the printed text is one
 * line.
 */
void require_error(int r, const struct error *error, unsigned statuses, size_t value_length);

/* Checks printed text: UTF-8 in one line, without control characters or direction marks. */
void require_line(const char *text);

/* Checks the results of text_escape() and text_escape_value(): one line, and the latter is
 * reversible. */
void require_escapes(const char *text);

bool is_utf8(const char *text, size_t length);

/* Both are NULL, or both are equal. */
bool same_text(const char *a, const char *b);

/* Absolute, without empty, "." or ".." components, without a slash at the end: path.h's normal
 * form, checked in another way. */
bool looks_normal(const char *path);

/* A copy of data with a NUL after it. The caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* Text that is built piece by piece. It starts zeroed, and text_done() frees it. */
struct text {
	char *text; /* ends with a NUL; NULL while it is empty */
	size_t length;
	size_t capacity;
};

void text_done(struct text *text);

#define AUTO_TEXT CLEANUP(text_done) struct text

void text_put(struct text *text, char byte);
void text_add(struct text *text, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

#endif
