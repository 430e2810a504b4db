/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <malloc.h>
#include <string.h>

int array_reserve(void *array, size_t *capacity, size_t count, size_t element_size)
{
	void **place = array;
	size_t more;
	char *bigger;

	if (count < *capacity)
		return 0;
	more = *capacity ? *capacity * 2 : 8;
	bigger = reallocarray(*place, more, element_size);
	if (!bigger)
		return -ENOMEM;
	memset(bigger + *capacity * element_size, 0, (more - *capacity) * element_size);
	*place = bigger;
	*capacity = more;
	return 0;
}

int memory_reserve(size_t size)
{
	/* Prevents the compiler from removing both calls. */
	void *volatile memory;

#ifdef M_MMAP_MAX
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, -1);
#endif
	memory = malloc(size);
	free(memory);
	return memory ? 0 : -ENOMEM;
}

void memory_reserve_done(void)
{
#ifdef M_MMAP_MAX
	/* The C library's default. */
	mallopt(M_MMAP_MAX, 65536);
#endif
}
