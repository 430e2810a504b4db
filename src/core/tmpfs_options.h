/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of an entry: one table, for the grammar, for --forbid and for messages. */
#ifndef ORH_CORE_TMPFS_OPTIONS_H
#define ORH_CORE_TMPFS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "tmpfs_entry.h"

/*
 * Applies one option, of length bytes as it was written, to the entry: a later one of its kind
 * wins. Returns 0, or STATUS_ANNOTATION's error, which begins with the option.
 */
int tmpfs_option_apply(const char *word, size_t length, struct tmpfs_entry *entry,
		       struct error *error);

/* Is the name of this option, up to its "=", a known one, or one that other tools have? */
bool tmpfs_option_is_known(const char *word, size_t length);

/*
 * May --forbid name this? A known option; of those with a value the name alone, for every value, or
 * seed=... or huge=... for that value: those two alone are spelled one way each. Returns 0, or
 * STATUS_OPTIONS' error.
 */
int tmpfs_option_check_forbidden(const char *word, struct error *error);

/*
 * Does an entry's word say what forbidden names, in any spelling? "tmpcopyup" and "seed=copy" are
 * one, so are "notmpcopyup" and "seed=none", "relatime" and "atime"; "U" is what "uid" and "gid"
 * forbid, too, as it gives an owner, and "seed=auto" what "seed=copy" and "seed=overlay" do, as it
 * may come to either. Both must have been accepted by the functions above.
 */
bool tmpfs_option_is_forbidden(const char *forbidden, const char *word);

#endif
