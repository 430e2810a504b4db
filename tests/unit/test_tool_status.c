/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "expect.h"
#include "tool/child.h"
#include "tool/containers.h"
#include "tool/mounts.h"
#include "tool/usage.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(status, percent)
{
	static const struct {
		uint64_t part;
		uint64_t whole;
		unsigned percent;
	} rows[] = {
		{0, 0, 0},
		{1, 0, 0},
		{0, 10, 0},
		{1, 1000, 1}, /* not empty */
		{899, 1000, 90},
		{89, 100, 89},
		{90, 100, 90},
		{9999, 10000, 100},
		{1, 1, 100},
		{2, 1, 100},
		{UINT64_MAX - 1, UINT64_MAX, 100},
		{UINT64_MAX / 2, UINT64_MAX, 50},
		{UINT64_MAX / 100, UINT64_MAX / 100 + 1, 100},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number("percent", usage_percent(rows[i].part, rows[i].whole),
			      rows[i].percent);
}

Test(status, id)
{
	static const struct {
		const char *text;
		const char *id;
	} rows[] = {
		{"", NULL},
		{"0::/user.slice", NULL},
		{"0::/machine.slice/libpod-" ID ".scope\n", ID},
		{"0::/docker/" ID, ID},
		{ID, ID},
		{"12:pids:/a\n11:x:/crio-" ID ".scope/x", ID},
		{"0::/" ID "0", NULL}, /* one digit too many */
		{"0::/0" ID, NULL},
		{"0::/G" ID, ID},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[CONTAINER_ID_LENGTH + 1] = "";
		bool found = containers_id_in(rows[i].text, id);

		expect_number(rows[i].text, found, rows[i].id != NULL);
		expect_text(rows[i].text, id, rows[i].id ? rows[i].id : "");
	}
}

static const char host_table[] = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
				 "2 1 0:20 / /run rw - tmpfs tmpfs rw\n"
				 "3 1 0:21 / /srv/copy rw - tmpfs oci-readonly-hook rw\n";

/* How a container's mounts are classified: "h" for the hook's, "o" for others that are shown, "-"
 * for the rest. */
Test(status, selection)
{
	static const struct {
		const char *line;
		char kind;
	} rows[] = {
		{"10 9 0:30 / /run rw - tmpfs oci-readonly-hook rw", 'h'},
		{"10 9 0:30 / /etc rw - overlay oci-readonly-hook rw", 'h'},
		{"10 9 0:30 / /dev/x rw - tmpfs oci-readonly-hook rw", 'h'},
		{"10 9 0:30 / /run rw - tmpfs tmpfs rw", 'o'},
		/* Its name proves nothing: a bind mount, a mount of the host, and another type. */
		{"10 9 0:30 /sub /run rw - tmpfs oci-readonly-hook rw", '-'},
		{"10 9 0:21 / /run rw - tmpfs oci-readonly-hook rw", '-'},
		{"10 9 0:30 / /run rw - fuse.sshfs oci-readonly-hook rw", '-'},
		{"10 9 0:30 / /run rw - fuse oci-readonly-hook rw", '-'},
		{"10 9 0:30 / /run rw - overlay overlay rw", '-'},
		{"10 9 0:20 / /host/run rw - tmpfs tmpfs rw", '-'},
		{"10 9 0:30 /hosts /etc/hosts rw - tmpfs tmpfs rw", '-'},
		{"10 9 0:30 / /dev rw - tmpfs tmpfs rw", '-'},
		{"10 9 0:30 / /dev/shm rw - tmpfs shm rw", '-'},
		{"10 9 0:30 / /proc/acpi ro - tmpfs tmpfs ro", '-'},
		{"10 9 0:30 / /sys/firmware ro - tmpfs tmpfs ro", '-'},
		{"10 9 0:30 / /device rw - tmpfs tmpfs rw", 'o'},
		{"10 9 0:30 / / rw - tmpfs tmpfs rw", '-'},
		{"10 9 0:30 / /data rw - ext4 /dev/sdb rw", '-'},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_CONTAINERS containers = {.proc = -EBADF};
		struct found_container container = {.process = -EBADF};
		AUTO_FREE struct usage *usages = NULL;
		struct error error = UNSET_ERROR;
		size_t count = 0;
		char kind = '-';

		expect_success(
			"host",
			mounts_parse(host_table, strlen(host_table), &error, &containers.host),
			&error);
		expect_success(
			rows[i].line,
			mounts_parse(rows[i].line, strlen(rows[i].line), &error, &container.mounts),
			&error);
		expect_success(rows[i].line,
			       usage_select(&containers, &container, &error, &usages, &count),
			       &error);
		if (count)
			kind = usages[0].is_hooks ? 'h' : 'o';
		cr_expect(kind == rows[i].kind, "'%s': '%c' instead of '%c'", rows[i].line, kind,
			  rows[i].kind);
		mounts_done(&container.mounts);
	}
}

Test(status, mount_table)
{
	static const char table[] = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
				    "9 1 0:5 / / rw,relatime - overlay overlay rw,lowerdir=/l\n"
				    "10 9 0:6 /a\\040b /c\\040d ro - tmpfs none rw\n"
				    "11 9 0:7 / /e rw - ext4 /dev/x ro,errors=continue\n";
	static const char *const wrong[] = {"", "nonsense\n", "1 0 8:1 / /\n",
					    "/dev/a / ext4 rw\n"};
	struct error error = UNSET_ERROR;
	AUTO_MOUNTS mounts = {0};

	expect_success("table", mounts_parse(table, strlen(table), &error, &mounts), &error);
	cr_assert(mounts.count == 4);
	expect_number("root", mounts_root(&mounts)->id, 9);
	expect_text("options", mounts.entries[1].options, "rw,lowerdir=/l");
	expect_text("root", mounts.entries[2].root, "/a b");
	expect_text("target", mounts.entries[2].target, "/c d");
	expect_number("writable", mounts.entries[1].is_readonly, false);
	expect_number("mount", mounts.entries[2].is_readonly, true);
	expect_number("filesystem", mounts.entries[3].is_readonly, true);
	expect_number("device", mounts_have_device(&mounts, mounts.entries[3].dev), true);
	expect_number("no device", mounts_have_device(&mounts, 12345), false);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		AUTO_MOUNTS none = {0};

		expect_error(wrong[i], mounts_parse(wrong[i], strlen(wrong[i]), &error, &none),
			     &error, STATUS_INPUT, ANYWHERE, "mount table: ");
	}
}

static int say(int out, void *data)
{
	const char *text = data;

	return write(out, text, strlen(text)) < 0 ? 9 : 3;
}

static int hang(int out, void *data)
{
	(void)out;
	(void)data;
	while (pause() < 0)
		;
	return 0;
}

/* The child exits, and leaves a process that keeps the pipe open. */
static int leave_heir(int out, void *data)
{
	if (fork() == 0)
		hang(out, data);
	return 0;
}

static int die(int out, void *data)
{
	(void)out;
	(void)data;
	raise(SIGKILL);
	return 0;
}

Test(status, child)
{
	static const struct {
		const char *name;
		int (*work)(int out, void *data);
		int milliseconds;
		size_t max;
		int result;
	} rows[] = {
		{"said", say, 60000, 5, 3},	    {"too much", say, 60000, 4, -EFBIG},
		{"hang", hang, 300, 5, -ETIMEDOUT}, {"heir", leave_heir, 300, 5, -ETIMEDOUT},
		{"died", die, 60000, 5, -ECHILD},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = NULL;
		size_t length = 0;
		char word[] = "hello";
		int r = child_run(rows[i].work, word, rows[i].milliseconds, rows[i].max, &text,
				  &length);

		cr_expect(r == rows[i].result, "%s: %d instead of %d", rows[i].name, r,
			  rows[i].result);
		if (r >= 0) {
			expect_text(rows[i].name, text, "hello");
			expect_number(rows[i].name, length, 5);
		}
	}
}
