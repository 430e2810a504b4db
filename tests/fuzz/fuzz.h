/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every fuzz target has: the entry point, which libFuzzer or replay.c calls with one input,
 * and ways to ask something of what comes out. A broken promise ends the program with a message.
 */
#ifndef ORH_TESTS_FUZZ_H
#define ORH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

/* Returns 0. data has size bytes and no more, so that the address sanitizer sees a read past it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
	__attribute__((__format__(__printf__, 4, 5), __noreturn__));

/* The condition holds, or the program ends; the rest of the arguments say what was looked at. */
#define REQUIRE(condition, ...)                                                                    \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                    \
	} while (0)

/* An error as a target hands it to a function: what the function does not set shows. */
#define UNSET_ERROR ((struct error){.status = 0, .offset = SIZE_MAX - 1, .text = "unset"})

/* A set of exit statuses. */
#define STATUS_BIT(status) (1U << (31 & (status)))

/*
 * A failure as all are: the status one of those, r the negative errno that the error holds, a text,
 * the offset nowhere or in a value of value_length bytes, and what is printed one line.
 */
void require_error(int r, const struct error *error, unsigned statuses, size_t value_length);

/* Printed text: UTF-8 in one line, without control characters or marks that turn its direction. */
void require_line(const char *text);

/* What text_escape() and text_escape_value() make of text: a line, and the latter can be undone. */
void require_escapes(const char *text);

bool is_utf8(const char *text, size_t length);

/* Both NULL, or both the same. */
bool same_text(const char *a, const char *b);

/* Absolute, no empty, "." or ".." component, no slash at the end: as path.h says of a normal form,
 * told in another way. */
bool looks_normal(const char *path);

/* A copy of data with a NUL behind it; the caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* Text that is written piece by piece; zeroed to begin with, its text freed by text_done(). */
struct text {
	char *text; /* NUL at its end; NULL while it is empty */
	size_t length;
	size_t capacity;
};

void text_done(struct text *text);

#define AUTO_TEXT CLEANUP(text_done) struct text

void text_put(struct text *text, char byte);
void text_add(struct text *text, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

#endif
