/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of an entry: one table for the grammar, --forbid and messages. */
#ifndef ORH_CORE_TMPFS_OPTIONS_H
#define ORH_CORE_TMPFS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "tmpfs_entry.h"

/* Applies one option, of length bytes as written, to the entry; it overrides an earlier one of its
 * kind. Returns 0, or an error with STATUS_ANNOTATION that begins with the option. */
int tmpfs_option_apply(const char *word, size_t length, struct tmpfs_entry *entry,
		       struct error *error);

/* Is the name of this option, up to its "=", known here or in other tools? */
bool tmpfs_option_is_known(const char *word, size_t length);

/*
 * May --forbid name this? It must be a known option. Naming an option forbids all its values. Only
 * seed=... and huge=... may be given with a value, because each of their values has one spelling.
 * Returns 0, or an error with STATUS_OPTIONS.
 */
int tmpfs_option_check_forbidden(const char *word, struct error *error);

/*
 * Does an entry's word set what forbidden names, in any spelling? "tmpcopyup" and "seed=copy" are
 * equivalent, as are "notmpcopyup" and "seed=none", and "relatime" and "atime". "uid" and "gid"
 * also forbid "U", which sets an owner. "seed=copy" and "seed=overlay" also forbid "seed=auto",
 * which may select either. Both arguments must have been accepted by the functions above.
 */
bool tmpfs_option_is_forbidden(const char *forbidden, const char *word);

#endif
