/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

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
