/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that apply to every entry of a list, and writing an entry from its meaning. */
#ifndef ORH_TESTS_FUZZ_ENTRY_H
#define ORH_TESTS_FUZZ_ENTRY_H

#include "core/tmpfs_list.h"
#include "fuzz.h"

/* Limits are respected, and the text that is kept for messages and for --forbid is in value. */
void require_entry(const struct tmpfs_entry *entry, const char *value);

void require_entries(const struct tmpfs_list *list, const char *value);

/* Equal for the container. The spellings may differ. */
void require_same_entry(const struct tmpfs_entry *a, const struct tmpfs_entry *b);

void require_same_list(const struct tmpfs_list *a, const struct tmpfs_list *b);

/* Writes the entry only from its fields. */
void put_entry(struct text *out, const struct tmpfs_entry *entry);

void put_list(struct text *out, const struct tmpfs_list *list);

#endif
