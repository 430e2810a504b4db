/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan_verify.h"
#include "expect.h"

#define ROOT	"/c/rootfs"
#define ROOT_ID 11

#define VERIFY_BEFORE                                                                              \
	"1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                   \
	"11 1 0:43 / " ROOT " rw,nodev,relatime master:1 - overlay overlay rw\n"                   \
	"15 11 8:1 /h " ROOT "/etc/hosts rw,relatime - ext4 /dev/sda1 rw\n"                        \
	"16 11 8:1 /v " ROOT "/data rw,relatime - ext4 /dev/sda1 rw\n"                             \
	"17 11 8:1 /s " ROOT "/slave rw,relatime master:2 - ext4 /dev/sda1 rw\n"                   \
	"18 17 0:8 / " ROOT "/slave/gone rw,relatime master:3 - tmpfs x rw\n"

#define V_HOST "1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
#define V_ROOT "11 1 0:43 / " ROOT " ro,nodev,relatime master:1 - overlay overlay rw\n"
#define V_ETC                                                                                      \
	"30 11 0:60 / " ROOT "/etc rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n"
#define V_HOSTS "15 30 8:1 /h " ROOT "/etc/hosts rw,relatime - ext4 /dev/sda1 rw\n"
#define V_VOL	"16 11 8:1 /v " ROOT "/data rw,relatime - ext4 /dev/sda1 rw\n"
#define V_SLAVE "17 11 8:1 /s " ROOT "/slave rw,relatime master:2 - ext4 /dev/sda1 rw\n"
#define V_DATA	V_VOL V_SLAVE

/* Verifies a plan with tmpfs number 30 and these two tables. part is in the expected message; NULL:
 * success. */
static void verify(const struct plan *plan, const char *before, const char *after, const char *part)
{
	static const struct mounted ids[] = {{.id = 30}};
	AUTO_MOUNTTAB old = {0};
	AUTO_MOUNTTAB new = {0};
	struct error error = UNSET_ERROR;
	int r;

	cr_assert(mounttab_parse(before, strlen(before), &error, &old) == 0);
	cr_assert(mounttab_parse(after, strlen(after), &error, &new) == 0);
	r = plan_verify(plan, &old, &new, ROOT_ID, ids, &error);
	if (part)
		expect_error(after, r, &error, STATUS_BUG, ANYWHERE, part);
	else
		expect_success(after, r, &error);
}

Test(plan_verify, cases)
{
	static const struct {
		const char *after;
		const char *part; /* NULL: as planned */
	} cases[] = {
		{V_HOST V_ROOT V_ETC V_HOSTS V_DATA, NULL},
		/* Mounts of the host below a slave do not matter, but the slave itself does. */
		{V_HOST V_ROOT V_ETC V_HOSTS V_DATA
		 "50 17 0:9 / " ROOT "/slave/new rw,relatime master:4 - tmpfs x rw\n",
		 NULL},
		{V_HOST V_ROOT V_ETC V_HOSTS V_VOL, "/slave: its mount is gone"},
		/* Other mounts of the namespace come and go. */
		{V_ROOT V_ETC V_HOSTS V_DATA "40 1 0:9 / /mnt rw,relatime - tmpfs x rw\n", NULL},
		{V_HOST V_ROOT V_HOSTS V_DATA, "/etc: its tmpfs is not in the mount table"},
		{V_HOST V_ROOT
		 "30 11 0:60 / " ROOT
		 "/opt rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n" V_HOSTS
			 V_DATA,
		 "/etc: its tmpfs is mounted somewhere else"},
		{V_HOST V_ROOT
		 "30 16 0:60 / " ROOT
		 "/etc rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n" V_HOSTS
			 V_DATA,
		 "/etc: its tmpfs is mounted somewhere else"},
		{V_HOST V_ROOT
		 "30 11 0:60 / " ROOT
		 "/etc rw,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n" V_HOSTS V_DATA,
		 "other flags"},
		{V_HOST V_ROOT
		 "30 11 0:60 / " ROOT
		 "/etc rw,nosuid,nodev,noexec,relatime shared:5 - tmpfs oci-readonly-hook rw\n" V_HOSTS
			 V_DATA,
		 "shared"},
		{V_HOST V_ROOT
		 "30 11 0:60 / " ROOT
		 "/etc rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw\n" V_HOSTS V_DATA,
		 "type or source"},
		{V_HOST V_ROOT
		 "30 11 0:60 / " ROOT
		 "/etc rw,nosuid,nodev,noexec,relatime - ramfs oci-readonly-hook rw\n" V_HOSTS
			 V_DATA,
		 "type or source"},
		{V_HOST V_ROOT V_ETC V_HOSTS V_DATA "41 30 0:9 / " ROOT
						    "/etc rw,relatime - tmpfs x rw\n",
		 "something is mounted over"},
		{V_HOST V_ROOT V_ETC V_HOSTS V_DATA "41 16 0:9 / " ROOT
						    "/data/x rw,relatime - tmpfs x rw\n",
		 "not asked for"},
		{V_HOST V_ROOT V_ETC V_DATA, "/etc/hosts: its mount is gone"},
		{V_HOST V_ROOT V_ETC "15 11 8:1 /h " ROOT
				     "/etc/hosts rw,relatime - ext4 /dev/sda1 rw\n" V_DATA,
		 "/etc/hosts: its mount is somewhere else"},
		{V_HOST V_ROOT V_ETC "15 30 8:1 /h " ROOT
				     "/etc/hosts ro,relatime - ext4 /dev/sda1 rw\n" V_DATA,
		 "/etc/hosts: its flags changed"},
		{V_HOST "11 1 0:43 / " ROOT
			" rw,nodev,relatime master:1 - overlay overlay rw\n" V_ETC V_HOSTS V_DATA,
		 "the root has other flags"},
		{V_HOST "11 1 0:43 / " ROOT
			" ro,relatime master:1 - overlay overlay rw\n" V_ETC V_HOSTS V_DATA,
		 "the root has other flags"},
	};
	struct tmpfs_entry entry = {
		.path = (char *)"/etc", .flags = FLAGS_DEFAULT, .seed = SEED_COPY};
	struct planned_tmpfs tmpfs = {.entry = &entry,
				      .path = (char *)"/etc",
				      .inside = PLAN_NOWHERE,
				      .mount_id = ROOT_ID};
	struct planned_move move = {.id = 15, .path = (char *)"/etc/hosts", .onto = 0};
	const struct plan plan = {.root_readonly = true,
				  .tmpfs = &tmpfs,
				  .tmpfs_count = 1,
				  .moves = &move,
				  .moves_count = 1};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		verify(&plan, VERIFY_BEFORE, cases[i].after, cases[i].part);
}

#define B_VOLUME                                                                                   \
	"1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                   \
	"11 1 0:43 / " ROOT " rw,relatime - overlay overlay rw\n"                                  \
	"16 11 8:1 /v " ROOT "/data rw,relatime - ext4 /dev/sda1 rw\n"
#define B_TMPFS                                                                                    \
	"30 16 0:60 / " ROOT                                                                       \
	"/data/app rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n"
#define B_BELOW(PARENT, PATH)                                                                      \
	"19 " PARENT " 8:1 /c " ROOT "/data/" PATH " ro,relatime - ext4 /dev/sda1 rw\n"

/* Mounts on a volume, while somebody renames its directories; and mounts that are hidden. */
Test(plan_verify, shared_volume)
{
	static const struct {
		const char *before, *after;
		const char *part; /* NULL: as planned */
	} cases[] = {
		{B_VOLUME B_BELOW("16", "app2/config"),
		 B_VOLUME B_TMPFS B_BELOW("16", "app/config"), "its mount is somewhere else"},
		/* It was renamed while its path was resolved, and back when the table was read. */
		{B_VOLUME B_BELOW("16", "app/config"), B_VOLUME B_TMPFS B_BELOW("16", "app/config"),
		 "a tmpfs hides its mount"},
		{B_VOLUME B_BELOW("16", "app/config"),
		 B_VOLUME B_TMPFS B_BELOW("16", "app2/config"), "its mount is somewhere else"},
		{B_VOLUME B_BELOW("16", "other"), B_VOLUME B_TMPFS B_BELOW("16", "other"), NULL},
		{B_VOLUME B_BELOW("16", "apple"), B_VOLUME B_TMPFS B_BELOW("16", "apple"), NULL},
		/* It was not visible before. */
		{B_VOLUME B_BELOW("16", "app/config//deleted"),
		 B_VOLUME B_TMPFS B_BELOW("16", "app/config//deleted"), NULL},
		{B_VOLUME B_BELOW("16", "app/config") "20 19 0:9 / " ROOT
						      "/data/app/config rw - tmpfs x rw\n",
		 B_VOLUME B_TMPFS B_BELOW("16", "app/config") "20 19 0:9 / " ROOT
							      "/data/app/config rw - tmpfs x rw\n",
		 NULL},
	};
	struct tmpfs_entry entry = {
		.path = (char *)"/data/app", .flags = FLAGS_DEFAULT, .seed = SEED_COPY};
	struct planned_tmpfs tmpfs = {.entry = &entry,
				      .path = (char *)"/data/app",
				      .inside = PLAN_NOWHERE,
				      .mount_id = 16};
	const struct plan plan = {.tmpfs = &tmpfs, .tmpfs_count = 1};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		verify(&plan, cases[i].before, cases[i].after, cases[i].part);
}

#define S_VOLUME                                                                                   \
	"1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                   \
	"11 1 0:43 / " ROOT " rw,relatime - overlay overlay rw\n"                                  \
	"16 11 8:1 /v " ROOT "/data rw,relatime master:2 - ext4 /dev/sda1 rw\n"
#define S_MOVED(FLAGS)                                                                             \
	"19 30 8:1 /c " ROOT "/data/app/config " FLAGS ",relatime - ext4 /dev/sda1 rw\n"

/* A mount that should have been moved off a slave. */
Test(plan_verify, move_off_a_slave)
{
	static const struct {
		const char *after;
		const char *part; /* NULL: as planned */
	} cases[] = {
		{S_VOLUME B_TMPFS S_MOVED("ro"), NULL},
		{S_VOLUME B_TMPFS, "its mount is gone"},
		{S_VOLUME B_TMPFS B_BELOW("16", "app/config"), "its mount is somewhere else"},
		{S_VOLUME B_TMPFS S_MOVED("rw"), "its flags changed"},
	};
	struct tmpfs_entry entry = {
		.path = (char *)"/data/app", .flags = FLAGS_DEFAULT, .seed = SEED_COPY};
	struct planned_tmpfs tmpfs = {.entry = &entry,
				      .path = (char *)"/data/app",
				      .inside = PLAN_NOWHERE,
				      .mount_id = 16};
	struct planned_move move = {.id = 19, .path = (char *)"/data/app/config", .onto = 0};
	const struct plan plan = {
		.tmpfs = &tmpfs, .tmpfs_count = 1, .moves = &move, .moves_count = 1};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		verify(&plan, S_VOLUME B_BELOW("16", "app/config"), cases[i].after, cases[i].part);
}

#define L_START                                                                                    \
	"11 1 0:43 / " ROOT " rw,relatime - overlay overlay rw\n"                                  \
	"12 11 0:5 / " ROOT "/ab rw,relatime - tmpfs x rw\n"                                       \
	"13 11 0:4 / " ROOT "/proc rw,relatime - proc proc rw\n"

/* The shortest name, and longer ones that begin with it. */
Test(plan_verify, path_of_one_letter)
{
	struct tmpfs_entry entry = {
		.path = (char *)"/a", .flags = FLAGS_DEFAULT, .seed = SEED_COPY};
	struct planned_tmpfs tmpfs = {
		.entry = &entry, .path = (char *)"/a", .inside = PLAN_NOWHERE, .mount_id = ROOT_ID};
	const struct plan plan = {.tmpfs = &tmpfs, .tmpfs_count = 1};

	verify(&plan, L_START,
	       L_START "30 11 0:60 / " ROOT
		       "/a rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n",
	       NULL);
}

#define F_START                                                                                    \
	"11 1 0:43 / " ROOT " rw,relatime - overlay overlay rw\n"                                  \
	"13 11 0:4 / " ROOT "/proc rw,relatime - proc proc rw\n"
#define F_RUN "12 11 0:5 / " ROOT "/run rw,relatime - tmpfs tmpfs rw\n"

/* A tmpfs of config.json that --seed-tmpfs fills in place. */
Test(plan_verify, filled)
{
	static const struct {
		const char *after;
		const char *part; /* NULL: as planned */
	} cases[] = {
		{F_START F_RUN, NULL},
		{F_START, "/run: its tmpfs is not in the mount table"},
		{F_START F_RUN "40 12 0:9 / " ROOT "/run rw,relatime - tmpfs x rw\n",
		 "/run: something is mounted over its tmpfs"},
	};
	struct planned_fill fill = {.path = (char *)"/run", .id = 12};
	const struct plan plan = {.fills = &fill, .fills_count = 1};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		verify(&plan, F_START F_RUN, cases[i].after, cases[i].part);
}

Test(plan_verify, unknown_root)
{
	const struct plan plan = {.root_readonly = true};

	verify(&plan, F_RUN, F_START F_RUN, "/: the root was not in the mount table");
}
