/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tmpfs_entry.h"

#include "memory.h"

void tmpfs_entry_done(struct tmpfs_entry *entry)
{
	for (char **word = entry->words; word && *word; word++)
		free_ptr(word);
	free_ptr(&entry->words);
	free_ptr(&entry->path);
	free_ptr(&entry->text);
}

const char *seed_name(enum seed seed)
{
	static const char *const names[] = {"copy", "overlay", "auto", "none"};

	return names[seed];
}

const char *huge_name(enum huge huge)
{
	static const char *const names[] = {NULL, "never", "always", "within_size", "advise"};

	return names[huge];
}
