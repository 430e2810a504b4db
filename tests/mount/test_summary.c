/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of the system log: text from a container, its image or its author cannot forge a field.
 */
#include "hook/summary.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"
#include "forged.h"

static struct outcome outcome;
static struct bundle bundle;
static struct summary summary = {.outcome = &outcome, .bundle = &bundle, .microseconds = 12345};

static void add_tmpfs(const char *path)
{
	struct outcome_tmpfs *tmpfs = &outcome.tmpfs[outcome.count++];

	snprintf(tmpfs->path, sizeof(tmpfs->path), "%s", path);
	tmpfs->filled.seed = SEED_COPY;
	tmpfs->size = 4096;
	tmpfs->filled.result = (struct seed_result){
		.files = 1, .bytes = 2, .lost_xattrs = 3, .lost_owners = 4, .lost_nodes = 5};
}

/* How many fields of the line begin with the key, as awk would split it. */
static unsigned count_key(const char *line, const char *key)
{
	unsigned count = 0;

	for (const char *field = line; field; field = strchr(field, ' ')) {
		field += *field == ' ';
		count += !strncmp(field, key, strlen(key)) && field[strlen(key)] == '=';
	}
	return count;
}

Test(summary, line)
{
	char text[SUMMARY_MAX];

	outcome.root_readonly = true;
	outcome.charge.is_charged = true;
	add_tmpfs("/etc");
	summary_write(&summary, text);
	cr_expect_str_eq(
		text,
		"root=ro charged=yes ms=12.3 path=/etc seed=copy size=4096 files=1 bytes=2 lost_xattrs=3 "
		"lost_owners=4 lost_nodes=5");
}

/* Nothing was done or measured. */
Test(summary, audit)
{
	char text[SUMMARY_MAX];

	outcome.root_readonly = true;
	outcome.is_audit = true;
	add_tmpfs("/etc");
	summary_write(&summary, text);
	cr_expect_str_eq(text, "root=ro ms=12.3 path=/etc seed=copy size=4096");
}

Test(summary, auto_seed)
{
	char text[SUMMARY_MAX];

	add_tmpfs("/etc");
	outcome.tmpfs[0].filled.seed = SEED_OVERLAY;
	outcome.tmpfs[0].filled.reason = SEED_FILES;
	summary_write(&summary, text);
	cr_expect(strstr(text, " path=/etc seed=overlay auto=files size=4096 files=1 "), "%s",
		  text);
}

Test(summary, already)
{
	char text[SUMMARY_MAX];

	outcome.already = true;
	summary.microseconds = 900;
	summary_write(&summary, text);
	cr_expect_str_eq(text, "root=unchanged already=yes ms=0.9");
}

Test(summary, forged)
{
	for (size_t i = 0; i < ARRAY_SIZE(forged_values); i++) {
		char text[SUMMARY_MAX], escaped[SUMMARY_MAX];

		outcome.count = 0;
		outcome.charge.err = EACCES;
		outcome.root_readonly = true;
		bundle.create_container_hook = forged_values[i];
		add_tmpfs(forged_values[i]);
		summary_write(&summary, text);
		for (const char *const *key =
			     (const char *const[]){"root", "charged", "createContainer", "path",
						   "seed", NULL};
		     *key; key++)
			cr_expect(count_key(text, *key) == 1, "%s in '%s'", *key, text);
		cr_expect(strstr(text, " charged=EACCES "), "%s", text);
		cr_expect(!strpbrk(text, "\n\t\"\x1b\xff"), "%s", text);
		/* The log escapes the whole line again, which changes nothing. */
		text_escape(text, escaped, sizeof(escaped));
		cr_expect_str_eq(escaped, text);
	}
}

Test(summary, no_hook_if_the_root_is_writable)
{
	char text[SUMMARY_MAX];

	bundle.create_container_hook = "/x";
	summary_write(&summary, text);
	cr_expect(!strstr(text, "createContainer"), "the root is not read-only");
}

/* Names of any length leave room for the paths and the count. */
Test(summary, too_long)
{
	static char name[100000];
	char text[SUMMARY_MAX];
	char path[256];

	memset(name, '\n', sizeof(name) - 1);
	memset(path, '\n', sizeof(path) - 1);
	path[255] = '\0';
	bundle.create_container_hook = name;
	outcome.root_readonly = true;
	for (int i = 0; i < 4; i++)
		add_tmpfs(path);
	summary_write(&summary, text);
	cr_expect(count_key(text, "path") >= 3, "%s", text);
	cr_expect(count_key(text, "path") + (strstr(text, " more=1") ? 1 : 0) == 4, "%s", text);
}

Test(summary, too_many)
{
	char text[SUMMARY_MAX];
	unsigned more = 0;

	for (unsigned i = 0; i < OUTCOME_TMPFS_MAX; i++)
		add_tmpfs("/some/path/that/is/not/short");
	summary_write(&summary, text);
	cr_expect(strlen(text) < SUMMARY_MAX);
	cr_assert(strstr(text, " more=") && sscanf(strstr(text, " more="), " more=%u", &more) == 1,
		  "%s", text);
	cr_expect(more + count_key(text, "path") == OUTCOME_TMPFS_MAX);
}

Test(summary, clock_goes_forward)
{
	uint64_t before = summary_clock();

	cr_expect(before && summary_clock() >= before);
}
