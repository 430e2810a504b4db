/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/nearest.h"
#include "expect.h"

static const char *const names[] = {"size", "seed", "ro", "nosuid", "nosymfollow"};

Test(nearest, name)
{
	static const struct {
		const char *word;
		size_t edits_max;
		const char *name; /* NULL: no name is near enough */
	} rows[] = {
		{"size", 0, "size"},
		{"sise", 1, "size"},
		{"siz", 1, "size"},
		{"sizes", 1, "size"},
		{"szie", 1, "size"},
		{"SIZE", 0, "size"},
		{"nosiud", 1, "nosuid"},
		{"nosu", 2, "nosuid"},
		{"nosu", 1, NULL},
		{"rx", 2, "ro"},
		{"", 9, NULL},
		{"xy", 2, NULL},
		{"sized", 2, "size"},
		{"nosymfolow", 2, "nosymfollow"},
		{"nothing", 2, NULL},
		/* Two names are equally near: the first one is reported. */
		{"sied", 2, "seed"},
		{"sized", 9, "size"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = nearest_name(rows[i].word, strlen(rows[i].word), names,
						ARRAY_SIZE(names), rows[i].edits_max);

		expect_text(rows[i].word, name ? name : "none",
			    rows[i].name ? rows[i].name : "none");
	}
}

Test(nearest, takes_part_of_a_word)
{
	expect_text("size", nearest_name("size=1g", 4, names, ARRAY_SIZE(names), 0), "size");
}

Test(nearest, long_words_are_cut)
{
	AUTO_FREE char *word = repeat('s', 1 << 20);

	expect_null("s...",
		    nearest_name(word, 1 << 20, names, ARRAY_SIZE(names), NEAREST_LENGTH_MAX));
}
