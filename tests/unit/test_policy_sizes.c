/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/policy_sizes.h"
#include "expect.h"
#include "options_of.h"

#define GIB	    (1024ULL * 1024 * 1024)
#define MIB	    (1024ULL * 1024)
#define ENTRIES_MAX 4

/* Parses "/a:size=1g;/b" and computes the sizes, followed by those of the defaults among the
 * arguments. */
static int sizes_of(const struct arguments *arguments, const char *list_text, uint64_t memory,
		    struct error *error, uint64_t ret_sizes[static ENTRIES_MAX])
{
	AUTO_OPTIONS options = options_of(arguments);
	struct request requests[ENTRIES_MAX];
	const struct request *pointers[ENTRIES_MAX];
	AUTO_TMPFS_LIST list = {0};
	size_t count = 0;

	*error = UNSET_ERROR;
	cr_assert(tmpfs_list_parse(list_text, error, &list) == 0, "%s", error->text);
	cr_assert(list.count + options.defaults.count <= ENTRIES_MAX);
	for (size_t i = 0; i < list.count; i++)
		requests[count++] = (struct request){&list.entries[i], FROM_ANNOTATION, KEY_TMPFS};
	for (size_t i = 0; i < options.defaults.count; i++)
		requests[count++] =
			(struct request){&options.defaults.entries[i], FROM_OPTIONS, NULL};
	for (size_t i = 0; i < count; i++)
		pointers[i] = &requests[i];
	return policy_sizes(&options, pointers, count, memory, error, ret_sizes);
}

Test(policy_sizes, inodes)
{
	static const struct {
		struct arguments arguments;
		const char *entry;
		enum request_origin origin;
		uint64_t inodes;
		const char *source;
		const char *refused;
	} rows[] = {
		{{{NULL}}, "/a", FROM_ANNOTATION, 0, "the kernel's default", NULL},
		{{{NULL}}, "/a:nr_inodes=2k", FROM_ANNOTATION, 2048, "nr_inodes=", NULL},
		{{{"--max-inodes=1k"}}, "/a", FROM_ANNOTATION, 1024, "--max-inodes", NULL},
		{{{"--max-inodes=1k"}}, "/a", FROM_OPTIONS, 1024, "--max-inodes", NULL},
		{{{"--max-inodes=1k"}}, "/a:nr_inodes=7", FROM_ANNOTATION, 7, "nr_inodes=", NULL},
		{{{"--max-inodes=1k"}},
		 "/a:nr_inodes=1024",
		 FROM_ANNOTATION,
		 1024,
		 "nr_inodes=",
		 NULL},
		{{{"--max-inodes=1k"}},
		 "/a:nr_inodes=1025",
		 FROM_ANNOTATION,
		 0,
		 NULL,
		 KEY_TMPFS
		 ": entry '/a:nr_inodes=1025': 1025 files are more than the operator's --max-inodes allows: 1024"},
		{{{"--max-inodes=1"}},
		 "/a:nr_inodes=9007199254740991",
		 FROM_OPTIONS,
		 0,
		 NULL,
		 "--tmpfs: entry '/a:nr_inodes=9007199254740991': 9007199254740991 files"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_OPTIONS options = options_of(&rows[i].arguments);
		struct error error = UNSET_ERROR;
		AUTO_TMPFS_LIST list = {0};
		struct request request = {.origin = rows[i].origin, .key = KEY_TMPFS};
		uint64_t inodes = 77;
		int r;

		cr_assert(tmpfs_list_parse(rows[i].entry, &error, &list) == 0, "%s", error.text);
		request.entry = list.entries;
		r = policy_inodes(&options, &request, &error, &inodes);
		if (rows[i].refused) {
			expect_error(rows[i].entry, r, &error, STATUS_POLICY, ANYWHERE,
				     rows[i].refused);
			expect_number(rows[i].entry, inodes, 77);
			continue;
		}
		expect_success(rows[i].entry, r, &error);
		expect_number(rows[i].entry, inodes, rows[i].inodes);
		expect_text(rows[i].entry, policy_inodes_source(request.entry, inodes),
			    rows[i].source);
	}
}

Test(policy_sizes, shares)
{
	static const struct {
		struct arguments arguments;
		const char *list;
		uint64_t memory;
		uint64_t sizes[ENTRIES_MAX];
	} rows[] = {
		{{{NULL}}, "", GIB, {0}},
		{{{NULL}}, "/a", GIB, {0}},
		{{{NULL}}, "/a:size=64m;/b;/c:size=50%", GIB, {64 * MIB, 0, 512 * MIB}},
		/* Whole pages. */
		{{{NULL}}, "/a:size=4096;/b:size=8191;/c:size=4097", GIB, {4096, 8192, 8192}},
		{{{NULL}}, "/a:size=9223372036854775807", GIB, {1ULL << 63}},
		{{{NULL}}, "/a:size=1%", 99, {4096}},
		{{{NULL}}, "/a:size=100%", UINT64_MAX - 4095, {UINT64_MAX - 4095}},
		{{{NULL}}, "/a:size=33%", 1000000, {331776}},
		/* --max-size */
		{{{"--max-size=64m"}},
		 "/a;/b:size=32m;/c:size=64m",
		 GIB,
		 {64 * MIB, 32 * MIB, 64 * MIB}},
		{{{"--max-size=10%"}}, "/a", 40960000, {4096000}},
		{{{"--max-size=8191"}}, "/a;/b:size=4096", GIB, {4096, 4096}},
		/* Exactly the limit is allowed. */
		{{{"--max-size=5000"}}, "/a:size=5000", GIB, {4096}},
		{{{"--max-size=1%"}}, "/a:size=1%;/b", 1000000, {8192, 8192}},
		{{{"--max-total=1%"}}, "/a:size=1%", 1000000, {8192}},
		{{{"--max-total=10%"}}, "/a:size=5%;/b:size=5%", 1000000, {49152, 49152}},
		{{{"--max-total=10%"}}, "/a:size=5%;/b", 1000000, {53248, 45056}},
		/* --max-total */
		{{{"--max-total=1g"}}, "/a;/b", GIB, {512 * MIB, 512 * MIB}},
		{{{"--max-total=1g"}},
		 "/a:size=512m;/b;/c",
		 GIB,
		 {512 * MIB, 256 * MIB, 256 * MIB}},
		{{{"--max-total=1g"}}, "/a:size=512m;/b:size=512m", GIB, {512 * MIB, 512 * MIB}},
		{{{"--max-total=50%"}},
		 "/a;/b;/c:size=25%",
		 GIB,
		 {128 * MIB, 128 * MIB, 256 * MIB}},
		{{{"--max-total=40960"}}, "/a;/b;/c", GIB, {12288, 12288, 12288}},
		{{{"--max-total=8193"}}, "/a;/b", GIB, {4096, 4096}},
		/* Both: the smaller of the two. */
		{{{"--max-size=64m", "--max-total=1g"}},
		 "/a;/b:size=10m",
		 GIB,
		 {64 * MIB, 10 * MIB}},
		{{{"--max-size=64m", "--max-total=100m"}}, "/a;/b", GIB, {50 * MIB, 50 * MIB}},
		{{{"--max-size=64m", "--max-total=100m"}},
		 "/a;/b:size=60m",
		 GIB,
		 {40 * MIB, 60 * MIB}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t sizes[ENTRIES_MAX] = {0};
		struct error error;

		expect_success(
			rows[i].list,
			sizes_of(&rows[i].arguments, rows[i].list, rows[i].memory, &error, sizes),
			&error);
		for (size_t n = 0; n < ENTRIES_MAX; n++)
			expect_number(rows[i].list, sizes[n], rows[i].sizes[n]);
	}
}

struct refusal {
	struct arguments arguments;
	const char *list;
	size_t offset;
	const char *part;
};

/* The sizes are not written. */
static void expect_refusals(const struct refusal *rows, size_t count, uint64_t memory)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t sizes[ENTRIES_MAX] = {77, 77, 77, 77};
		struct error error;
		int r = sizes_of(&rows[i].arguments, rows[i].list, memory, &error, sizes);

		expect_error(rows[i].part, r, &error, STATUS_POLICY, rows[i].offset, rows[i].part);
		for (size_t n = 0; n < ENTRIES_MAX; n++)
			expect_number(rows[i].part, sizes[n], 77);
	}
}

Test(policy_sizes, refuses)
{
	static const struct refusal rows[] = {
		{{{"--max-size=64m"}},
		 "/a:size=1m;/b:size=65m",
		 11,
		 KEY_TMPFS
		 ": entry '/b:size=65m': 68157440 bytes, in whole pages, are more than the operator's --max-size allows: 67108864"},
		{{{"--max-size=5000"}},
		 "/a:size=5001",
		 0,
		 "8192 bytes, in whole pages, are more than the operator's --max-size allows: 4096"},
		{{{"--max-total=10000"}},
		 "/a:size=5000;/b:size=5001",
		 13,
		 "8192 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 4096"},
		{{{"--max-total=10%"}}, "/a:size=5%;/b:size=6%", 11, "leaves after the sizes"},
		{{{"--max-size=10%"}}, "/a:size=11%", 0, "more than the operator's --max-size"},
		{{{"--max-size=1g"}},
		 "/a:size=9223372036854775807",
		 0,
		 "9223372036854775808 bytes"},
		{{{"--max-total=100m"}},
		 "/a:size=60m;/b:size=40m;/c:size=4k",
		 24,
		 "entry '/c:size=4k': 4096 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 0"},
		{{{"--max-total=100m"}},
		 "/a:size=101m",
		 0,
		 "the operator's --max-total leaves after the sizes before it: 104857600"},
		{{{"--max-total=9223372036854775807"}},
		 "/a:size=9223372036854775807;/b:size=9223372036854775807",
		 28,
		 "entry '/b:size=9223372036854775807': 9223372036854775808 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 0"},
		/* In whole pages, the halves would fit. What they leave is not enough for a third
		   tmpfs. */
		{{{"--max-total=2%"}},
		 "/a:size=1%;/b:size=1%;/c",
		 22,
		 "entry '/c': the operator's --max-total leaves 0 bytes for 1 tmpfs without a size"},
		{{{"--max-total=2%"}},
		 "/a:size=1%;/b:size=1%;/c:size=4k",
		 22,
		 "entry '/c:size=4k': 4096 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 0"},
		/* It would fit in whole pages: rounding down has left more pages than bytes. */
		{{{"--max-total=16384"}},
		 "/a:size=8191;/b:size=8191;/c:size=4k",
		 26,
		 "entry '/c:size=4k': 4096 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 0"},
		{{{"--max-total=100m"}},
		 "/a:size=100m;/b",
		 13,
		 "entry '/b': the operator's --max-total leaves 0 bytes for 1 tmpfs without a size"},
		{{{"--max-total=8192"}},
		 "/a;/b;/c",
		 0,
		 "entry '/a': the operator's --max-total leaves 8192 bytes for 3 tmpfs without a size, less than a page each; list fewer, or give smaller sizes to the others"},
		{{{"--max-total=8192", "--max-size=4096"}}, "/a;/b;/c", 0, "less than a page each"},
		{{{"--max-total=8192"}}, "/a;/b;/c", 0, KEY_TMPFS ": entry '/a': the operator's"},
		/* An operator's default, and an author who gets what the defaults leave. */
		{{{"--max-size=512k", "--tmpfs=/run:U:exec:size=1m"}},
		 "/a",
		 ERROR_NO_OFFSET,
		 "--tmpfs: entry '/run:U:exec:size=1m': 1048576 bytes, in whole pages, are more than the operator's --max-size allows: 524288"},
		{{{"--max-total=1m", "--tmpfs=/run:size=1m", "--tmpfs=/tmp:size=1m"}},
		 "/a",
		 ERROR_NO_OFFSET,
		 "--tmpfs: entry '/tmp:size=1m': 1048576 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 0"},
		{{{"--max-total=2m", "--tmpfs=/run:size=1m"}},
		 "/b;/a:size=2m",
		 3,
		 KEY_TMPFS
		 ": entry '/a:size=2m': 2097152 bytes, in whole pages, are more than the operator's --max-total leaves after the sizes before it: 1048576"},
		{{{"--max-total=8k", "--tmpfs=/run", "--tmpfs=/tmp"}},
		 "/b:size=4k",
		 ERROR_NO_OFFSET,
		 "--tmpfs: entry '/run': the operator's --max-total leaves 4096 bytes for 2 tmpfs"},
		{{{"--max-total=8k", "--tmpfs=/run", "--tmpfs=/tmp"}},
		 "/b:size=4k;/a",
		 11,
		 KEY_TMPFS
		 ": entry '/a': the operator's --max-total leaves 4096 bytes for 3 tmpfs"},
	};

	expect_refusals(rows, ARRAY_SIZE(rows), GIB);
}

/* A percentage of little memory is less than a page. */
Test(policy_sizes, refuses_on_a_small_machine)
{
	static const struct refusal rows[] = {
		/* No limit in bytes is exceeded, but each tmpfs needs a page. */
		{{{"--max-total=99%"}},
		 "/a:size=1%;/b:size=1%;/c:size=1%",
		 22,
		 "leaves after the sizes"},
		{{{"--max-size=40%"}},
		 "/a",
		 ERROR_NO_OFFSET,
		 "--max-size: the operator's limit allows 4000 bytes, less than a page"},
		{{{"--max-total=1%"}},
		 "/a",
		 ERROR_NO_OFFSET,
		 "--max-total: the operator's limit allows 100 bytes, less than a page"},
	};

	expect_refusals(rows, ARRAY_SIZE(rows), 10000);
}
