/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/explain.h"

#include "expect.h"

static char path_text[] = "/var/run";
static struct tmpfs_entry entry = {.path = path_text, .text = path_text};

Test(explain, root)
{
	static const struct {
		bool readonly, enforce;
		const char *key;
		bool result;
		const char *text;
	} rows[] = {
		{true, true, NULL, true, "root read-only, by --enforce"},
		{true, false, NULL, true, "root read-only, by --readonly"},
		{true, true, KEY_READONLY, true, "root read-only, by " KEY_READONLY},
		{false, false, KEY_READONLY "/web", false,
		 "root unchanged, by " KEY_READONLY "/web"},
		{false, false, NULL, false, "root unchanged, by nothing that asks for it"},
		{false, false, KEY_READONLY "/a\nb c", false,
		 "root unchanged, by " KEY_READONLY "/a\\x0ab\\x20c"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = {.readonly = rows[i].readonly, .enforce = rows[i].enforce};
		struct wish wish = {.readonly_key = rows[i].key};
		struct policy policy = {.readonly = rows[i].result};
		char text[EXPLAIN_MAX];

		explain_root(&options, &wish, &policy, text);
		expect_text(rows[i].text, text, rows[i].text);
	}
}

Test(explain, request)
{
	static const struct size some = {1024 * 1024, false}, none = {0, false};
	const struct {
		enum request_origin origin;
		enum fate fate;
		bool own_size;
		const struct size *each, *all;
		uint64_t size;
		const char *text;
	} rows[] = {
		{FROM_ANNOTATION, FATE_TMPFS, true, &some, &some, 4096,
		 "/var/run (" KEY_TMPFS "/web): tmpfs at /run of 4096 bytes, by size="},
		{FROM_OPTIONS, FATE_TMPFS, false, &none, &none, 0,
		 "/var/run (--tmpfs): tmpfs at /run, of the kernel's default size"},
		{FROM_OPTIONS, FATE_TMPFS, false, &some, &none, 4096,
		 "/var/run (--tmpfs): tmpfs at /run of 4096 bytes, by --max-size"},
		{FROM_OPTIONS, FATE_TMPFS, false, &none, &some, 4096,
		 "/var/run (--tmpfs): tmpfs at /run of 4096 bytes, by its share of --max-total"},
		{FROM_OPTIONS, FATE_TMPFS, false, &some, &some, 4096,
		 "/var/run (--tmpfs): tmpfs at /run of 4096 bytes, by the smaller of --max-size and its "
		 "share of --max-total"},
		{FROM_OPTIONS, FATE_TWIN, false, &none, &none, 0,
		 "/var/run (--tmpfs): left out, an entry before it resolves to the same directory"},
		{FROM_OPTIONS, FATE_YIELDED, false, &none, &none, 0,
		 "/var/run (--tmpfs): left out, it is on a mount of the container"},
		{FROM_ANNOTATION, FATE_DONE, false, &none, &none, 0,
		 "/var/run (" KEY_TMPFS "/web): unchanged, an earlier run has mounted it"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = {.max_size = *rows[i].each, .max_total = *rows[i].all};
		struct wish wish = {.list_key = KEY_TMPFS "/web"};
		struct request request = {.entry = &entry, .origin = rows[i].origin};
		char text[EXPLAIN_MAX];

		entry.given = rows[i].own_size ? GIVEN_SIZE : 0;
		explain_request(&options, &wish, &request, rows[i].fate, "/run", rows[i].size,
				text);
		expect_text(rows[i].text, text, rows[i].text);
	}
}

Test(explain, default_left_out)
{
	struct wish wish = {.list_key = KEY_TMPFS};
	struct request request = {.entry = &entry, .origin = FROM_OPTIONS};
	struct policy with = {.readonly = true, .requests = &request, .requests_count = 1};
	struct policy without = {.readonly = true};
	struct policy writable = {0};
	char text[EXPLAIN_MAX];

	cr_expect(!explain_default(&wish, &with, &entry, text));
	cr_expect(explain_default(&wish, &without, &entry, text));
	expect_text("named", text, "/var/run (--tmpfs): left out, " KEY_TMPFS " names it");
	cr_expect(explain_default(&wish, &writable, &entry, text));
	expect_text("writable", text,
		    "/var/run (--tmpfs): left out, the root is not made read-only");
}

/* Names of the maximum length fit, escaped or truncated. */
Test(explain, long_names)
{
	AUTO_FREE char *name = repeat('\n', 4000);
	struct tmpfs_entry long_entry = {.path = name, .text = name};
	struct wish wish = {.list_key = name, .readonly_key = name};
	struct request request = {.entry = &long_entry};
	struct options options = {.max_size = {1, false}, .max_total = {1, false}};
	struct policy policy = {.readonly = true};
	char text[EXPLAIN_MAX];

	explain_request(&options, &wish, &request, FATE_TMPFS, name, UINT64_MAX, text);
	cr_expect(strstr(text, "share of --max-total") && !strchr(text, '\n'), "%s", text);
	explain_default(&wish, &policy, &long_entry, text);
	cr_expect(strstr(text, "names it") && !strchr(text, '\n'), "%s", text);
	explain_root(&options, &wish, &policy, text);
	cr_expect(!strchr(text, '\n'), "%s", text);
}
