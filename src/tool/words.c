/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void words_size(uint64_t bytes, char buffer[static WORDS_MAX])
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t unit = 0;
	uint64_t whole = bytes;
	uint64_t tenths;

	while (whole >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		whole /= 1024;
		unit++;
	}
	/* Cannot overflow: the remainder is at most 1023 of the next smaller unit. */
	tenths = unit ? ((bytes - (whole << (10 * unit))) >> (10 * (unit - 1))) * 10 / 1024 : 0;
	if (tenths)
		snprintf(buffer, WORDS_MAX, "%" PRIu64 ".%" PRIu64 " %s", whole, tenths,
			 units[unit]);
	else
		snprintf(buffer, WORDS_MAX, "%" PRIu64 " %s", whole, units[unit]);
}

void words_limit(const struct planned_tmpfs *tmpfs, char buffer[static WORDS_MAX])
{
	const struct tmpfs_entry *entry = tmpfs->entry;

	if (!tmpfs->size)
		snprintf(buffer, WORDS_MAX, "50%%");
	else if ((entry->given & GIVEN_SIZE) && entry->size.is_percent)
		snprintf(buffer, WORDS_MAX, "%" PRIu64 "%%", entry->size.value);
	else
		words_size(tmpfs->size, buffer);
}

/* Appends to the buffer, after a comma. */
__attribute__((__format__(__printf__, 2, 3))) static void add(char buffer[static WORDS_MAX],
							      const char *format, ...)
{
	size_t length = strlen(buffer);
	va_list args;

	if (length && length + 1 < WORDS_MAX)
		buffer[length++] = ',';
	va_start(args, format);
	vsnprintf(buffer + length, WORDS_MAX - length, format, args);
	va_end(args);
}

static void add_flags(unsigned flags, char buffer[static WORDS_MAX])
{
	static const struct {
		unsigned flag;
		const char *set;
		const char *clear;
	} names[] = {
		{FLAG_RO, "ro", "rw"},
		{FLAG_NOSUID, "nosuid", "suid"},
		{FLAG_NODEV, "nodev", "dev"},
		{FLAG_NOEXEC, "noexec", "exec"},
		{FLAG_NOATIME, "noatime", ""},
		{FLAG_STRICTATIME, "strictatime", ""},
		{FLAG_NODIRATIME, "nodiratime", ""},
		{FLAG_NOSYMFOLLOW, "nosymfollow", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = flags & names[i].flag ? names[i].set : names[i].clear;

		if (*name)
			add(buffer, "%s", name);
	}
	if (!(flags & (FLAG_NOATIME | FLAG_STRICTATIME)))
		add(buffer, "relatime");
}

void words_options(const struct planned_tmpfs *tmpfs, bool is_user_known,
		   char buffer[static WORDS_MAX])
{
	const struct tmpfs_entry *entry = tmpfs->entry;
	bool is_user = (entry->given & GIVEN_OWNER_USER) && !is_user_known;

	*buffer = '\0';
	add_flags(entry->flags, buffer);
	if (tmpfs->inodes)
		add(buffer, "nr_inodes=%" PRIu64, tmpfs->inodes);
	if (entry->given & GIVEN_MODE)
		add(buffer, "mode=%04o", (unsigned)entry->mode);
	if (is_user)
		add(buffer, "U");
	if (is_user ? entry->given & GIVEN_UID : tmpfs->uid != (uid_t)-1)
		add(buffer, "uid=%u", tmpfs->uid);
	if (is_user ? entry->given & GIVEN_GID : tmpfs->gid != (gid_t)-1)
		add(buffer, "gid=%u", tmpfs->gid);
	if (huge_name(entry->huge))
		add(buffer, "huge=%s", huge_name(entry->huge));
	if (entry->given & GIVEN_NOSWAP)
		add(buffer, "noswap");
}
