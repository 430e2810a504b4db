/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of the system log: what comes from an image can't forge a key of it. */
#include "linux/summary.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct outcome outcome;
static struct bundle bundle;

static void add_tmpfs(const char *path)
{
	struct outcome_tmpfs *tmpfs = &outcome.tmpfs[outcome.count++];

	snprintf(tmpfs->path, sizeof(tmpfs->path), "%s", path);
	tmpfs->seed = SEED_COPY;
	tmpfs->size = 4096;
	tmpfs->result = (struct seed_result){
		.files = 1, .bytes = 2, .lost_xattrs = 3, .lost_owners = 4, .lost_nodes = 5};
}

Test(summary, line)
{
	char text[SUMMARY_MAX];

	outcome.root_readonly = true;
	outcome.is_charged = true;
	add_tmpfs("/etc");
	summary_write(&outcome, &bundle, text);
	cr_expect_str_eq(
		text,
		"root=ro charged=yes path=\"/etc\" seed=copy size=4096 files=1 bytes=2 lost_xattrs=3 "
		"lost_owners=4 lost_nodes=5");
}

Test(summary, forged)
{
	char text[SUMMARY_MAX];

	outcome.charge_error = EACCES;
	bundle.create_container_hook = "/x";
	add_tmpfs("/a\" seed=none \\");
	summary_write(&outcome, &bundle, text);
	cr_expect(strstr(text,
			 "root=unchanged charged=EACCES path=\"/a\\\" seed=none \\\\\" seed=copy"),
		  "%s", text);
	cr_expect(!strstr(text, "createContainer"), "the root is not read-only");
}

Test(summary, too_many)
{
	char text[SUMMARY_MAX];
	unsigned more = 0;
	unsigned shown = 0;

	for (unsigned i = 0; i < OUTCOME_TMPFS_MAX; i++)
		add_tmpfs("/some/path/that/is/not/short");
	summary_write(&outcome, &bundle, text);
	cr_expect(strlen(text) < SUMMARY_MAX);
	for (const char *at = text; (at = strstr(at, " path=")); at++)
		shown++;
	cr_assert(strstr(text, " more=") && sscanf(strstr(text, " more="), " more=%u", &more) == 1,
		  "%s", text);
	cr_expect(more + shown == OUTCOME_TMPFS_MAX);
}
