/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into every program of a build with sanitizers or gcov, and into no other. A runtime
 * starts the hook without an environment, and its worker has no standard error, enters
 * namespaces and exits with _exit. Therefore the sanitizers' options are compiled in, reports
 * and counts go to files below INSTRUMENT_DIR, and the linker replaces _exit() by
 * __wrap__exit().
 */
#include <dirent.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* An exit status that nothing else uses. */
#define FOUND  99
#define COMMON "exitcode=99:log_path=" INSTRUMENT_DIR "/reports/"

/* Named with -u, so that the linker takes this file from its archive. */
int instrumented = 1;

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
	return COMMON "asan:detect_stack_use_after_return=1:check_initialization_order=1:"
		      "strict_string_checks=1:detect_leaks=1";
}

const char *__ubsan_default_options(void)
{
	return COMMON "ubsan:print_stacktrace=1";
}

const char *__tsan_default_options(void)
{
	return COMMON "tsan:second_deadlock_stack=1:history_size=4";
}

#ifdef INSTRUMENT_LEAKS
/* GCC's two libraries have separate options for the file of reports, and the one for undefined
 * behaviour ignores its option if the other is present. */
__attribute__((constructor)) static void set_report_path(void)
{
	void *library = dlopen("libubsan.so.1", RTLD_LAZY | RTLD_NOLOAD);
	void (*set_path)(const char *) = NULL;

	if (library)
		*(void **)&set_path = dlsym(library, "__sanitizer_set_report_path");
	if (set_path)
		set_path(INSTRUMENT_DIR "/reports/ubsan");
}
#endif

#ifdef INSTRUMENT_COVERAGE
void __gcov_dump(void);

/* gcov writes beside the objects. A process that may not write there, of an ordinary user or of
 * root in a user namespace, gets a separate directory. This destructor runs before gcov's, which
 * have the last priority. */
__attribute__((destructor)) static void choose_folder(void)
{
	static char folder[] = INSTRUMENT_DIR "/others/XXXXXX";
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_FSIZE, &limit);
	}
	if (access(INSTRUMENT_DIR "/src", W_OK) < 0 && mkdtemp(folder))
		setenv("GCOV_PREFIX", folder, 1);
}
#endif

#ifdef INSTRUMENT_LEAKS
int __lsan_do_recoverable_leak_check(void);

/* GCC 14's sanitizer looks for threads in this directory, and ends the program if that fails. */
static bool can_look_for_leaks(void)
{
	DIR *directory = opendir("/proc/self/task");
	bool is_read = !directory || readdir(directory);

	if (directory)
		closedir(directory);
	return is_read;
}
#endif

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

/* What exit() does for them. */
_Noreturn void __wrap__exit(int status)
{
#ifdef INSTRUMENT_COVERAGE
	choose_folder();
	__gcov_dump();
#endif
#ifdef INSTRUMENT_LEAKS
	if (can_look_for_leaks() && __lsan_do_recoverable_leak_check())
		__real__exit(FOUND);
#endif
	__real__exit(status);
}
