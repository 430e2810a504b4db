/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tmpfs_options.h"

#include "core/tmpfs_list.h"
#include "expect.h"

Test(tmpfs_options, flags)
{
	static const struct {
		const char *options;
		unsigned flags; /* besides the defaults, or without them where cleared says so */
		unsigned cleared;
	} rows[] = {
		{"ro", FLAG_RO, 0},
		{"rw", 0, 0},
		{"ro:rw", 0, 0},
		{"rw:ro", FLAG_RO, 0},
		{"exec", 0, FLAG_NOEXEC},
		{"noexec", 0, 0},
		{"exec,noexec", 0, 0},
		{"noexec,exec", 0, FLAG_NOEXEC},
		{"suid", 0, FLAG_NOSUID},
		{"suid:nosuid", 0, 0},
		{"dev", 0, FLAG_NODEV},
		{"dev:nodev", 0, 0},
		{"exec:suid:dev", 0, FLAGS_DEFAULT},
		{"noatime", FLAG_NOATIME, 0},
		{"strictatime", FLAG_STRICTATIME, 0},
		{"relatime", 0, 0},
		{"atime", 0, 0},
		{"noatime:strictatime", FLAG_STRICTATIME, 0},
		{"strictatime:noatime", FLAG_NOATIME, 0},
		{"noatime:relatime", 0, 0},
		{"strictatime:atime", 0, 0},
		{"nodiratime", FLAG_NODIRATIME, 0},
		{"nodiratime:atime", FLAG_NODIRATIME, 0},
		{"nosymfollow", FLAG_NOSYMFOLLOW, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_TMPFS_ENTRY entry = {0};
		struct error error = UNSET_ERROR;
		char value[64];

		snprintf(value, sizeof(value), "/a:%s", rows[i].options);
		expect_success(value, tmpfs_entry_parse(value, &error, &entry), &error);
		expect_number(value, entry.flags,
			      (FLAGS_DEFAULT & ~rows[i].cleared) | rows[i].flags);
		expect_number(value, entry.given, 0);
	}
}

Test(tmpfs_options, values)
{
	static const struct {
		const char *options;
		unsigned given;
		struct tmpfs_entry entry;
	} rows[] = {
		{"size=4096", GIVEN_SIZE, {.size = {4096, false}}},
		{"size=64m", GIVEN_SIZE, {.size = {64 << 20, false}}},
		{"size=1g:size=50%", GIVEN_SIZE, {.size = {50, true}}},
		{"size=50%:size=1g", GIVEN_SIZE, {.size = {1 << 30, false}}},
		{"nr_inodes=1", GIVEN_NR_INODES, {.nr_inodes = 1}},
		{"nr_inodes=2k", GIVEN_NR_INODES, {.nr_inodes = 2048}},
		{"nr_inodes=9007199254740991", GIVEN_NR_INODES, {.nr_inodes = NR_INODES_MAX}},
		{"nr_inodes=3G", GIVEN_NR_INODES, {.nr_inodes = 3ULL << 30}},
		{"mode=0", GIVEN_MODE, {.mode = 0}},
		{"mode=755", GIVEN_MODE, {.mode = 0755}},
		{"mode=01777", GIVEN_MODE, {.mode = 01777}},
		{"mode=7777:mode=700", GIVEN_MODE, {.mode = 0700}},
		{"uid=0", GIVEN_UID, {.uid = 0}},
		{"uid=4294967294", GIVEN_UID, {.uid = 4294967294}},
		{"gid=010", GIVEN_GID, {.gid = 10}},
		{"uid=1:gid=2", GIVEN_UID | GIVEN_GID, {.uid = 1, .gid = 2}},
		{"U", GIVEN_OWNER_USER, {.uid = 0}},
		{"uid=1:gid=2:U", GIVEN_OWNER_USER, {.uid = 1, .gid = 2}},
		{"U:gid=2", GIVEN_OWNER_USER | GIVEN_GID, {.gid = 2}},
		{"noswap", GIVEN_NOSWAP, {.uid = 0}},
		{"huge=never", GIVEN_HUGE, {.huge = HUGE_NEVER}},
		{"huge=always", GIVEN_HUGE, {.huge = HUGE_ALWAYS}},
		{"huge=within_size", GIVEN_HUGE, {.huge = HUGE_WITHIN_SIZE}},
		{"huge=advise", GIVEN_HUGE, {.huge = HUGE_ADVISE}},
		{"seed=copy", GIVEN_SEED, {.seed = SEED_COPY}},
		{"seed=overlay", GIVEN_SEED, {.seed = SEED_OVERLAY}},
		{"seed=auto", GIVEN_SEED, {.seed = SEED_AUTO}},
		{"seed=none", GIVEN_SEED, {.seed = SEED_NONE}},
		{"tmpcopyup", GIVEN_SEED, {.seed = SEED_COPY}},
		{"notmpcopyup", GIVEN_SEED, {.seed = SEED_NONE}},
		{"seed=overlay:tmpcopyup", GIVEN_SEED, {.seed = SEED_COPY}},
		{"notmpcopyup:seed=overlay", GIVEN_SEED, {.seed = SEED_OVERLAY}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tmpfs_entry *wanted = &rows[i].entry;
		AUTO_TMPFS_ENTRY entry = {0};
		struct error error = UNSET_ERROR;
		char value[64];

		snprintf(value, sizeof(value), "/a:%s", rows[i].options);
		expect_success(value, tmpfs_entry_parse(value, &error, &entry), &error);
		expect_number(value, entry.given, rows[i].given);
		expect_number(value, entry.size.value, wanted->size.value);
		expect_number(value, entry.size.is_percent, wanted->size.is_percent);
		expect_number(value, entry.nr_inodes, wanted->nr_inodes);
		expect_number(value, entry.mode, wanted->mode);
		expect_number(value, entry.uid, wanted->uid);
		expect_number(value, entry.gid, wanted->gid);
		expect_number(value, entry.seed, wanted->seed);
		expect_number(value, entry.huge, wanted->huge);
	}
}

Test(tmpfs_options, known)
{
	static const struct {
		const char *word;
		bool is_known;
	} rows[] = {
		{"ro", true},
		{"size", true},
		{"size=", true},
		{"size=x", true},
		{"ro=1", true},
		{"U", true},
		{"seed", true},
		{"tmpcopyup", true},
		{"", false},
		{"=", false},
		{"siz", false},
		{"sizes", false},
		{"u", false},
		{"RO", false},
		{"mode,", false},
		{"mpol", true},
		{"tmpfs-size=64m", true},
		{"inodes", true},
		{"tmpfs", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].word,
			      tmpfs_option_is_known(rows[i].word, strlen(rows[i].word)),
			      rows[i].is_known);
}

Test(tmpfs_options, check_forbidden)
{
	static const struct {
		const char *word, *part; /* NULL: accepted */
	} rows[] = {
		{"exec", NULL},
		{"U", NULL},
		{"size", NULL},
		{"seed", NULL},
		{"seed=overlay", NULL},
		{"huge=always", NULL},
		{"tmpcopyup", NULL},
		{"exce", "exce: no such option; did you mean 'exec'?"},
		{"exec=1", "exec: takes no value"},
		{"seed=all", "seed=all: 'all' is not a valid seed (copy, overlay, auto or none)"},
		{"seed=", "seed=: '' is not a valid seed"},
		{"huge=x", "'x' is not a valid choice"},
		{"mode=0777", "mode=0777: only every value of mode can be forbidden: write 'mode'"},
		{"uid=", "only every value of uid"},
		{"size=1g", "only every value of size"},
		{"tmpcopyup=1", "tmpcopyup: takes no value"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		int r = tmpfs_option_check_forbidden(rows[i].word, &error);

		if (rows[i].part)
			expect_error(rows[i].word, r, &error, STATUS_OPTIONS, ERROR_NO_OFFSET,
				     rows[i].part);
		else
			expect_success(rows[i].word, r, &error);
	}
}

Test(tmpfs_options, is_forbidden)
{
	static const struct {
		const char *forbidden, *word;
		bool is_forbidden;
	} rows[] = {
		{"exec", "exec", true},
		{"exec", "noexec", false},
		{"size", "size=1g", true},
		{"mode", "mode=0777", true},
		{"mode", "mode=777", true},
		{"uid", "gid=0", false},
		{"uid", "U", true},
		{"gid", "U", true},
		{"mode", "U", false},
		{"U", "uid=5", false},
		{"U", "U", true},
		{"seed=copy", "seed=copy", true},
		{"seed=copy", "tmpcopyup", true},
		{"seed=copy", "seed=none", false},
		{"seed=none", "notmpcopyup", true},
		{"seed=none", "tmpcopyup", false},
		{"tmpcopyup", "seed=copy", true},
		{"notmpcopyup", "seed=none", true},
		{"tmpcopyup", "seed=overlay", false},
		{"seed=overlay", "seed=auto", true},
		{"seed=copy", "seed=auto", true},
		{"tmpcopyup", "seed=auto", true},
		{"seed=none", "seed=auto", false},
		{"seed=auto", "seed=auto", true},
		{"seed=auto", "seed=overlay", false},
		{"huge=always", "seed=auto", false},
		{"seed", "seed=overlay", true},
		{"seed", "tmpcopyup", true},
		{"seed", "notmpcopyup", true},
		{"huge", "huge=always", true},
		{"huge=always", "huge=always", true},
		{"huge=always", "huge=advise", false},
		{"relatime", "atime", true},
		{"atime", "relatime", true},
		{"atime", "noatime", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].word,
			      tmpfs_option_is_forbidden(rows[i].forbidden, rows[i].word),
			      rows[i].is_forbidden);
}
