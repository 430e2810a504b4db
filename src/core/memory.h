/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup attributes. Each preserves errno and sets the variable to -EBADF or NULL, so that a
 * second cleanup does nothing. Ownership moves only through take_fd() and take_ptr(). */
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

/* A descriptor that is closed at the end of its scope. */
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
	void **slot = pointer;

	free(*slot);
	*slot = NULL;
	errno = saved;
}

/* A pointer from malloc() that is freed at the end of its scope. */
#define AUTO_FREE CLEANUP(free_ptr)

/* Transfers ownership of the pointer and sets the variable to NULL. */
#define take_ptr(variable)                                                                         \
	({                                                                                         \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

/*
 * Makes room for one more element in an array that grows by doubling. New elements are zeroed.
 * array is a pointer to the array's pointer; capacity is a number of elements. Returns 0 or
 * -ENOMEM.
 */
int array_reserve(void *array, size_t *capacity, size_t count, size_t element_size);

/*
 * Reserves size bytes for a library that does not check its allocations. The bytes are allocated
 * and freed at once; until memory_reserve_done(), the allocator keeps them and does not use mmap(2)
 * for large blocks. Returns 0 or -ENOMEM; call memory_reserve_done() in both cases.
 */
int memory_reserve(size_t size);
void memory_reserve_done(void);

#endif
