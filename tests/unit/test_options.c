/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/options.h"
#include "expect.h"

#define ARGUMENTS_MAX 8

/* Arguments after argv[0]. NULL ends them. */
struct arguments {
	const char *items[ARGUMENTS_MAX + 1];
};

static int parse(const struct arguments *arguments, struct error *error,
		 struct options *ret_options)
{
	const char *argv[ARGUMENTS_MAX + 2] = {"oci-readonly-hook"};
	int argc = 1;

	while (arguments->items[argc - 1]) {
		argv[argc] = arguments->items[argc - 1];
		argc++;
	}
	*error = UNSET_ERROR;
	return options_parse(argc, argv, error, ret_options);
}

#define PARSE(options, ...)                                                                        \
	expect_success(#__VA_ARGS__,                                                               \
		       parse(&(struct arguments){{__VA_ARGS__}}, &error, &(options)), &error)

Test(options, none)
{
	AUTO_OPTIONS options = {0};
	struct error error;

	PARSE(options, NULL);
	cr_expect(!options.help && !options.version && !options.readonly && !options.enforce);
	cr_expect(!options.defaults.count && !options.allow.count && !options.deny.count);
	cr_expect(!options.forbid.count && !options.exemptions_count);
	cr_expect(!options.max_size.value && !options.max_total.value && !options.max_inodes);
	expect_number("log level", options.log_level, LEVEL_INFO);
}

Test(options, empty_argv)
{
	AUTO_OPTIONS options = {0};
	struct error error = UNSET_ERROR;

	expect_success("argc 0", options_parse(0, (const char *const[]){NULL}, &error, &options),
		       &error);
}

Test(options, flags)
{
	AUTO_OPTIONS readonly = {0}, enforce = {0}, both = {0}, audit = {0};
	AUTO_OPTIONS help = {0}, version = {0};
	struct error error;

	PARSE(readonly, "--readonly");
	cr_expect(readonly.readonly && !readonly.enforce);
	PARSE(enforce, "--enforce");
	cr_expect(enforce.readonly && enforce.enforce);
	PARSE(both, "--enforce", "--readonly");
	cr_expect(both.readonly && both.enforce);
	PARSE(audit, "--audit", "--enforce", "--seed-tmpfs");
	cr_expect(audit.audit && audit.enforce && !enforce.audit);
	cr_expect(audit.seed_tmpfs && !enforce.seed_tmpfs);
	PARSE(help, "--help");
	cr_expect(help.help && !help.version);
	PARSE(version, "--version");
	cr_expect(version.version && !version.help);
}

Test(options, values)
{
	AUTO_OPTIONS options = {0};
	struct error error;

	PARSE(options, "--tmpfs=/a:size=1g", "--tmpfs", " /b:ro ", "--max-size=50%",
	      "--max-total=2g", "--max-inodes=10k");
	expect_number("tmpfs", options.defaults.count, 2);
	expect_text("tmpfs", options.defaults.entries[0].path, "/a");
	expect_text("tmpfs", options.defaults.entries[1].text, "/b:ro");
	cr_expect(options.max_size.value == 50 && options.max_size.is_percent);
	cr_expect(options.max_total.value == 2ULL << 30 && !options.max_total.is_percent);
	expect_number("max-inodes", options.max_inodes, 10240);
}

Test(options, lists)
{
	AUTO_OPTIONS options = {0};
	struct error error;

	PARSE(options, "--allow=/var/**", "--allow", "/run/*", "--deny=/**",
	      "--forbid=exec,suid,dev,size,U,seed=overlay");
	expect_number("allow", options.allow.count, 2);
	expect_text("allow", options.allow.items[1], "/run/*");
	expect_number("deny", options.deny.count, 1);
	expect_text("deny", options.deny.items[0], "/**");
	expect_number("forbid", options.forbid.count, 6);
	expect_text("forbid", options.forbid.items[0], "exec");
	expect_text("forbid", options.forbid.items[5], "seed=overlay");
}

Test(options, exempt)
{
	AUTO_OPTIONS options = {0};
	struct error error;

	PARSE(options, "--exempt=io.kubernetes.pod.namespace=^(kube|openshift)-", "--exempt",
	      "a=b=c");
	cr_assert(options.exemptions_count == 2);
	expect_text("key", options.exemptions[0].key, "io.kubernetes.pod.namespace");
	expect_text("reason", options.exemptions[0].reason,
		    "exempt by --exempt=io.kubernetes.pod.namespace");
	cr_expect(regexec(&options.exemptions[0].regex, "kube-system", 0, NULL, 0) == 0);
	cr_expect(regexec(&options.exemptions[0].regex, "my-kube-system", 0, NULL, 0) != 0);
	expect_text("key", options.exemptions[1].key, "a");
	cr_expect(regexec(&options.exemptions[1].regex, "xb=cx", 0, NULL, 0) == 0);
}

/* More than the arrays' initial capacity. */
Test(options, many)
{
	char text[100][32];
	const char *argv[101] = {"hook"};
	AUTO_OPTIONS options = {0};
	struct error error = UNSET_ERROR;

	for (int i = 0; i < 100; i++) {
		static const char *const starts[] = {"--tmpfs=/d", "--exempt=v=v", "--allow=/d",
						     "--deny=/e"};

		snprintf(text[i], sizeof(text[i]), "%s%d", starts[i % 4], i);
		argv[i + 1] = text[i];
	}
	expect_success("many", options_parse(101, argv, &error, &options), &error);
	expect_number("tmpfs", options.defaults.count, 25);
	expect_number("exempt", options.exemptions_count, 25);
	cr_expect(regexec(&options.exemptions[0].regex, "v1", 0, NULL, 0) == 0);
	cr_expect(regexec(&options.exemptions[24].regex, "v97", 0, NULL, 0) == 0);
	expect_number("allow", options.allow.count, 25);
	expect_text("deny", options.deny.items[24], "/e99");
}

Test(options, log_level)
{
	static const struct {
		const char *argument;
		enum log_level level;
	} rows[] = {{"--log-level=error", LEVEL_ERROR},
		    {"--log-level=info", LEVEL_INFO},
		    {"--log-level=debug", LEVEL_DEBUG}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_OPTIONS options = {0};
		struct error error;

		PARSE(options, rows[i].argument);
		expect_number(rows[i].argument, options.log_level, rows[i].level);
	}
}

static const struct {
	struct arguments arguments;
	const char *part;
} refused[] = {
	/* Unknown options. */
	{{{"--x"}}, "unknown option '--x'"},
	{{{"--readonly", "--tmpsf=/a"}}, "unknown option '--tmpsf=/a'; did you mean '--tmpfs'?"},
	{{{"--read"}}, "unknown option '--read'"},
	{{{"--READONLY"}}, "did you mean '--readonly'?"},
	{{{"--max_size=1"}}, "did you mean '--max-size'?"},
	{{{"---readonly"}}, "unknown option '---readonly'"},
	{{{"--=x"}}, "unknown option '--=x'"},
	{{{"-h"}}, "unknown option '-h'"},
	{{{"-"}}, "unexpected argument '-'"},
	{{{"--"}}, "unexpected argument '--'"},
	{{{"createRuntime"}}, "unexpected argument 'createRuntime'"},
	{{{""}}, "unexpected argument ''"},
	{{{"--readonly", "yes"}}, "unexpected argument 'yes'"},
	{{{"--help", "--x"}}, "unknown option '--x'"},
	/* Values where none is allowed, missing values, and empty ones. */
	{{{"--readonly=true"}}, "--readonly: takes no value"},
	{{{"--enforce="}}, "--enforce: takes no value"},
	{{{"--help=me"}}, "--help: takes no value"},
	{{{"--tmpfs"}}, "--tmpfs: its value is missing"},
	{{{"--deny=/a", "--deny"}}, "--deny: its value is missing"},
	{{{"--tmpfs="}}, "--tmpfs: its value is empty"},
	{{{"--max-size", ""}}, "--max-size: its value is empty"},
	{{{"--allow="}}, "--allow: its value is empty"},
	{{{"--forbid="}}, "--forbid: its value is empty"},
	{{{"--exempt="}}, "--exempt: its value is empty"},
	{{{"--log-level="}}, "--log-level: its value is empty"},
	/* Twice. */
	{{{"--readonly", "--readonly"}}, "--readonly: given twice"},
	{{{"--help", "--help"}}, "--help: given twice"},
	{{{"--max-size=1m", "--max-size=1m"}}, "--max-size: given twice"},
	{{{"--max-total=1m", "--max-total", "1m"}}, "--max-total: given twice"},
	{{{"--forbid=exec", "--forbid=suid"}}, "--forbid: given twice"},
	{{{"--log-level=info", "--log-level=info"}}, "--log-level: given twice"},
	/* --tmpfs */
	{{{"--tmpfs=a"}}, "--tmpfs: entry 'a', at 1: a path must begin with '/'"},
	{{{"--tmpfs=/a:zz"}}, "--tmpfs: entry '/a:zz', at 4: zz: no such option"},
	{{{"--tmpfs=/a;/b"}}, "--tmpfs: one entry is allowed, and '/b' is a second"},
	{{{"--tmpfs=;"}}, "--tmpfs: no path is named"},
	{{{"--tmpfs", "--readonly"}}, "--tmpfs: entry '--readonly', at 1: a path must begin"},
	{{{"--tmpfs=/a", "--tmpfs=/b", "--tmpfs=/a/:ro"}},
	 "--tmpfs: entry '/a/:ro': the same path as entry '/a'"},
	/* --max-size and --max-total */
	{{{"--max-size=64x"}},
	 "--max-size: '64x' is not a valid size (a number, then k, m, g, t or %)"},
	{{{"--max-size=0"}},
	 "--max-size: '0' is out of range, which is 4096 to 9223372036854775807 bytes, or 1% to "
	 "100%"},
	{{{"--max-size=64"}}, "--max-size: '64' is less than 4096 bytes; did you mean '64m'?"},
	{{{"--max-total=4095"}}, "--max-total: '4095' is less than 4096 bytes"},
	{{{"--max-total=3k"}}, "--max-total: '3k' is out of range, which is 4096"},
	{{{"--max-total=101%"}}, "--max-total: '101%' is out of range"},
	{{{"--max-total=-1"}}, "--max-total: '-1' is not a valid size"},
	{{{"--max-total= 1"}}, "--max-total: ' 1' is not a valid size"},
	/* --max-inodes */
	{{{"--max-inodes=1%"}},
	 "--max-inodes: '1%' is not a valid number of files (a number, then k, m or g)"},
	{{{"--max-inodes=0"}}, "--max-inodes: '0' is out of range, which is 1 to 9007199254740991"},
	{{{"--max-inodes=9007199254740992"}}, "--max-inodes: '9007199254740992' is out of range"},
	{{{"--max-inodes=1", "--max-inodes=2"}}, "--max-inodes: given twice"},
	/* --allow and --deny */
	{{{"--allow=var"}}, "--allow: 'var' must begin with '/'"},
	{{{"--deny=**"}}, "--deny: '**' must begin with '/'"},
	{{{"--deny=/etc/"}}, "--deny: '/etc/' matches no path"},
	{{{"--deny=/"}}, "--deny: '/' matches no path"},
	{{{"--deny=//etc"}}, "--deny: '//etc' matches no path"},
	{{{"--deny=/a/../b"}}, "--deny: '/a/../b' matches no path"},
	{{{"--deny=/a/**/b"}}, "--deny: '/a/**/b': '**' can only be the last part"},
	{{{"--deny=/a**"}}, "--deny: '/a**': '**' can only be the last part"},
	{{{"--deny=/***"}}, "--deny: '/***': '**' can only be the last part"},
	{{{"--deny=/a\\"}}, "--deny: '/a\\' matches no path: a '\\' or a '[' is not closed"},
	{{{"--deny=/a\\/**"}}, "--deny: '/a\\/**' matches no path"},
	{{{"--deny=/a[/]b"}}, "--deny: '/a[/]b' matches no path"},
	{{{"--deny=/[a/b]"}}, "--deny: '/[a/b]' matches no path"},
	{{{"--deny=/[!]"}}, "--deny: '/[!]' matches no path"},
	{{{"--deny=/a\\\\[b-"}}, "--deny: '/a\\\\[b-' matches no path"},
	{{{"--allow=/[[:alpha:]"}}, "--allow: '/[[:alpha:]' matches no path"},
	{{{"--allow=/[a\\]"}}, "--allow: '/[a\\]' matches no path"},
	/* --forbid */
	{{{"--forbid=exce"}}, "--forbid: exce: no such option; did you mean 'exec'?"},
	{{{"--forbid=exec,,dev"}}, "--forbid: 'exec,,dev': an option is missing"},
	{{{"--forbid=exec,"}}, "--forbid: 'exec,': an option is missing"},
	{{{"--forbid=exec:dev"}}, "--forbid: exec:dev: no such option"},
	{{{"--forbid=exec, dev"}},
	 "--forbid: ' dev': blanks are not allowed before or after an option"},
	{{{"--forbid=exec ,dev"}},
	 "--forbid: 'exec ': blanks are not allowed before or after an option"},
	{{{"--forbid=mode=777"}}, "--forbid: mode=777: only every value of mode can be forbidden"},
	{{{"--forbid=seed=all"}}, "--forbid: seed=all: 'all' is not a valid seed"},
	/* --exempt */
	{{{"--exempt=key"}}, "--exempt: 'key' must be KEY=REGEX"},
	{{{"--exempt==x"}}, "--exempt: '=x' must be KEY=REGEX"},
	{{{"--exempt=key="}}, "--exempt: 'key=' must be KEY=REGEX"},
	{{{"--exempt=key=a", "--exempt=key=("}},
	 "--exempt: '(' is not a valid regular expression: "},
	{{{"--exempt=key=[z-a]"}}, "--exempt: '[z-a]' is not a valid regular expression: "},
	{{{"--log-level=warning"}}, "--log-level: 'warning' is neither error, info nor debug"},
	{{{"--log-level=Info"}}, "--log-level: 'Info' is neither error, info nor debug"},
};

Test(options, refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct options options = {.log_level = LEVEL_DEBUG, .max_size = {77, false}};
		struct error error;
		int r = parse(&refused[i].arguments, &error, &options);

		expect_error(refused[i].part, r, &error, STATUS_OPTIONS, ERROR_NO_OFFSET,
			     refused[i].part);
		expect_number(refused[i].part, options.max_size.value, 77);
	}
}

Test(options, too_many_defaults)
{
	char text[TMPFS_ENTRIES_MAX + 1][32];
	const char *argv[TMPFS_ENTRIES_MAX + 2] = {"hook"};
	AUTO_OPTIONS options = {0};
	struct error error = UNSET_ERROR;
	struct options none;

	for (int i = 0; i <= TMPFS_ENTRIES_MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "--tmpfs=/%d", i);
		argv[i + 1] = text[i];
	}
	expect_success("at", options_parse(TMPFS_ENTRIES_MAX + 1, argv, &error, &options), &error);
	expect_error("past", options_parse(TMPFS_ENTRIES_MAX + 2, argv, &error, &none), &error,
		     STATUS_OPTIONS, ERROR_NO_OFFSET, "--tmpfs: may be given 128 times");
}

Test(options, done_twice)
{
	struct options options = {0};
	struct error error;

	PARSE(options, "--exempt=a=b", "--forbid=exec", "--tmpfs=/a", "--deny=/b");
	options_done(&options);
	options_done(&options);
}

Test(options, whole_globs)
{
	static const char *const globs[] = {
		"/[]a]",  "/[!]a]", "/[^a]/[b-d]", "/[a\\]b]", "/[[:alpha:]x]",
		"/a\\\\", "/\\[a",  "/a]",	   "/\\*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(globs); i++) {
		const char *arguments[] = {"hook", "--deny", globs[i]};
		struct error error = UNSET_ERROR;
		AUTO_OPTIONS options = {0};

		expect_success(globs[i], options_parse(3, arguments, &error, &options), &error);
	}
}
