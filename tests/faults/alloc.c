/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into the hook. Each allocation makes a system call that does not exist, so that the
 * tracer sees it, and returns NULL if the tracer makes that call fail with ENOMEM.
 */
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "call_alloc.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *pointer, size_t size);

static int is_refused(void)
{
	int saved = errno;
	int refused = syscall(CALL_ALLOC) < 0 && errno == ENOMEM;

	errno = refused ? ENOMEM : saved;
	return refused;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(pointer, size);
}
