/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/mounttab.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/tmpfs_entry.h"
#include "expect.h"
#include "memory_limit.h"

static int parse(const char *text, struct error *error, struct mounttab *table)
{
	return mounttab_parse(text, strlen(text), error, table);
}

Test(mounttab, fields)
{
	static const char text[] =
		"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,discard\n"
		"113 22 0:43 / /var/lib/merged ro,nosuid,nodev,noexec,noatime,nodiratime master:1 - overlay overlay rw,lowerdir=/l\n"
		"148 113 8:1 /x/hostname /var/lib/merged/etc/host\\040name rw,nosymfollow - ext4 /dev/sda1 rw\n"
		"149 113 0:50 / /var/lib/merged/\\011\\012\\134 rw,relatime shared:7 master:3 - tmpfs oci-readonly-hook rw\n";
	AUTO_MOUNTTAB table = {0};
	struct error error;

	expect_success("table", parse(text, &error, &table), &error);
	cr_assert(table.count == 4);
	expect_number("root id", table.lines[0].id, 22);
	expect_number("root flags", table.lines[0].flags, 0);
	cr_expect(table.lines[0].is_shared);
	expect_number("parent", table.lines[1].parent, 22);
	expect_text("type", table.lines[1].fstype, "overlay");
	expect_number("all flags", table.lines[1].flags,
		      FLAG_RO | FLAG_NOSUID | FLAG_NODEV | FLAG_NOEXEC | FLAG_NOATIME |
			      FLAG_NODIRATIME);
	cr_expect(!table.lines[1].is_shared, "a slave is not shared");
	expect_text("escaped blank", table.lines[2].target, "/var/lib/merged/etc/host name");
	expect_number("strictatime is what is left unsaid", table.lines[2].flags,
		      FLAG_NOSYMFOLLOW | FLAG_STRICTATIME);
	expect_text("escaped controls", table.lines[3].target, "/var/lib/merged/\t\n\\");
	expect_text("source", table.lines[3].source, "oci-readonly-hook");
	cr_expect(table.lines[3].is_shared, "shared and slave at once is shared");
	cr_expect(table.lines[1].dev == makedev(0, 43) && table.lines[2].dev == makedev(8, 1));
	cr_expect(table.lines[1].is_whole && !table.lines[2].is_whole);
	cr_expect(!table.lines[3].is_private);
}

Test(mounttab, refused)
{
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{"", "empty"},
		{"22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\nnot a line\n", "line 2"},
		{"22 1 8:1 / /\n", "line 1"},
		{"x y z\n", "line 1"},
		{"/dev/sda1 / ext4 rw 0 0\n", "line 1"},
		{"-22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n", "line 1"},
		{"22 -1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n", "line 1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_MOUNTTAB table = {0};
		struct error error = UNSET_ERROR;

		expect_error(rows[i].text, parse(rows[i].text, &error, &table), &error,
			     STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
	}
}

Test(mounttab, nul_byte)
{
	static const char text[] = "22 1 8:1 / /\0x rw,relatime - ext4 /dev/sda1 rw\n";
	AUTO_MOUNTTAB table = {0};
	struct error error = UNSET_ERROR;

	expect_error("NUL", mounttab_parse(text, sizeof(text) - 1, &error, &table), &error,
		     STATUS_INPUT, ERROR_NO_OFFSET, "NUL");
}

Test(mounttab, find_and_covered)
{
	static const char text[] = "10 1 0:1 / /r rw,relatime - tmpfs a rw\n"
				   "11 10 0:2 / /r rw,relatime - tmpfs b rw\n"
				   "12 11 0:3 / /r/x rw,relatime - tmpfs c rw\n";
	AUTO_MOUNTTAB table = {0};
	struct error error;

	expect_success("table", parse(text, &error, &table), &error);
	cr_expect(mounttab_is_covered(&table, mounttab_find(&table, 10)));
	cr_expect(!mounttab_is_covered(&table, mounttab_find(&table, 11)),
		  "a mount below is no cover");
	expect_null("unknown", mounttab_find(&table, 13));
}

Test(mounttab, kernel_filesystems)
{
	static const char *const kernel[] = {"proc",   "sysfs",	  "cgroup",  "cgroup2",	   "devpts",
					     "mqueue", "debugfs", "tracefs", "securityfs", "bpf"};
	static const char *const others[] = {
		"tmpfs", "overlay", "ext4", "xfs", "btrfs", "fuse.fuse-overlayfs", ""};

	for (size_t i = 0; i < ARRAY_SIZE(kernel); i++)
		cr_expect(fstype_is_kernel(kernel[i]), "%s", kernel[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		cr_expect(!fstype_is_kernel(others[i]), "%s", others[i]);
}

#define LINES 2000

static enum outcome_of_limit parse_within(const char *text)
{
	struct mounttab table = {0};
	struct error error;
	int r = mounttab_parse(text, strlen(text), &error, &table);

	memory_unlimit();
	if (r < 0)
		return error.err == ENOMEM && error.status == STATUS_SYSTEM ? REFUSED : READ_WRONG;
	for (size_t i = 0; i < table.count; i++) {
		char target[32];

		snprintf(target, sizeof(target), "/mnt/a b/%zu", i);
		if (strcmp(table.lines[i].target, target) != 0 || !table.lines[i].is_shared ||
		    !table.lines[i].source || strcmp(table.lines[i].fstype, "ext4") != 0 ||
		    table.lines[i].flags != (FLAG_RO | FLAG_NOSUID))
			return READ_WRONG;
	}
	return table.count == LINES ? READ_ALL : READ_WRONG;
}

/* With any amount of memory, the result is complete or an error. */
Test(mounttab, memory)
{
	char *text = malloc(LINES * 160);
	char *at = text;

	for (unsigned i = 0; i < LINES; i++)
		at += sprintf(
			at,
			"%u 1 8:1 /a\\040b /mnt/a\\040b/%u ro,nosuid,relatime shared:%u master:%u - ext4 /dev/a\\040b rw\n",
			i + 2, i, i + 1, i + 1);
	expect_all_or_nothing("a table", 8 << 20, parse_within, text);
	free(text);
}
