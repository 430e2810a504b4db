/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"

#include <getopt.h>
#include <string.h>

#include "core/path.h"

const char arguments_usage[] =
	"Usage: oci-readonly-installer [OPTION]... [-- HOOK-OPTION...]\n"
	"\n"
	"Installs oci-readonly-hook and its hooks file on a host, whose root directory is mounted.\n"
	"The hooks file calls the hook with the HOOK-OPTIONs, see oci-readonly-hook(8).\n"
	"\n"
	"  --host=DIR           where the host's root directory is mounted; default /host\n"
	"  --program=PATH       the hook on the host;\n"
	"                       default /opt/oci-readonly-hook/bin/oci-readonly-hook\n"
	"  --hooks-dir=DIR      a directory on the host in which its engine looks for hooks files;\n"
	"                       default /etc/containers/oci/hooks.d\n"
	"  --uninstall          remove both instead\n"
	"  --wait               do not exit before SIGTERM or SIGINT\n"
	"  --uninstall-at-end   with --wait: then remove both\n"
	"  --from=DIR           the directory with the image's files; default /\n"
	"  --help, --version\n";

enum {
	OPTION_FROM = 1,
	OPTION_HELP,
	OPTION_HOOKS_DIR,
	OPTION_HOST,
	OPTION_PROGRAM,
	OPTION_UNINSTALL,
	OPTION_UNINSTALL_AT_END,
	OPTION_VERSION,
	OPTION_WAIT,
};

static const struct option long_options[] = {
	{"from", required_argument, NULL, OPTION_FROM},
	{"help", no_argument, NULL, OPTION_HELP},
	{"hooks-dir", required_argument, NULL, OPTION_HOOKS_DIR},
	{"host", required_argument, NULL, OPTION_HOST},
	{"program", required_argument, NULL, OPTION_PROGRAM},
	{"uninstall", no_argument, NULL, OPTION_UNINSTALL},
	{"uninstall-at-end", no_argument, NULL, OPTION_UNINSTALL_AT_END},
	{"version", no_argument, NULL, OPTION_VERSION},
	{"wait", no_argument, NULL, OPTION_WAIT},
	{NULL, 0, NULL, 0},
};

/* Returns false for an unknown option. */
static bool set_option(struct arguments *arguments, int option)
{
	switch (option) {
	case OPTION_FROM:
		arguments->from = optarg;
		return true;
	case OPTION_HELP:
		return arguments->help = true;
	case OPTION_HOOKS_DIR:
		arguments->hooks_dir = optarg;
		return true;
	case OPTION_HOST:
		arguments->host = optarg;
		return true;
	case OPTION_PROGRAM:
		arguments->program = optarg;
		return true;
	case OPTION_UNINSTALL:
		return arguments->uninstall = true;
	case OPTION_UNINSTALL_AT_END:
		return arguments->uninstall_at_end = true;
	case OPTION_VERSION:
		return arguments->version = true;
	case OPTION_WAIT:
		return arguments->wait = true;
	default:
		return false;
	}
}

static int judge_path(const char *option, const char *path, struct error *error)
{
	if (path_is_normal(path) && path[1] && strlen(path) <= PATH_LENGTH_MAX)
		return 0;
	return error_set(error, STATUS_OPTIONS, 0,
			 "%s=%" NAME_SHOWN
			 ": write an absolute path below / without '.', '..' and empty components",
			 option, path);
}

static int judge(const struct arguments *arguments, struct error *error)
{
	int r = judge_path("--program", arguments->program, error);

	if (r == 0)
		r = judge_path("--hooks-dir", arguments->hooks_dir, error);
	if (r == 0 && arguments->uninstall && arguments->options_count)
		r = error_set(error, STATUS_OPTIONS, 0,
			      "--uninstall: the hook's options after -- are only for installing");
	if (r == 0 && arguments->uninstall_at_end && !arguments->wait)
		r = error_set(error, STATUS_OPTIONS, 0, "--uninstall-at-end: only with --wait");
	return r;
}

int arguments_parse(int argc, char *argv[], struct error *error, struct arguments *ret_arguments)
{
	struct arguments arguments = {
		.host = "/host",
		.from = "/",
		.program = "/opt/oci-readonly-hook/bin/oci-readonly-hook",
		.hooks_dir = "/etc/containers/oci/hooks.d",
	};
	int option;
	int r;

	opterr = 0;
	/* "+": the hook's options are never the installer's. */
	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		if (!set_option(&arguments, option))
			return error_set(error, STATUS_OPTIONS, 0,
					 "%" NAME_SHOWN ": not a valid option; see --help",
					 argv[optind - 1]);
	}
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		return error_set(error, STATUS_OPTIONS, 0,
				 "%" NAME_SHOWN ": the hook's options come after --", argv[optind]);
	arguments.options = (const char *const *)argv + optind;
	arguments.options_count = (size_t)(argc - optind);
	r = judge(&arguments, error);
	if (r == 0)
		*ret_arguments = arguments;
	return r;
}
