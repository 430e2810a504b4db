/* SPDX-License-Identifier: GPL-2.0-or-later */
/* If memory runs out, the core and oci-readonly-runc refuse the container and say so, whichever
 * allocation it is. */
#include <fcntl.h>
#include <sys/stat.h>

#include "core/options.h"
#include "core/state.h"
#include "expect.h"
#include "failing_memory.h"
#include "linux/input.h"
#include "runtime/configfile.h"
#include "runtime/edit.h"
#include "runtime/hookfile.h"

static void expect_memory(const char *what, int r, const struct error *error)
{
	cr_expect(r == 0 || (r < 0 && (strstr(error->text, "out of memory") ||
				       strstr(error->text, "ENOMEM"))),
		  "%s: allocation %zu%s: %d: %s", what, failing.nth,
		  failing.is_lasting ? " and later" : "", r, r < 0 ? error->text : "");
}

static void parse_options(void *data)
{
	static const char *const argv[] = {
		"hook",		 "--allow=/run/**",	 "--deny=/etc/**",
		"--forbid=exec", "--tmpfs=/tmp:size=1m", "--exempt=a=b",
		"--seed-tmpfs",	 "--max-size=1g"};
	AUTO_OPTIONS options = {0};
	struct error error = UNSET_ERROR;
	int r;

	failing.is_on = true;
	r = options_parse(ARRAY_SIZE(argv), argv, &error, &options);
	failing.is_on = false;
	expect_memory("options", r, &error);
	cr_expect(r < 0 || (options.allow.count == 1 && options.deny.count == 1 &&
			    options.forbid.count == 1 && options.defaults.count == 1 &&
			    options.exemptions_count == 1));
	(void)data;
}

Test(memory, options)
{
	fail_each_allocation("options", parse_options, NULL);
}

static void parse_state(void *data)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0\",\"id\":\"a\",\"pid\":5,\"bundle\":\"/b\","
		"\"status\":\"creating\",\"annotations\":{\"k\":\"v\"}}";
	AUTO_STATE state = {0};
	char id[STATE_ID_MAX + 1];
	struct error error = UNSET_ERROR;
	int r;

	failing.is_on = true;
	r = state_parse(text, strlen(text), &error, id, &state);
	failing.is_on = false;
	expect_memory("state", r, &error);
	cr_expect(r < 0 || state.annotations.count == 1);
	(void)data;
}

Test(memory, state)
{
	fail_each_allocation("state", parse_state, NULL);
}

/* --- oci-readonly-runc --- */

#define HOOK "{\"path\":\"/bin/sh\",\"args\":[\"sh\"]}"

static char top[] = "/var/tmp/orh-memory.XXXXXX";

static void write_file(const char *path, const char *text)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", path);
}

static void begin(void)
{
	need_failing_memory();
	cr_assert(mkdtemp(top) && chdir(top) == 0, "no directory of the test's own");
	write_file(HOOK_FILE,
		   "{\"version\":\"1.0.0\",\"hook\":" HOOK ",\"stages\":[\"prestart\"]}");
}

static void end(void)
{
	char command[sizeof(top) + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	cr_expect(system(command) == 0);
}

/* What oci-readonly-runc does before it executes the runtime. */
static int add_hook(const char *config, struct error *error)
{
	static const char *const directories[] = {"."};
	AUTO_HOOKFILE hookfile = {0};
	AUTO_CONFIGFILE file = CONFIGFILE_NONE;
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	r = hookfile_load(directories, 1, error, &hookfile);
	if (r == 0)
		r = configfile_open(".", config, error, &file);
	if (r == 0)
		r = edit_add_hook(file.text, file.length, &hookfile.hook, error, &text, &length);
	return r == 0 && text ? configfile_replace(&file, text, length, error) : r;
}

/* The bundle either has the hook, or is unchanged and refused. */
static void edit_bundle(void *data)
{
	static const char before[] = "{\"root\":{\"path\":\"r\"}}";
	static const char after[] =
		"{\"hooks\":{\"createRuntime\":[" HOOK "]},\"root\":{\"path\":\"r\"}}";
	AUTO_FREE char *text = NULL;
	struct error error = UNSET_ERROR;
	size_t length;
	int r;

	write_file("config.json", before);
	failing.is_on = true;
	r = add_hook(data, &error);
	failing.is_on = false;
	expect_memory("bundle", r, &error);
	cr_assert(input_read_file(AT_FDCWD, "config.json", 4096, &text, &length) == 0);
	expect_text("config.json", text, r == 0 ? after : before);
}

Test(memory, bundle, .init = begin, .fini = end)
{
	static char names[][16] = {"config.json", "./config.json"};

	fail_each_allocation("bundle", edit_bundle, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fail_each_allocation(names[i], edit_bundle, names[i]);
}
