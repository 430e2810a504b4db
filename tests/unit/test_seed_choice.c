/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/seed_choice.h"
#include "expect.h"

#define MIB ((uint64_t)1024 * 1024)

Test(seed_choice, thresholds)
{
	static const struct {
		const char *what;
		struct seed_facts
			facts; /* bytes, inodes; the same of the tmpfs; the memory limit's */
		enum seed_reason reason;
		enum seed seed;
		const char *name;
	} rows[] = {
		{"empty", {0, 1, 4096, 10, 0}, SEED_SMALL, SEED_COPY, "small"},
		{"the most",
		 {64 * MIB, 4096, 64 * MIB, 4096, 64 * MIB},
		 SEED_SMALL,
		 SEED_COPY,
		 "small"},
		{"no limits", {64 * MIB, 4096, 1000 * MIB, 0, 0}, SEED_SMALL, SEED_COPY, "small"},
		{"files", {0, 4097, 1000 * MIB, 0, 0}, SEED_FILES, SEED_OVERLAY, "files"},
		{"bytes", {64 * MIB + 1, 2, 1000 * MIB, 0, 0}, SEED_BYTES, SEED_OVERLAY, "bytes"},
		{"size=", {MIB + 1, 2, MIB, 0, 0}, SEED_SIZE, SEED_OVERLAY, "size"},
		{"nr_inodes=", {MIB, 11, 2 * MIB, 10, 0}, SEED_SIZE, SEED_OVERLAY, "size"},
		{"memory", {MIB, 2, 2 * MIB, 0, MIB - 1}, SEED_MEMORY, SEED_OVERLAY, "memory"},
		{"memory, all held", {1, 2, 2 * MIB, 0, 1}, SEED_SMALL, SEED_COPY, "small"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum seed_reason reason = seed_choose(&rows[i].facts);

		expect_number(rows[i].what, reason, rows[i].reason);
		expect_number(rows[i].what, seed_chosen(reason), rows[i].seed);
		expect_text(rows[i].what, seed_reason_name(reason), rows[i].name);
	}
	expect_number("none to be had", seed_chosen(SEED_NO_OVERLAY), SEED_COPY);
	expect_text("none to be had", seed_reason_name(SEED_NO_OVERLAY), "no-overlay");
}
