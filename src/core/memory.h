/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cleanup attributes. Each keeps errno and leaves -EBADF or NULL behind, so that a cleanup that
 * runs twice does nothing the second time. Ownership moves only through take_fd() and take_ptr().
 */
#ifndef ORH_CORE_MEMORY_H
#define ORH_CORE_MEMORY_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((__cleanup__(function)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void close_fd(int *fd)
{
	int saved = errno;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is never NULL */
	if (*fd >= 0)
		close(*fd);
	*fd = -EBADF;
	errno = saved;
}

/* A descriptor that is closed when it goes out of scope. */
#define AUTO_FD CLEANUP(close_fd) int

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -EBADF;
	return taken;
}

static inline void free_ptr(void *pointer)
{
	int saved = errno;
	void **place = pointer;

	free(*place);
	*place = NULL;
	errno = saved;
}

/* A pointer from malloc that is freed when it goes out of scope. */
#define AUTO_FREE CLEANUP(free_ptr)

/* Hands the pointer over: the variable is NULL afterwards. */
#define take_ptr(variable)                                                                         \
	({                                                                                         \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

/*
 * Makes room for one more element in an array that grows by doubling, and zeroes what it adds.
 * array is a pointer to the array's pointer, capacity counts elements. Returns 0 or -ENOMEM.
 */
int array_reserve(void *array, size_t *capacity, size_t count, size_t element_size);

/*
 * For what is called that does not look whether it got the memory that it asked for: makes sure of
 * so many bytes before. They are taken and given back to the allocator, which until
 * memory_reserve_done() goes nowhere else for large pieces, and keeps what it has. Returns 0 or
 * -ENOMEM; memory_reserve_done() is to be called after either.
 */
int memory_reserve(size_t size);
void memory_reserve_done(void);

#endif
