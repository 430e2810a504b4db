/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly-installer: the first and only process of the installer's image. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "arguments.h"
#include "core/escape.h"
#include "install.h"

#define NAME "oci-readonly-installer"

static void print_error(const struct error *error)
{
	char text[4 * ERROR_TEXT_MAX];

	text_escape(error->text, text, sizeof(text));
	fprintf(stderr, NAME ": %s\n", text);
}

static int print(const char *text, struct error *error)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	return error_set(error, STATUS_SYSTEM, errno, "standard output cannot be written to");
}

static int run(const struct arguments *arguments, const sigset_t *ends, struct error *error)
{
	int signal;
	int r = arguments->uninstall ? uninstall(arguments, error) : install(arguments, error);

	if (r == 0)
		r = print(arguments->uninstall ? "uninstalled\n" : "installed\n", error);
	if (r < 0 || !arguments->wait)
		return r;
	sigwait(ends, &signal);
	if (!arguments->uninstall_at_end)
		return 0;
	r = uninstall(arguments, error);
	return r < 0 ? r : print("uninstalled\n", error);
}

int main(int argc, char *argv[])
{
	struct arguments arguments;
	struct error error;
	sigset_t ends;
	int r;

	umask(022);
	/* Blocked from the start: an installation is not left half-made. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	r = arguments_parse(argc, argv, &error, &arguments);
	if (r == 0 && arguments.help)
		r = print(arguments_usage, &error);
	else if (r == 0 && arguments.version)
		r = print(NAME " " PACKAGE_VERSION "\n", &error);
	else if (r == 0)
		r = run(&arguments, &ends, &error);
	if (r == 0)
		return EXIT_SUCCESS;
	print_error(&error);
	return (int)error.status;
}
