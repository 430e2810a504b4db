/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault of each kind in the worker, once it is in the container: linked with the hook's own
 * objects and --wrap=container_enter, to show that a build for sanitizers tells of them.
 */
#include <limits.h>
#include <stdlib.h>

struct container;
struct error;

int __real_container_enter(const struct container *container, struct error *error);
int __wrap_container_enter(const struct container *container, struct error *error);

/* Volatile, so that no compiler sees what is wrong. */
static volatile int one = 1;

static void plant(void)
{
#if defined(PLANT_OVERFLOW)
	char *bytes = malloc(8);

	bytes[7 + one] = 'x';
	free(bytes);
#elif defined(PLANT_LEAK)
	char *volatile bytes = malloc(1000);

	bytes[0] = 'x';
	bytes = NULL;
#elif defined(PLANT_UNDEFINED)
	volatile int number = INT_MAX;

	number += one;
#else
#error which one?
#endif
}

int __wrap_container_enter(const struct container *container, struct error *error)
{
	int r = __real_container_enter(container, error);

	plant();
	return r;
}
