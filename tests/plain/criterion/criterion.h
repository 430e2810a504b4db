/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of Criterion that the tests use, in one file: for builds that Criterion does not
 * support, such as those for the thread sanitizer, musl and valgrind. Each test runs in a separate
 * process, which ends with exit(). The tests of a program run one after the other.
 */
#ifndef ORH_TESTS_PLAIN_CRITERION_H
#define ORH_TESTS_PLAIN_CRITERION_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLAIN_TESTS_MAX 200
#define PLAIN_SKIPPED	77
#define PLAIN_TIMEOUT	1800

struct plain_test {
	const char *suite;
	const char *name;
	void (*run)(void);
	void (*init)(void);
	void (*fini)(void);
	unsigned timeout;
};

static struct plain_test plain_tests[PLAIN_TESTS_MAX];
static size_t plain_count;
static bool plain_failed;

#define Test(suite_, name_, ...)                                                                   \
	static void plain_##suite_##_##name_(void);                                                \
	__attribute__((constructor)) static void plain_add_##suite_##_##name_(void)                \
	{                                                                                          \
		struct plain_test test = {__VA_ARGS__};                                            \
                                                                                                   \
		test.suite = #suite_;                                                              \
		test.name = #name_;                                                                \
		test.run = plain_##suite_##_##name_;                                               \
		if (plain_count < PLAIN_TESTS_MAX)                                                 \
			plain_tests[plain_count++] = test;                                         \
	}                                                                                          \
	static void plain_##suite_##_##name_(void)

__attribute__((__format__(__printf__, 5, 6))) static inline bool plain_check(
	bool holds, const char *file, int line, const char *what, const char *format, ...)
{
	va_list args;

	if (holds)
		return true;
	plain_failed = true;
	printf("# %s:%d: %s:", file, line, what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

#define cr_expect(condition, ...)                                                                  \
	((void)plain_check((condition), __FILE__, __LINE__, #condition, " " __VA_ARGS__))

/* Criterion also ends the test here. */
#define cr_assert(condition, ...)                                                                  \
	((void)(plain_check((condition), __FILE__, __LINE__, #condition, " " __VA_ARGS__) ||       \
		(exit(1), false)))

#define cr_expect_str_eq(a, b, ...)                                                                \
	((void)plain_check(strcmp((a), (b)) == 0, __FILE__, __LINE__, #a, " '%s' is not '%s'",     \
			   (a), (b)))

#define cr_skip_test(reason)                                                                       \
	do {                                                                                       \
		printf("# %s\n", reason);                                                          \
		exit(PLAIN_SKIPPED);                                                               \
	} while (0)

static inline int plain_run(const struct plain_test *test)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0) {
		alarm(PLAIN_TIMEOUT);
		if (test->init)
			test->init();
		test->run();
		if (test->fini)
			test->fini();
		exit(plain_failed);
	}
	return waitpid(child, &status, 0) < 0 ? -1 : status;
}

int main(int argc, char *argv[])
{
	bool failed = false;

	(void)argc;
	(void)argv;
	printf("1..%zu\n", plain_count);
	for (size_t i = 0; i < plain_count; i++) {
		int status = plain_run(&plain_tests[i]);
		bool skipped = WIFEXITED(status) && WEXITSTATUS(status) == PLAIN_SKIPPED;
		bool ok = skipped || status == 0;

		failed = failed || !ok;
		printf("%s %zu - %s::%s%s\n", ok ? "ok" : "not ok", i + 1, plain_tests[i].suite,
		       plain_tests[i].name, skipped ? " # SKIP" : "");
		if (!ok)
			printf("# status 0x%x\n", (unsigned)status);
	}
	return failed;
}

#endif
