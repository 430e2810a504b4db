/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/commandline.h"

#include "expect.h"

#define ARGUMENTS_MAX 24

/* A row's command line, split at "|", after the program's name. */
struct line {
	char *text;
	char *argv[ARGUMENTS_MAX + 1];
	int argc;
};

static struct line split(const char *row)
{
	static char program[] = "oci-readonly-runc";
	struct line line = {.text = strdup(row), .argv = {program}, .argc = 1};
	char *rest = line.text;

	cr_assert(line.text, "out of memory");
	while (*row && rest) {
		cr_assert(line.argc < ARGUMENTS_MAX, "'%s' is too long", row);
		line.argv[line.argc++] = strsep(&rest, "|");
	}
	return line;
}

static int read_line(enum grammar grammar, struct line *line, struct globals *globals,
		     struct error *error, struct creation *creation)
{
	*error = UNSET_ERROR;
	commandline_globals(grammar, line->argc, line->argv, globals);
	return commandline_creation(grammar, line->argc, line->argv, globals, error, creation);
}

struct row {
	const char *line;
	const char *bundle; /* NULL: no container is created */
	const char *config;
};

static void expect_rows(enum grammar grammar, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct line line = split(rows[i].line);
		struct globals globals;
		struct creation creation = {0};
		struct error error;
		int r = read_line(grammar, &line, &globals, &error, &creation);

		expect_success(rows[i].line, r, &error);
		expect_number(rows[i].line, creation.is_creation, rows[i].bundle != NULL);
		if (r == 0 && rows[i].bundle)
			expect_text(rows[i].line, creation.bundle, rows[i].bundle);
		if (rows[i].config)
			expect_text(rows[i].line, creation.config, rows[i].config);
		else
			expect_null(rows[i].line, creation.config);
		free(line.text);
	}
}

static void expect_refused(enum grammar grammar, const char *const rows[][2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct line line = split(rows[i][0]);
		struct globals globals;
		struct creation creation;
		struct error error;
		int r = read_line(grammar, &line, &globals, &error, &creation);

		expect_error(rows[i][0], r, &error, STATUS_OPTIONS, ANYWHERE, rows[i][1]);
		free(line.text);
	}
}

Test(commandline, runc_bundle)
{
	static const struct row rows[] = {
		/* Every form of --bundle, before and after the id. */
		{"create|--bundle|/b|id", "/b", NULL},
		{"create|--bundle=/b|id", "/b", NULL},
		{"create|-bundle|/b|id", "/b", NULL},
		{"create|-bundle=/b|id", "/b", NULL},
		{"create|-b|/b|id", "/b", NULL},
		{"create|-b=/b|id", "/b", NULL},
		{"create|--b|/b|id", "/b", NULL},
		{"create|--b=/b|id", "/b", NULL},
		{"create|id|--bundle|/b", "/b", NULL},
		{"create|id|-b=/b", "/b", NULL},
		{"run|id", ".", NULL},
		{"restore|--bundle||id", ".", NULL},
		{"create|--bundle=|id", ".", NULL},
		{"run|-b|/a|-b|/b|id", "/b", NULL},
		{"run|--bundle=/a=b|id", "/a=b", NULL},
		/* Command lines of Docker and containerd. */
		{"--root|/run/docker/runtime-runc/moby|--log|/b/log.json|--log-format|json|--systemd-cgroup|create|"
		 "--bundle|/b|--pid-file|/b/init.pid|--console-socket|/tmp/pty|id",
		 "/b", NULL},
		/* A value may look like an option, or like a command. */
		{"--root|create|run|-b|/b|id", "/b", NULL},
		{"create|--pid-file|--bundle|-b|/b|id", "/b", NULL},
		{"create|--pid-file|--|-b|/b|id", "/b", NULL},
		{"-root=run|-debug=false|create|-no-pivot|-b|/b|id", "/b", NULL},
		/* After "--" there are no options. */
		{"create|--|id|--bundle|/b", ".", NULL},
		{"create|-b|/b|--|id", "/b", NULL},
		{"--|create|-b|/b|id", "/b", NULL},
		{"create|--config|/c.json|-b|/b|id", "/b", "/c.json"},
		{"run|--config=config.json|id", ".", "config.json"},
		{"run|--config=|id", ".", NULL},
		{"restore|--image-path|/i|--detach|--bundle|/b|id", "/b", NULL},
	};

	expect_rows(GRAMMAR_RUNC, rows, ARRAY_SIZE(rows));
}

Test(commandline, runc_others)
{
	static const struct row rows[] = {
		{"", NULL, NULL},
		{"--version", NULL, NULL},
		{"-v|create|id", NULL, NULL},
		{"--help", NULL, NULL},
		{"features", NULL, NULL},
		{"--root|/r|state|create", NULL, NULL},
		{"delete|--force|--unknown|id", NULL, NULL},
		{"exec|--bundle|/b|id|run", NULL, NULL},
		{"exec|id|sh|-c| blanks ", NULL, NULL},
		{"create|--help", NULL, NULL},
		{"create|-h|--bundle|/b|id", NULL, NULL},
		{"run|id|--help", NULL, NULL},
		/* None of these creates a container. */
		{"--unknown|x|state|id", NULL, NULL},
		{"--root", NULL, NULL},
		{"--|state|id", NULL, NULL},
		{"Create|--bundle|/b|id", NULL, NULL},
	};

	expect_rows(GRAMMAR_RUNC, rows, ARRAY_SIZE(rows));
}

Test(commandline, runc_refuses)
{
	static const char *const rows[][2] = {
		{"create|--unknown|id", "argument '--unknown': not known"},
		{"create|id|--unknown=1", "argument '--unknown=1': not known"},
		{"create|-bX|id", "argument '-bX': not known"},
		{"create|--bund|/b|id", "argument '--bund': not known"},
		{"create|--detach|id", "argument '--detach': not known"},
		{"restore|--config|/c|id", "argument '--config': not known"},
		{"create|--root|/r|id", "argument '--root': not known"},
		{"create|-|id", "argument '-': not known"},
		{"create|---bundle|/b|id", "argument '---bundle': not known"},
		{"create|--=/b|id", "argument '--=/b': not known"},
		{"create|id|--bundle", "argument '--bundle': needs a value"},
		{"create|--help=false|-b|/b|id", "argument '--help=false': takes no value"},
		{"create|--help|-h=0|id", "argument '-h=0': takes no value"},
		{"create| --bundle=/b|id", "argument ' --bundle=/b': begins or ends with a blank"},
		{"create|--bundle=/b\t|id", ": begins or ends with a blank"},
		{"--unknown|create|id", "argument '--unknown': not known"},
		{"--unknown|x|run|id", "argument '--unknown': not known"},
		{" --root=/r|restore|id", "argument ' --root=/r': begins or ends with a blank"},
		{"-x|--|create|id", "argument '-x': not known"},
	};

	expect_refused(GRAMMAR_RUNC, rows, ARRAY_SIZE(rows));
}

Test(commandline, crun_bundle)
{
	static const struct row rows[] = {
		{"create|--bundle|/b|id", "/b", NULL},
		{"create|--bundle=/b|id", "/b", NULL},
		{"create|-b|/b|id", "/b", NULL},
		{"create|-b/b|id", "/b", NULL},
		/* As argp parses it. */
		{"create|-b=/b|id", "=/b", NULL},
		{"run|-db|/b|id", "/b", NULL},
		{"run|-db/b|id", "/b", NULL},
		{"run|-df|/c|-b/b|id", "/b", "/c"},
		{"create|--bun|/b|id", "/b", NULL},
		{"create|--b=/b|id", "/b", NULL},
		{"create|--conf=/c|id", ".", "/c"},
		{"run|-f|c.json|id", ".", "c.json"},
		{"run|-fconfig.json|-b|/b|id", "/b", NULL},
		{"run|-f|./config.json|-b|/b|id", "/b", "./config.json"},
		{"restore|--c|/s|-b|/b|id", "/b", NULL},
		{"run|id", ".", NULL},
		/* No id, which crun refuses. */
		{"create|id|--bundle|/b", ".", NULL},
		{"create|--|-b|/b", ".", NULL},
		{"--|create|-b|/b|id", "/b", NULL},
		{"--cgroup-manager=disabled|--root|/r|--log=/l|--log-f|json|create|-b|/b|id", "/b",
		 NULL},
		/* Both options take a value. It does not matter which of them this is. */
		{"--roo|create|run|-b/b|id", "/b", NULL},
		{"create|--pid-file|--bundle|-b|/b|id", "/b", NULL},
		{"restore|--network-lock|skip|-b/b|id", "/b", NULL},
	};

	expect_rows(GRAMMAR_CRUN, rows, ARRAY_SIZE(rows));
}

Test(commandline, crun_others)
{
	static const struct row rows[] = {
		{"--version", NULL, NULL},	{"-V", NULL, NULL},
		{"-?|create", NULL, NULL},	{"state|id", NULL, NULL},
		{"--unknown|list", NULL, NULL}, {"create|--usage", NULL, NULL},
		{"run|-d?|id", NULL, NULL},	{"exec|-db/b|id|run", NULL, NULL},
		{"create|--he", NULL, NULL},
	};

	expect_rows(GRAMMAR_CRUN, rows, ARRAY_SIZE(rows));
}

Test(commandline, crun_refuses)
{
	static const char *const rows[][2] = {
		{"create|--unknown|id", "argument '--unknown': not known"},
		{"create|-bundle=/b|-x|id", "argument '-x': not known"},
		{"run|-dxb|/b|id", "argument '-dxb': not known"},
		{"create|--co=/b|id", "argument '--co=/b': not known"},
		{"create|--detach|id", "argument '--detach': not known"},
		{"create|-d|id", "argument '-d': not known"},
		{"create|-b", "argument '-b': needs a value"},
		{"run|-db", "argument '-db': needs a value"},
		{"create|--bundle", "argument '--bundle': needs a value"},
		{"create|--no-pivot=1|id", "argument '--no-pivot=1': takes no value"},
		{"--lo|/l|create|id", "argument '--lo': not known"},
		{"--unknown|create|id", "argument '--unknown': not known"},
		{"-xV|run|id", "argument '-xV': not known"},
	};

	expect_refused(GRAMMAR_CRUN, rows, ARRAY_SIZE(rows));
}

Test(commandline, log)
{
	static const struct {
		enum grammar grammar;
		const char *line, *log;
		bool is_json;
	} rows[] = {
		{GRAMMAR_RUNC, "create|id", NULL, false},
		{GRAMMAR_RUNC, "--log|/l|create|id", "/l", false},
		{GRAMMAR_RUNC, "-log=/l|--log-format=json|create|id", "/l", true},
		{GRAMMAR_RUNC, "--log-format|text|--log|/l|state", "/l", false},
		{GRAMMAR_RUNC, "--log|/l|--unknown|create|id", "/l", false},
		{GRAMMAR_RUNC, "create|--log|/l|id", NULL, false},
		{GRAMMAR_CRUN, "--log=file:/l|--log-fo=json|create|id", "file:/l", true},
		{GRAMMAR_CRUN, "--log|/l|run|id", "/l", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct line line = split(rows[i].line);
		struct globals globals;

		commandline_globals(rows[i].grammar, line.argc, line.argv, &globals);
		if (rows[i].log)
			expect_text(rows[i].line, globals.log, rows[i].log);
		else
			expect_null(rows[i].line, globals.log);
		expect_number(rows[i].line, globals.log_is_json, rows[i].is_json);
		free(line.text);
	}
}

Test(commandline, empty_argv)
{
	char *argv[] = {NULL};
	struct globals globals;
	struct creation creation;
	struct error error = UNSET_ERROR;

	commandline_globals(GRAMMAR_RUNC, 0, argv, &globals);
	expect_success("", commandline_creation(GRAMMAR_RUNC, 0, argv, &globals, &error, &creation),
		       &error);
	cr_expect(!creation.is_creation);
}
