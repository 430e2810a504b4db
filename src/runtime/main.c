/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the hook to a bundle, and executes the real runtime. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commandline.h"
#include "configfile.h"
#include "core/memory.h"
#include "edit.h"
#include "hookfile.h"
#include "program.h"
#include "report.h"

#define RUNTIME_OPTION "--oci-readonly-runtime="

/* The administrator's directory precedes the package's. */
static const char *const hooks_directories[] = {"/etc/containers/oci/hooks.d", HOOKS_DIRECTORY};

static const char *const system_directories[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
						 "/usr/bin",	    "/sbin",	      "/bin"};

struct launch {
	enum grammar grammar;
	const char *runtime; /* named by the caller; NULL: to be searched for */
	int argc;
	char **argv;
	struct globals globals;
};

/* Keeps opened files from getting the number of standard error. The descriptors are closed again
 * when the runtime is executed, so that it gets the same ones as this program. */
static void open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static enum grammar grammar_of(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash ? slash + 1 : program, "oci-readonly-crun") == 0 ? GRAMMAR_CRUN
									     : GRAMMAR_RUNC;
}

static struct launch read_launch(int argc, char *argv[])
{
	struct launch launch = {.argc = argc, .argv = argv};

	launch.grammar = argc > 0 ? grammar_of(argv[0]) : GRAMMAR_RUNC;
	if (argc > 1 && strncmp(argv[1], RUNTIME_OPTION, strlen(RUNTIME_OPTION)) == 0) {
		launch.grammar = GRAMMAR_RUNC;
		launch.runtime = argv[1] + strlen(RUNTIME_OPTION);
		launch.argc--;
		launch.argv++;
	}
	commandline_globals(launch.grammar, launch.argc, launch.argv, &launch.globals);
	return launch;
}

static int find_runtime(const struct launch *launch, struct error *error,
			char ret_path[static PATH_MAX])
{
	int r;

	if (!launch->runtime)
		return program_find(launch->grammar == GRAMMAR_CRUN ? "crun" : "runc",
				    system_directories, ARRAY_SIZE(system_directories), error,
				    ret_path);
	r = program_check(launch->runtime, error);
	if (r < 0)
		return r;
	*stpncpy(ret_path, launch->runtime, PATH_MAX - 1) = '\0';
	return 0;
}

static int add_hook(const struct creation *creation, struct error *error)
{
	AUTO_HOOKFILE hookfile = {0};
	AUTO_CONFIGFILE config = CONFIGFILE_NONE;
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	r = hookfile_load(hooks_directories, ARRAY_SIZE(hooks_directories), error, &hookfile);
	if (r == 0)
		r = configfile_open(creation->bundle, creation->config, error, &config);
	if (r == 0)
		r = edit_add_hook(config.text, config.length, &hookfile.hook, error, &text,
				  &length);
	if (r == 0 && text)
		r = configfile_replace(&config, text, length, error);
	return r;
}

/* argv[0] is the runtime's path, because crun behaves differently if it is called krun. */
static int become(char *path, const struct launch *launch, struct error *error)
{
	char *alone[] = {path, NULL};
	char **argv = launch->argc > 0 ? launch->argv : alone;

	argv[0] = path;
	execv(path, argv);
	return error_set(error, STATUS_SYSTEM, errno, "runtime %" NAME_SHOWN ": cannot be executed",
			 path);
}

static int run(const struct launch *launch, struct error *error)
{
	struct creation creation;
	char path[PATH_MAX];
	int r;

	r = find_runtime(launch, error, path);
	if (r == 0)
		r = commandline_creation(launch->grammar, launch->argc, launch->argv,
					 &launch->globals, error, &creation);
	if (r == 0 && creation.is_creation)
		r = add_hook(&creation, error);
	return r < 0 ? r : become(path, launch, error);
}

int main(int argc, char *argv[])
{
	struct launch launch;
	struct error error;

	open_standard();
	launch = read_launch(argc, argv);
	run(&launch, &error);
	report_error(&error, launch.globals.log, launch.globals.log_is_json);
	return (int)error.status;
}
