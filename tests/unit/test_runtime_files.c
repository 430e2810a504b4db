/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How oci-readonly-runc handles files: config.json, the hooks file, the runtime's program, the log.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "core/bundle.h"
#include "expect.h"
#include "linux/input.h"
#include "runtime/configfile.h"
#include "runtime/hookfile.h"
#include "runtime/program.h"
#include "runtime/report.h"

/* Each test runs in a directory of its own. */
static char top[] = "/var/tmp/orh-runtime.XXXXXX";

static void begin(void)
{
	cr_assert(mkdtemp(top), "no directory of the test's own");
	cr_assert(chdir(top) == 0);
}

static void end(void)
{
	char command[sizeof(top) + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	cr_expect(system(command) == 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", path);
	cr_assert(fchmod(fd, mode) == 0, "%s", path);
}

static void expect_file(const char *path, const char *wanted)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	cr_expect(input_read_file(AT_FDCWD, path, 1 << 20, &text, &length) == 0, "%s", path);
	expect_text(path, text, wanted);
}

/* Counts the entries of the directory. */
static size_t count_entries(const char *path)
{
	char command[256];
	FILE *pipe;
	unsigned count = 0;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", path);
	pipe = popen(command, "r");
	cr_assert(pipe && fscanf(pipe, "%u", &count) == 1);
	pclose(pipe);
	return count;
}

static int replace(const char *bundle, const char *config, const char *text, struct error *error)
{
	AUTO_CONFIGFILE file = CONFIGFILE_NONE;
	int r;

	*error = UNSET_ERROR;
	r = configfile_open(bundle, config, error, &file);
	return r < 0 ? r : configfile_replace(&file, text, strlen(text), error);
}

Test(configfile, is_replaced_with_its_mode_and_owner, .init = begin, .fini = end)
{
	bool is_root = geteuid() == 0;
	struct stat before, after;
	struct error error;

	mkdir("b", 0755);
	write_file("b/config.json", "{}", 0640);
	cr_assert(!is_root || chown("b/config.json", 12, 34) == 0);
	cr_assert(chmod("b/config.json", 04640) == 0);
	cr_assert(stat("b/config.json", &before) == 0);
	expect_success("b", replace("b", NULL, "{\"a\":1}", &error), &error);
	cr_assert(stat("b/config.json", &after) == 0);
	expect_file("b/config.json", "{\"a\":1}");
	cr_expect(after.st_mode == before.st_mode && after.st_uid == before.st_uid &&
		  after.st_gid == before.st_gid);
	cr_expect(after.st_ino != before.st_ino, "it was written to in place");
	expect_number("b", count_entries("b"), 1);
}

Test(configfile, is_found_by_another_name, .init = begin, .fini = end)
{
	struct error error;

	mkdir("b", 0755);
	mkdir("c", 0755);
	write_file("other", "{}", 0600);
	write_file("c/other", "{}", 0600);
	expect_success("other", replace("b", "other", "{\"a\":1}", &error), &error);
	expect_success("c/other", replace("b", "c/other", "{\"a\":2}", &error), &error);
	expect_file("other", "{\"a\":1}");
	expect_file("c/other", "{\"a\":2}");
	expect_number("b", count_entries("b"), 0);
	expect_error("", replace("b", "c/", "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "c/: cannot be read");
}

/* Without SELinux, any privileged process may write this attribute. */
Test(configfile, keeps_its_label, .init = begin, .fini = end)
{
	static const char label[] = "system_u:object_r:container_var_lib_t:s0";
	char found[128] = "";
	struct error error;

	mkdir("b", 0755);
	write_file("b/config.json", "{}", 0644);
	if (setxattr("b/config.json", "security.selinux", label, sizeof(label), 0) < 0)
		cr_skip_test("no label can be set here");
	expect_success("b", replace("b", NULL, "{\"a\":1}", &error), &error);
	cr_expect(getxattr("b/config.json", "security.selinux", found, sizeof(found)) ==
		  sizeof(label));
	expect_text("label", found, label);
}

Test(configfile, refuses, .init = begin, .fini = end)
{
	struct error error;

	expect_error("", replace("none", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "bundle none: cannot be opened: ENOENT");
	mkdir("b", 0755);
	expect_error("", replace("b", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "b/config.json: cannot be read: ENOENT");
	write_file("file", "{}", 0644);
	expect_error("", replace("file", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "bundle file: cannot be opened: ENOTDIR");
	cr_assert(symlink("../file", "b/config.json") == 0);
	expect_error("", replace("b", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "b/config.json: is a symlink");
	expect_error("", replace("b", "/dev/fd/0", "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "/dev/fd/0: is a symlink");
	cr_assert(unlink("b/config.json") == 0 && mkfifo("b/config.json", 0644) == 0);
	expect_error("", replace("b", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "b/config.json: cannot be read: EINVAL");
	cr_assert(unlink("b/config.json") == 0);
	write_file("b/config.json", "", 0644);
	cr_assert(truncate("b/config.json", CONFIG_LENGTH_MAX + 1) == 0);
	expect_error("", replace("b", NULL, "{}", &error), &error, STATUS_INPUT, ANYWHERE,
		     "b/config.json: more than 16777216 bytes: EFBIG");
}

Test(configfile, is_unchanged_if_it_cannot_be_replaced, .init = begin, .fini = end)
{
	AUTO_CONFIGFILE file = CONFIGFILE_NONE;
	struct error error = UNSET_ERROR;

	mkdir("b", 0755);
	write_file("b/config.json", "{}", 0644);
	expect_success("b", configfile_open("b", NULL, &error, &file), &error);
	/* A directory that no file can be renamed onto. */
	cr_assert(rename("b/config.json", "old") == 0 && mkdir("b/config.json", 0755) == 0);
	expect_error("", configfile_replace(&file, "{}", 2, &error), &error, STATUS_SYSTEM,
		     ANYWHERE, "config.json: cannot be replaced: EISDIR");
	expect_number("b", count_entries("b"), 1);
	expect_file("old", "{}");
}

#define HOOKS_FILE(hook) "{\"version\":\"1.0.0\",\"hook\":" hook ",\"stages\":[\"createRuntime\"]}"

static const char *const directories[] = {"first", "second"};

static int load(struct error *error, struct hookfile *ret_file)
{
	*error = UNSET_ERROR;
	return hookfile_load(directories, ARRAY_SIZE(directories), error, ret_file);
}

static void write_hooks_file(const char *directory, const char *text)
{
	char path[64];

	mkdir(directory, 0755);
	snprintf(path, sizeof(path), "%s/" HOOK_FILE, directory);
	write_file(path, text, 0644);
}

Test(hookfile, prefers_the_first_directory, .init = begin, .fini = end)
{
	static const char *const hooks[] = {
		"{ \"path\": \"/bin/sh\", \"args\": [\"sh\", \"--enforce\"], \"env\": [\"A=b\"], \"timeout\": 7 }",
		"{\"path\":\"/bin/sh\"}"};
	struct error error;

	write_hooks_file("second", HOOKS_FILE("{\"path\":\"/bin/sh\"}"));
	for (size_t i = ARRAY_SIZE(hooks); i-- > 0;) {
		AUTO_HOOKFILE file = {0};

		if (i == 0)
			write_hooks_file(
				"first",
				HOOKS_FILE("{ \"path\": \"/bin/sh\", \"args\": [\"sh\", "
					   "\"--enforce\"], \"env\": [\"A=b\"], \"timeout\": 7 }"));
		expect_success(hooks[i], load(&error, &file), &error);
		expect_number(hooks[i], file.hook.length, strlen(hooks[i]));
		cr_expect(file.hook.text && !strncmp(file.hook.text, hooks[i], strlen(hooks[i])));
	}
}

Test(hookfile, refuses, .init = begin, .fini = end)
{
	static const char *const rows[][2] = {
		{"", "first/oci-readonly-hook.json: hooks file: empty"},
		{"{", "hooks file: not JSON"},
		{"{}", "hooks file: hook: missing"},
		{"{\"hook\":\"/bin/sh\"}", "hooks file: hook: must be an object"},
		{HOOKS_FILE("{}"), "hook: path: missing"},
		{HOOKS_FILE("{\"path\":\"sh\"}"), "hook: path: 'sh' is not an absolute path"},
		{HOOKS_FILE("{\"path\":\"/none\"}"),
		 "hook: path: /none cannot be executed: ENOENT"},
		{HOOKS_FILE("{\"path\":\"/etc/passwd\"}"),
		 "hook: path: /etc/passwd cannot be executed: EACCES"},
		{HOOKS_FILE("{\"path\":\"/tmp\"}"), "hook: path: /tmp is not a regular file"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"args\":\"a\"}"),
		 "hook: args: must be an array"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"args\":[\"a\",1]}"),
		 "hook: args[1]: must be a string"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"env\":[null]}"),
		 "hook: env[0]: must be a string"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"timeout\":\"1\"}"),
		 "hook: timeout: must be a whole number"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"timeout\":-1}"),
		 "hook: timeout: must be from 1 to"},
		{HOOKS_FILE("{\"path\":\"/bin/sh\",\"timeout\":0}"),
		 "hook: timeout: must be from 1 to"},
		{"{\"hook\":{},\"hook\":{\"path\":\"/bin/sh\"}}",
		 "hooks file: a member like 'hook'"},
	};
	struct error error;

	write_hooks_file("second", HOOKS_FILE("{\"path\":\"/bin/sh\"}"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_HOOKFILE file = {0};

		write_hooks_file("first", rows[i][0]);
		expect_error(rows[i][0], load(&error, &file), &error, STATUS_OPTIONS, ANYWHERE,
			     rows[i][1]);
	}
}

Test(hookfile, is_missing_or_unreadable, .init = begin, .fini = end)
{
	AUTO_HOOKFILE file = {0};
	struct error error;

	expect_error("", load(&error, &file), &error, STATUS_OPTIONS, ANYWHERE,
		     "hooks file: there is no oci-readonly-hook.json in second");
	mkdir("second", 0755);
	mkdir("second/" HOOK_FILE, 0755);
	expect_error("", load(&error, &file), &error, STATUS_OPTIONS, ANYWHERE,
		     "hooks file second/oci-readonly-hook.json: cannot be read: EINVAL");
	/* An unreadable file does not make the next directory count. */
	mkdir("first", 0755);
	cr_assert(symlink(HOOK_FILE, "first/" HOOK_FILE) == 0);
	expect_error("", load(&error, &file), &error, STATUS_OPTIONS, ANYWHERE,
		     "hooks file first/oci-readonly-hook.json: cannot be read: ELOOP");
	rmdir("second/" HOOK_FILE);
	write_hooks_file("second", "");
	cr_assert(unlink("first/" HOOK_FILE) == 0 &&
		  truncate("second/" HOOK_FILE, HOOK_FILE_LENGTH_MAX + 1) == 0);
	expect_error("", load(&error, &file), &error, STATUS_OPTIONS, ANYWHERE,
		     "more than 1048576 bytes: EFBIG");
}

static void write_program(const char *directory, const char *name)
{
	char path[128];

	mkdir(directory, 0755);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	write_file(path, "#!/bin/sh\n", 0755);
}

Test(program, is_never_this_program, .init = begin, .fini = end)
{
	static const char *const places[] = {"a", "b", "c", "d"};
	char path[PATH_MAX];
	struct error error = UNSET_ERROR;

	mkdir("a", 0755);
	mkdir("b", 0755);
	cr_assert(symlink("/proc/self/exe", "a/runc") == 0);
	write_file("b/runc", "no program", 0644);
	mkdir("c", 0755);
	mkdir("c/runc", 0755);
	expect_error("", program_find("runc", places, 4, &error, path), &error, STATUS_SYSTEM,
		     ANYWHERE, "runtime: there is no runc in");
	write_program("d", "runc");
	expect_success("d", program_find("runc", places, 4, &error, path), &error);
	expect_text("d", path, "d/runc");
	expect_error("", program_find("crun", places, 4, &error, path), &error, STATUS_SYSTEM,
		     ANYWHERE, "runtime: there is no crun in");
}

/* If this program is installed under the runtime's name, earlier directories contain another copy
 * of it, or a program that would execute it. */
Test(program, comes_after_this_program, .init = begin, .fini = end)
{
	char self[PATH_MAX], directory[PATH_MAX], path[PATH_MAX];
	const char *places[] = {"a", directory, "c"};
	struct error error = UNSET_ERROR;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *name;

	cr_assert(length > 0);
	self[length] = '\0';
	name = strrchr(self, '/') + 1;
	snprintf(directory, sizeof(directory), "%.*s", (int)(name - 1 - self), self);
	write_program("a", name);
	write_program("c", name);
	expect_success(name, program_find(name, places, 3, &error, path), &error);
	cr_expect(!strncmp(path, "c/", 2), "%s", path);
}

Test(program, named_by_the_user, .init = begin, .fini = end)
{
	static const char *const rows[][2] = {
		{"runc", "runtime 'runc': is not an absolute path"},
		{"", "runtime '': is not an absolute path"},
		{"/none", "runtime /none: cannot be executed: ENOENT"},
		{"/etc/passwd", "runtime /etc/passwd: cannot be executed: EACCES"},
		{"/tmp", "runtime /tmp: cannot be executed: EINVAL"},
		{"/proc/self/exe", "runtime /proc/self/exe: is this program itself"},
	};
	struct error error = UNSET_ERROR;

	expect_success("/bin/sh", program_check("/bin/sh", &error), &error);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_error(rows[i][0], program_check(rows[i][0], &error), &error, STATUS_OPTIONS,
			     ANYWHERE, rows[i][1]);
}

Test(report, lines)
{
	char line[REPORT_LINE_MAX];

	report_line("a: b", false, 1000000000, line);
	expect_text("text", line, "time=\"2001-09-09T01:46:40Z\" level=error msg=\"a: b\"\n");
	report_line("a \"b\" \\x0a", true, 1000000000, line);
	expect_text(
		"json", line,
		"{\"level\":\"error\",\"msg\":\"a \\\"b\\\" \\\\x0a\",\"time\":\"2001-09-09T01:46:40Z\"}\n");
}

/* Runs report_error(), with its standard error and this log in files. */
static void report(const char *text, const char *log, bool is_json)
{
	struct error error = {.status = STATUS_INPUT};
	AUTO_FD fd = open("stderr", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int saved = dup(STDERR_FILENO);

	snprintf(error.text, sizeof(error.text), "%s", text);
	cr_assert(fd >= 0 && saved >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	report_error(&error, log, is_json);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void expect_log(const char *path, const char *part, size_t lines)
{
	AUTO_FREE char *text = NULL;
	size_t length, count = 0;

	cr_assert(input_read_file(AT_FDCWD, path, 1 << 20, &text, &length) == 0, "%s", path);
	cr_expect(strstr(text, part), "'%s' is not in '%s'", part, text);
	for (const char *at = text; *at; at++)
		count += *at == '\n';
	expect_number(path, count, lines);
}

Test(report, errors, .init = begin, .fini = end)
{
	report("no log", NULL, true);
	expect_file("stderr", "oci-readonly-runc: no log\n");
	cr_assert(unlink("stderr") == 0);
	write_file("log", "before\n", 0600);
	report("a\nb \"c\"", "log", true);
	expect_file("stderr", "oci-readonly-runc: a\\x0ab \"c\"\n");
	expect_log(
		"log",
		"before\n{\"level\":\"error\",\"msg\":\"oci-readonly-runc: a\\\\x0ab \\\"c\\\"\",\"time\":\"2",
		2);
	report("text", "file:log", false);
	expect_log("log", "level=error msg=\"oci-readonly-runc: text\"\n", 3);
	/* A log that is standard error gets one line in all. */
	cr_assert(unlink("stderr") == 0);
	report("both", "stderr", true);
	expect_log("stderr", "{\"level\":\"error\",\"msg\":\"oci-readonly-runc: both\"", 1);
	/* A log without a reader, or whose directory is missing, does not block; standard error has
	 * the line. */
	cr_assert(unlink("stderr") == 0 && mkfifo("fifo", 0600) == 0);
	report("fifo", "fifo", true);
	report("none", "none/log", true);
	expect_file("stderr", "oci-readonly-runc: fifo\noci-readonly-runc: none\n");
}

Test(report, long_messages, .init = begin, .fini = end)
{
	AUTO_FREE char *text = repeat('\x01', ERROR_TEXT_MAX - 1);
	AUTO_FREE char *quotes = repeat('"', ERROR_TEXT_MAX - 1);

	report(text, "log", true);
	expect_log("log", "\\\\x01\",\"time\"", 1);
	report(quotes, "log", true);
	expect_log("log", "\\\"\",\"time\"", 2);
}
