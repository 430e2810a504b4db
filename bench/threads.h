/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same number of threads as the hook's worker: count_threads() in src/hook/worker.c. */
#ifndef ORH_BENCH_THREADS_H
#define ORH_BENCH_THREADS_H

#include <sched.h>

#define THREADS_MOST 4

static inline unsigned count_threads(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	count = CPU_COUNT(&set);
	return count < 1 ? 1 : count > THREADS_MOST ? THREADS_MOST : (unsigned)count;
}

#endif
