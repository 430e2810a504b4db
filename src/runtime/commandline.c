/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commandline.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/memory.h"

/* Where an option may be given: before the command, or among the arguments of which commands. */
enum place {
	GLOBAL = 1 << 0,
	CREATE = 1 << 1,
	RUN = 1 << 2,
	RESTORE = 1 << 3,
	START = CREATE | RUN,
	EACH = CREATE | RUN | RESTORE,
	ANY = GLOBAL | EACH,
};

enum kind {
	FLAG,
	VALUE,
	BUNDLE, /* this and the following: options with a value */
	CONFIG,
	LOG,
	LOG_FORMAT,
	HELP, /* a flag: the program prints something and exits */
};

struct option {
	const char *name;
	char letter; /* '\0' if it has none */
	enum kind kind;
	unsigned places; /* enum place */
};

/* The options of runc 1.0 to 1.4, and --config of later versions. */
static const struct option runc_options[] = {
	{"debug", '\0', FLAG, GLOBAL},
	{"log", '\0', LOG, GLOBAL},
	{"log-format", '\0', LOG_FORMAT, GLOBAL},
	{"root", '\0', VALUE, GLOBAL},
	{"criu", '\0', VALUE, GLOBAL},
	{"systemd-cgroup", '\0', FLAG, GLOBAL},
	{"rootless", '\0', VALUE, GLOBAL},
	{"version", 'v', HELP, GLOBAL},
	{"help", 'h', HELP, ANY},
	{"bundle", 'b', BUNDLE, EACH},
	{"config", '\0', CONFIG, START},
	{"console-socket", '\0', VALUE, EACH},
	{"pidfd-socket", '\0', VALUE, START},
	{"pid-file", '\0', VALUE, EACH},
	{"no-pivot", '\0', FLAG, EACH},
	{"no-new-keyring", '\0', FLAG, START},
	{"preserve-fds", '\0', VALUE, START},
	{"detach", 'd', FLAG, RUN | RESTORE},
	{"keep", '\0', FLAG, RUN},
	{"no-subreaper", '\0', FLAG, RUN | RESTORE},
	{"image-path", '\0', VALUE, RESTORE},
	{"work-path", '\0', VALUE, RESTORE},
	{"tcp-established", '\0', FLAG, RESTORE},
	{"ext-unix-sk", '\0', FLAG, RESTORE},
	{"shell-job", '\0', FLAG, RESTORE},
	{"file-locks", '\0', FLAG, RESTORE},
	{"manage-cgroups-mode", '\0', VALUE, RESTORE},
	{"empty-ns", '\0', VALUE, RESTORE},
	{"auto-dedup", '\0', FLAG, RESTORE},
	{"lazy-pages", '\0', FLAG, RESTORE},
	{"lsm-profile", '\0', VALUE, RESTORE},
	{"lsm-mount-context", '\0', VALUE, RESTORE},
	{NULL, '\0', FLAG, 0},
};

/* The options of crun 0.17 to 1.29. */
static const struct option crun_options[] = {
	{"cgroup-manager", '\0', VALUE, GLOBAL},
	{"debug", '\0', FLAG, GLOBAL},
	{"log", '\0', LOG, GLOBAL},
	{"log-format", '\0', LOG_FORMAT, GLOBAL},
	{"log-level", '\0', VALUE, GLOBAL},
	{"root", '\0', VALUE, GLOBAL},
	{"rootless", '\0', VALUE, GLOBAL},
	{"systemd-cgroup", '\0', FLAG, GLOBAL},
	{"version", 'v', HELP, GLOBAL},
	{"version", 'V', HELP, GLOBAL},
	{"help", '?', HELP, ANY},
	{"usage", '\0', HELP, ANY},
	{"bundle", 'b', BUNDLE, EACH},
	{"config", 'f', CONFIG, START},
	{"console-socket", '\0', VALUE, EACH},
	{"preserve-fds", '\0', VALUE, START},
	{"no-pivot", '\0', FLAG, START},
	{"pid-file", '\0', VALUE, EACH},
	{"no-subreaper", '\0', FLAG, START},
	{"no-new-keyring", '\0', FLAG, START},
	{"detach", 'd', FLAG, RUN | RESTORE},
	{"keep", '\0', FLAG, RUN},
	{"image-path", '\0', VALUE, RESTORE},
	{"work-path", '\0', VALUE, RESTORE},
	{"tcp-established", '\0', FLAG, RESTORE},
	{"tcp-close", '\0', FLAG, RESTORE},
	{"ext-unix-sk", '\0', FLAG, RESTORE},
	{"shell-job", '\0', FLAG, RESTORE},
	{"file-locks", '\0', FLAG, RESTORE},
	{"manage-cgroups-mode", '\0', VALUE, RESTORE},
	{"network-lock", '\0', VALUE, RESTORE},
	{"lsm-profile", '\0', VALUE, RESTORE},
	{"lsm-mount-context", '\0', VALUE, RESTORE},
	{NULL, '\0', FLAG, 0},
};

static const struct {
	const char *name;
	enum place place;
} commands[] = {
	{"create", CREATE},
	{"run", RUN},
	{"restore", RESTORE},
};

struct reader {
	enum grammar grammar;
	unsigned place;
	int argc;
	char *const *argv;
	int next;	     /* the index of the next argument */
	const char *letters; /* the unread rest of a "-abc" argument of crun */
	const char *why;     /* what is wrong with the argument that could not be read */
};

static bool is_flag(enum kind kind)
{
	return kind == FLAG || kind == HELP;
}

static int unclear(struct reader *reader, const char *why)
{
	reader->why = why;
	return -EINVAL;
}

static const struct option *options_of(enum grammar grammar)
{
	return grammar == GRAMMAR_CRUN ? crun_options : runc_options;
}

static const struct option *find_letter(const struct reader *reader, char letter)
{
	for (const struct option *option = options_of(reader->grammar); option->name; option++)
		if (option->places & reader->place && letter && option->letter == letter)
			return option;
	return NULL;
}

/* argp accepts a prefix of a name, as getopt_long(3) does. If a prefix matches several options of
 * one kind, it does not matter which of them is meant. */
static const struct option *find_name(const struct reader *reader, const char *name, size_t length)
{
	const struct option *found = NULL;
	bool is_ambiguous = false;

	for (const struct option *option = options_of(reader->grammar); option->name; option++) {
		if (!(option->places & reader->place) || strncmp(option->name, name, length) != 0)
			continue;
		if (!option->name[length])
			return option;
		if (reader->grammar != GRAMMAR_CRUN)
			continue;
		is_ambiguous |= found && found->kind != option->kind;
		found = option;
	}
	return is_ambiguous ? NULL : found;
}

/* Returns an option's value: the rest of its argument, or else the next argument. */
static int take_value(struct reader *reader, const char *value, const char **ret_value)
{
	if (!value && reader->next == reader->argc)
		return unclear(reader, "needs a value");
	*ret_value = value ? value : reader->argv[reader->next++];
	return 1;
}

/* Reads "-" or "--", a name or a letter, and optionally "=" and a value. */
static int read_runc(struct reader *reader, const struct option **ret_option,
		     const char **ret_value)
{
	const char *name = reader->argv[reader->next++] + 1;
	size_t length;
	const struct option *option;

	if (*name == '-')
		name++;
	length = strcspn(name, "=");
	option = length == 1 ? find_letter(reader, *name) : find_name(reader, name, length);
	if (!option)
		return unclear(reader, "not known");
	*ret_option = option;
	if (!is_flag(option->kind))
		return take_value(reader, name[length] ? name + length + 1 : NULL, ret_value);
	/* "--help --help=false" does not request help. */
	if (option->kind == HELP && name[length])
		return unclear(reader, "takes no value");
	return 1;
}

/* Reads one letter of an argument. If the option takes a value, the rest of the argument is the
 * value. */
static int read_letter(struct reader *reader, const struct option **ret_option,
		       const char **ret_value)
{
	const struct option *option = find_letter(reader, *reader->letters);
	const char *rest = reader->letters + 1;

	if (!option)
		return unclear(reader, "not known");
	reader->letters = is_flag(option->kind) && *rest ? rest : NULL;
	if (!reader->letters)
		reader->next++;
	*ret_option = option;
	return is_flag(option->kind) ? 1 : take_value(reader, *rest ? rest : NULL, ret_value);
}

static int read_crun(struct reader *reader, const struct option **ret_option,
		     const char **ret_value)
{
	const char *name = reader->argv[reader->next];
	size_t length;
	const struct option *option;

	if (reader->letters || name[1] != '-') {
		if (!reader->letters)
			reader->letters = name + 1;
		return read_letter(reader, ret_option, ret_value);
	}
	reader->next++;
	name += 2;
	length = strcspn(name, "=");
	option = find_name(reader, name, length);
	if (!option)
		return unclear(reader, "not known");
	*ret_option = option;
	if (!is_flag(option->kind))
		return take_value(reader, name[length] ? name + length + 1 : NULL, ret_value);
	return name[length] ? unclear(reader, "takes no value") : 1;
}

/* Newer versions of runc's cli library strip such blanks, older ones do not. */
static bool has_outer_blank(const char *argument)
{
	size_t length = strlen(argument);

	return length && (isspace((unsigned char)argument[0]) ||
			  isspace((unsigned char)argument[length - 1]));
}

/* Returns 1 if it has read an option, 0 if the next argument is not an option (or there is none),
 * -EINVAL. */
static int read_option(struct reader *reader, const struct option **ret_option,
		       const char **ret_value)
{
	const char *argument;

	if (reader->next == reader->argc)
		return 0;
	argument = reader->argv[reader->next];
	if (reader->grammar == GRAMMAR_RUNC && has_outer_blank(argument))
		return unclear(reader, "begins or ends with a blank");
	if (argument[0] != '-' || strcmp(argument, "--") == 0)
		return 0;
	if (!argument[1])
		return reader->grammar == GRAMMAR_CRUN ? 0 : unclear(reader, "not known");
	return reader->grammar == GRAMMAR_CRUN ? read_crun(reader, ret_option, ret_value)
					       : read_runc(reader, ret_option, ret_value);
}

static bool skip_dashes(struct reader *reader)
{
	if (reader->next == reader->argc || strcmp(reader->argv[reader->next], "--") != 0)
		return false;
	reader->next++;
	return true;
}

void commandline_globals(enum grammar grammar, int argc, char *const argv[],
			 struct globals *ret_globals)
{
	struct reader reader = {
		.grammar = grammar, .place = GLOBAL, .argc = argc, .argv = argv, .next = 1};
	struct globals globals = {.command = argc};
	const struct option *option = NULL;
	const char *value = NULL;
	int at;
	int r;

	if (argc < 1) {
		*ret_globals = globals;
		return;
	}
	while (at = reader.next, r = read_option(&reader, &option, &value), r > 0) {
		if (option->kind == LOG)
			globals.log = value;
		else if (option->kind == LOG_FORMAT)
			globals.log_is_json = strcmp(value, "json") == 0;
		else if (option->kind == HELP)
			break;
	}
	if (r < 0) {
		globals.unclear = argv[at];
		globals.why = reader.why;
		globals.command = at + 1;
	} else if (r == 0) {
		skip_dashes(&reader);
		globals.command = reader.next;
	}
	*ret_globals = globals;
}

/* Returns 0 for a command that does not create a container. */
static unsigned place_of(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, command) == 0)
			return commands[i].place;
	return 0;
}

static int refuse(const char *argument, const char *why, struct error *error)
{
	return error_set(error, STATUS_OPTIONS, 0, "argument '%" NAME_SHOWN "': %s", argument, why);
}

/* After an unknown option, any word could be the command. */
static int judge_unclear(int argc, char *const argv[], const struct globals *globals,
			 struct error *error)
{
	for (int i = globals->command; i < argc; i++)
		if (place_of(argv[i]))
			return refuse(globals->unclear, globals->why, error);
	return 0;
}

static int read_creation(struct reader *reader, struct error *error, struct creation *creation)
{
	const struct option *option = NULL;
	const char *value = NULL;

	while (reader->next < reader->argc && !skip_dashes(reader)) {
		int at = reader->next;
		int r = read_option(reader, &option, &value);

		if (r < 0)
			return refuse(reader->argv[at], reader->why, error);
		if (r > 0 && option->kind == BUNDLE) {
			creation->bundle = value;
		} else if (r > 0 && option->kind == CONFIG) {
			creation->config = value;
		} else if (r > 0 && option->kind == HELP) {
			creation->is_creation = false;
		} else if (r == 0) {
			reader->next++;
			/* crun does not read options after the id. */
			if (reader->grammar == GRAMMAR_CRUN)
				break;
		}
	}
	return 0;
}

int commandline_creation(enum grammar grammar, int argc, char *const argv[],
			 const struct globals *globals, struct error *error,
			 struct creation *ret_creation)
{
	struct creation creation = {.bundle = "."};
	struct reader reader = {
		.grammar = grammar, .argc = argc, .argv = argv, .next = globals->command + 1};
	int r = 0;

	if (globals->unclear) {
		r = judge_unclear(argc, argv, globals, error);
	} else if (globals->command < argc) {
		reader.place = place_of(argv[globals->command]);
		creation.is_creation = reader.place != 0;
		if (creation.is_creation)
			r = read_creation(&reader, error, &creation);
	}
	if (r < 0)
		return r;
	if (!*creation.bundle)
		creation.bundle = ".";
	/* crun treats its default as a name in the bundle. To runc it is a file like any other. */
	if (creation.config && (!*creation.config || (grammar == GRAMMAR_CRUN &&
						      strcmp(creation.config, "config.json") == 0)))
		creation.config = NULL;
	*ret_creation = creation;
	return 0;
}
