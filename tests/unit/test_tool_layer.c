/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a directory as a layer. It is an ordinary directory here, and the image is empty. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "expect.h"
#include "need_openat2.h"
#include "tool/layer.h"
#include "tool/walk.h"

Test(layer, option)
{
	static const char options[] = "rw,lowerdir=/l:/m,upperdir=/u,workdir=/w,userxattr";
	static const struct {
		const char *name;
		const char *value;
	} rows[] = {
		{"upperdir", "/u"}, {"lowerdir", "/l:/m"}, {"workdir", "/w"},
		{"userxattr", "-"}, {"upper", "-"},	   {"dir", "-"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *value = layer_option(options, rows[i].name);

		expect_text(rows[i].name, value ? value : "-", rows[i].value);
	}
}

Test(layer, id)
{
	struct id_mapping lines[] = {{0, 100000, 1000}, {1000, 5, 1}, {2000, 4000000000U, 10}};
	struct id_map map = {.lines = lines, .count = ARRAY_SIZE(lines)};

	expect_number("first", layer_id(&map, 100000), 0);
	expect_number("last", layer_id(&map, 100999), 999);
	expect_number("past", layer_id(&map, 101000), ID_UNKNOWN);
	expect_number("one", layer_id(&map, 5), 1000);
	expect_number("large", layer_id(&map, 4000000009U), 2009);
	expect_number("none", layer_id(&map, 0), ID_UNKNOWN);
	expect_number("no map", layer_id(&(struct id_map){0}, 7), 7);
}

Test(layer, open)
{
	static const struct {
		const char *options;
		const char *base;
		const char *why; /* NULL: it is opened */
		enum layer_kind kind;
	} rows[] = {
		{"rw,upperdir=/usr", NULL, NULL, LAYER_TRUSTED},
		{"rw,upperdir=/usr,userxattr", NULL, NULL, LAYER_USER},
		{"rw,upperdir=usr", "/", NULL, LAYER_TRUSTED},
		{"ro,lowerdir=/a:/b", NULL, "no upper directory", LAYER_TRUSTED},
		{"rw,upperdir=l/A/diff", NULL, "l/A/diff: it is relative, and the storage's",
		 LAYER_TRUSTED},
		{"rw,upperdir=/none/x", NULL, "/none/x: cannot open: ENOENT", LAYER_TRUSTED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *options = strdup(rows[i].options);
		struct mounts_entry mount = {.options = options};
		AUTO_LAYER layer = LAYER_NONE;
		struct error error = UNSET_ERROR;
		int r = layer_open(&mount, rows[i].base, &error, &layer);

		if (rows[i].why) {
			expect_error(rows[i].options, r, &error, STATUS_INPUT, ANYWHERE,
				     rows[i].why);
			continue;
		}
		expect_success(rows[i].options, r, &error);
		expect_number(rows[i].options, layer.kind, rows[i].kind);
	}
}

/* The attributes of an overlay that root mounted are hidden from others. */
Test(layer, rights)
{
	const struct layer trusted = {.kind = LAYER_TRUSTED, .upper = -EBADF};
	const struct layer user = {.kind = LAYER_USER, .upper = -EBADF};
	struct error error = UNSET_ERROR;

	expect_success("user", layer_check_rights(&user, &error), &error);
	if (geteuid() == 0)
		cr_assert(setresuid(65534, 65534, 65534) == 0);
	expect_success("user", layer_check_rights(&user, &error), &error);
	expect_error("trusted", layer_check_rights(&trusted, &error), &error, STATUS_INPUT,
		     ANYWHERE, "only root can read its upper directory");
}

/* Creates a directory with that many files, and returns its path. */
static void make_directory(char path[static 64], unsigned files)
{
	char name[128];

	snprintf(path, 64, "/tmp/orh-layer.XXXXXX");
	cr_assert(mkdtemp(path));
	for (unsigned i = 0; i < files; i++) {
		snprintf(name, sizeof(name), "%s/%u", path, i);
		cr_assert(mknod(name, S_IFREG | 0644, 0) == 0);
	}
}

static void remove_directory(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	cr_assert(system(command) == 0);
}

static void walk(const char *path, const struct walk_limits *limits, struct record *record)
{
	AUTO_LAYER layer = {
		.kind = LAYER_FUSE,
		.upper = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	struct error error = UNSET_ERROR;

	expect_success(path, walk_layer(&layer, limits, &error, record), &error);
}

Test(walk, limits)
{
	static const struct {
		size_t entries;
		int64_t deadline;
		size_t read;
		bool is_cut;
	} rows[] = {
		{300, 0, 300, false},
		{299, 0, 299, true},
		{1, 0, 1, true},
		{1000, INT64_MAX, 300, false},
		/* The time limit is checked now and then. */
		{1000, 1, 127, true},
	};
	char path[64];

	need_openat2();
	make_directory(path, 300);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};
		struct walk_limits limits = {
			.entries = rows[i].entries,
			.deadline = rows[i].deadline,
		};

		walk(path, &limits, &record);
		expect_number("read", record.count, rows[i].read);
		expect_number("cut", record.is_cut, rows[i].is_cut);
	}
	remove_directory(path);
}

/* fuse-overlayfs uses names as marks where the kernel's overlayfs uses devices. */
Test(walk, fuse_marks)
{
	AUTO_RECORD record = {0};
	struct walk_limits limits = {.entries = 100};
	char path[64];
	char name[128];

	need_openat2();
	make_directory(path, 0);
	snprintf(name, sizeof(name), "%s/.wh.gone", path);
	cr_assert(mknod(name, S_IFREG | 0644, 0) == 0);
	snprintf(name, sizeof(name), "%s/.wh..wh..opq", path);
	cr_assert(mknod(name, S_IFREG | 0644, 0) == 0);
	walk(path, &limits, &record);
	cr_assert(record.count == 1);
	expect_text("mark", record.traces[0].path, "/gone");
	expect_number("mark", record.traces[0].kind, TRACE_DELETED);
	remove_directory(path);
}
