/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsers have to read a whole text or fail, with any amount of memory. */
#ifndef ORH_TESTS_MEMORY_LIMIT_H
#define ORH_TESTS_MEMORY_LIMIT_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of a child that parsed. */
enum outcome_of_limit { READ_ALL, REFUSED, READ_WRONG };

static inline void memory_limit(rlim_t more)
{
	struct rlimit limit;
	unsigned long data = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	cr_assert(file && fscanf(file, "%*u %*u %*u %*u %*u %lu", &data) == 1);
	fclose(file);
	getrlimit(RLIMIT_DATA, &limit);
	limit.rlim_cur = (rlim_t)data * (rlim_t)sysconf(_SC_PAGESIZE) + more;
	setrlimit(RLIMIT_DATA, &limit);
}

static inline void memory_unlimit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_DATA, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_DATA, &limit);
}

/* Whether the address sanitizer or valgrind replaces the allocator. valgrind sets this variable. */
static inline bool has_other_allocator(void)
{
	const char *preload = getenv("LD_PRELOAD");

#ifdef __SANITIZE_ADDRESS__
	return true;
#endif
	return preload && strstr(preload, "vgpreload");
}

/* qemu-user passes no such limit on to the kernel. */
static inline bool memory_limit_works(void)
{
	const size_t size = 64UL << 20;
	pid_t child = fork();
	int status;

	if (child == 0) {
		memory_limit(0);
		_exit(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0) == MAP_FAILED);
	}
	cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status) == 1;
}

/* Calls parse in children with 0 to most bytes more memory than is in use. Each call has to read
 * everything or to fail, and both have to occur. */
static inline void expect_all_or_nothing(const char *what, rlim_t most,
					 enum outcome_of_limit (*parse)(const char *text),
					 const char *text)
{
	unsigned seen[2] = {0};

	/* Such an allocator does not run out of memory. */
	if (has_other_allocator())
		return;
	if (!memory_limit_works())
		cr_skip_test("RLIMIT_DATA has no effect, as under qemu-user");
	for (rlim_t more = 0; more < most; more += more < 1 << 20 ? 16384 : 1 << 18) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			memory_limit(more);
			_exit((int)parse(text));
		}
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) < READ_WRONG,
			  "%s, %lu bytes more: status 0x%x", what, (unsigned long)more,
			  (unsigned)status);
		seen[WEXITSTATUS(status)]++;
	}
	cr_expect(seen[READ_ALL] && seen[REFUSED], "%s: %u read, %u refused", what, seen[READ_ALL],
		  seen[REFUSED]);
}

#endif
