/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>

#include "core/path.h"
#include "expect.h"

Test(path, next_walks_components)
{
	static const char *const wanted[] = {"a", "bc", "..", "d"};
	const char *path = "//a/bc/..//d/";
	const char *component;
	size_t length;
	size_t count = 0;

	while ((component = path_next(&path, &length))) {
		cr_assert(count < ARRAY_SIZE(wanted));
		cr_expect(strlen(wanted[count]) == length &&
				  !memcmp(component, wanted[count], length),
			  "component %zu is '%.*s'", count, (int)length, component);
		count++;
	}
	expect_number("components", count, ARRAY_SIZE(wanted));
	expect_number("at the end", length, 0);
	expect_text("at the end", path, "");
}

Test(path, next_of_nothing)
{
	static const char *const rows[] = {"", "/", "///"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *path = rows[i];
		size_t length = 7;

		expect_null(rows[i], path_next(&path, &length));
		expect_number(rows[i], length, 0);
	}
}

Test(path, below)
{
	static const struct {
		const char *path, *dir, *rest; /* NULL: not below */
	} rows[] = {
		{"/run", "/run", ""},	   {"/run/a/b", "/run", "a/b"},
		{"/runner", "/run", NULL}, {"/ru", "/run", NULL},
		{"/", "/run", NULL},	   {"/run", "/", "run"},
		{"/run/a", "/", "run/a"},  {"/", "/", ""},
		{"/a/b", "/a/b/c", NULL},  {"/a/bc/d", "/a/b", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_below = path_is_below(rows[i].path, rows[i].dir);

		expect_number(rows[i].path, is_below, rows[i].rest != NULL);
		if (is_below && rows[i].rest)
			expect_text(rows[i].path, path_below(rows[i].path, rows[i].dir),
				    rows[i].rest);
	}
}

Test(path, normal)
{
	static const struct {
		const char *path;
		bool is_normal;
	} rows[] = {
		{"/", true},	  {"/a", true},	     {"/a/b.c/..d", true}, {"/...", true},
		{"/.a", true},	  {"", false},	     {"a", false},	   {"a/b", false},
		{"//", false},	  {"/a/", false},    {"//a", false},	   {"/.", false},
		{"/..", false},	  {"/a/./b", false}, {"/a/../b", false},   {"/a//b", false},
		{"/a/..", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].path, path_is_normal(rows[i].path), rows[i].is_normal);
}

Test(path, join)
{
	static const struct {
		const char *dir, *name, *path;
	} rows[] = {
		{"/", "a", "/a"}, {"/a", "b", "/a/b"}, {"/a/b", "c/d", "/a/b/c/d"},
		{"/", "", "/"},	  {"/a", "", "/a"},    {"/a", "../rootfs", "/a/../rootfs"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *path = NULL;

		cr_expect(path_join(rows[i].dir, rows[i].name, strlen(rows[i].name), &path) == 0);
		expect_text(rows[i].path, path, rows[i].path);
	}
}

Test(path, join_takes_part_of_a_name)
{
	AUTO_FREE char *path = NULL;

	cr_expect(path_join("/a", "bcd", 2, &path) == 0);
	expect_text("bc", path, "/a/bc");
}

Test(path, join_at_and_past_the_limit)
{
	AUTO_FREE char *name = repeat('n', PATH_LENGTH_MAX);
	AUTO_FREE char *path = NULL;
	char *untouched = NULL;

	cr_expect(path_join("/", name, PATH_LENGTH_MAX - 1, &path) == 0);
	expect_number("at", strlen(path), PATH_LENGTH_MAX);
	cr_expect(path_join("/", name, PATH_LENGTH_MAX, &untouched) == -ENAMETOOLONG);
	cr_expect(path_join("/a", name, PATH_LENGTH_MAX - 2, &untouched) == -ENAMETOOLONG);
	cr_expect(path_join("/a", name, SIZE_MAX, &untouched) == -ENAMETOOLONG);
	expect_null("past", untouched);
}

Test(path, cut)
{
	static const struct {
		const char *path, *parent;
	} rows[] = {{"/a/b/c", "/a/b"}, {"/a/b", "/a"}, {"/a", "/"}, {"/", "/"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[16];

		snprintf(path, sizeof(path), "%s", rows[i].path);
		path_cut(path);
		expect_text(rows[i].path, path, rows[i].parent);
	}
}

Test(path, dots)
{
	cr_expect(path_is_dot(".") && path_is_dot(".."));
	cr_expect(!path_is_dot("") && !path_is_dot("...") && !path_is_dot(".a") &&
		  !path_is_dot("..a") && !path_is_dot("a"));
}
