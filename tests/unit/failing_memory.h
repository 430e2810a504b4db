/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lets each allocation of a function fail in turn: first only that one, then that one and all that
 * follow. Left out are allocations inside json-c and libmount, which do not check theirs (see
 * test_json.c and test_mounttab.c), and inside regcomp(), which frees memory twice (glibc 2.36).
 */
#ifndef ORH_TESTS_FAILING_MEMORY_H
#define ORH_TESTS_FAILING_MEMORY_H

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "memory_limit.h"

/* A sanitizer brings its own allocator. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FAILING_MEMORY 0
#else
#define FAILING_MEMORY 1
#endif

/* The maximum number of allocations. */
#define FAILING_MEMORY_MOST 100000

/* More than the frames of those two libraries. */
#define FAILING_MEMORY_DEPTH 32

static struct {
	bool is_on;
	bool is_lasting; /* all allocations after the first that fails do so too */
	size_t nth;	 /* the allocation that fails, from 0 */
	size_t count;	 /* allocations since it was turned on */
	bool is_listing; /* notes which allocations are exempt, and lets none fail */
	bool exempt[FAILING_MEMORY_MOST];
} failing;

#if FAILING_MEMORY
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);

static inline bool failing_is_left_out(const Dl_info *info)
{
	return (info->dli_fname &&
		(strstr(info->dli_fname, "/libjson-c") || strstr(info->dli_fname, "/libmount"))) ||
	       (info->dli_sname && !strcmp(info->dli_sname, "regcomp"));
}

/* strdup() and asprintf() allocate for their callers. Therefore all callers are looked at. */
static inline bool failing_is_exempt(void)
{
	void *frames[FAILING_MEMORY_DEPTH];
	int count = backtrace(frames, FAILING_MEMORY_DEPTH);
	Dl_info info;

	for (int i = 0; i < count; i++)
		if (dladdr(frames[i], &info) && failing_is_left_out(&info))
			return true;
	return false;
}

static inline bool failing_now(void)
{
	size_t at;

	if (!failing.is_on)
		return false;
	at = failing.count++;
	if (failing.is_listing && at < FAILING_MEMORY_MOST)
		failing.exempt[at] = failing_is_exempt();
	if (failing.is_listing)
		return false;
	if (at != failing.nth && !(failing.is_lasting && at > failing.nth))
		return false;
	if (failing_is_exempt())
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return failing_now() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return failing_now() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
	return failing_now() ? NULL : __libc_realloc(pointer, size);
}
#endif

/* Skips the test. To be called before it creates files. */
static inline void need_failing_memory(void)
{
	if (!FAILING_MEMORY || has_other_allocator())
		cr_skip_test("another allocator is in use");
}

/*
 * Calls try(data) once without a failure, and then with a failure at each allocation. try() turns
 * failing.is_on on and off around what is to be tested, and checks the result.
 */
static inline void fail_each_allocation(const char *what, void (*try)(void *data), void *data)
{
	void *frames[1];
	size_t tries = 0;
	size_t count;

	need_failing_memory();
	/* Loads the unwinder, which allocates. */
	backtrace(frames, 1);
	failing.count = 0;
	failing.is_listing = true;
	try(data);
	failing.is_listing = false;
	count = failing.count;
	cr_assert(count < FAILING_MEMORY_MOST, "%s: %zu allocations", what, count);
	for (failing.nth = 0; failing.nth < count; failing.nth++) {
		if (failing.exempt[failing.nth])
			continue;
		for (int lasting = 0; lasting < 2; lasting++) {
			failing.is_lasting = lasting;
			failing.count = 0;
			try(data);
			failing.is_on = false;
		}
		tries++;
	}
	cr_expect(tries > 0, "%s: no allocation failed", what);
}

#endif
