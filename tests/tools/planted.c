/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault of each kind in the worker, after it has entered the container. It is linked with the
 * hook's objects and --wrap=container_enter, to show that a build with sanitizers reports them.
 */
#include <limits.h>
#include <stdlib.h>

struct container;
struct error;

int __real_container_enter(const struct container *container, struct error *error);
int __wrap_container_enter(const struct container *container, struct error *error);

/* Volatile, so that the compiler does not notice the fault. */
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
