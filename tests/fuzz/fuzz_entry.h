/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of every entry of a list, whoever wrote it, and an entry written out of its
 * meaning. */
#ifndef ORH_TESTS_FUZZ_ENTRY_H
#define ORH_TESTS_FUZZ_ENTRY_H

#include "core/tmpfs_list.h"
#include "fuzz.h"

/* Limits hold, and what is kept for messages and for --forbid is what stands in value. */
void require_entry(const struct tmpfs_entry *entry, const char *value);

void require_entries(const struct tmpfs_list *list, const char *value);

/* The same to the container; how they were written may differ. */
void require_same_entry(const struct tmpfs_entry *a, const struct tmpfs_entry *b);

void require_same_list(const struct tmpfs_list *a, const struct tmpfs_list *b);

/* Writes the entry from its fields alone. */
void put_entry(struct text *out, const struct tmpfs_entry *entry);

void put_list(struct text *out, const struct tmpfs_list *list);

#endif
