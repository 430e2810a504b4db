/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz_entry.h"

#include <inttypes.h>

static void require_path(const char *path)
{
	REQUIRE(looks_normal(path) && path[1], "'%s'", path);
	REQUIRE(strlen(path) <= 4095, "%zu bytes", strlen(path));
	for (const char *at = path; *at;) {
		size_t length = strcspn(++at, "/");

		REQUIRE(length <= 255, "%zu bytes in '%s'", length, path);
		at += length;
	}
}

static void require_values(const struct tmpfs_entry *entry)
{
	unsigned both = FLAG_NOATIME | FLAG_STRICTATIME;

	if (entry->given & GIVEN_SIZE)
		REQUIRE(entry->size.value >= (entry->size.is_percent ? 1 : 4096) &&
				entry->size.value <=
					(entry->size.is_percent ? 100 : (uint64_t)INT64_MAX),
			"'%s': size %" PRIu64, entry->text, entry->size.value);
	if (entry->given & GIVEN_NR_INODES)
		REQUIRE(entry->nr_inodes >= 1 && entry->nr_inodes <= (uint64_t)INT64_MAX / 1024,
			"'%s': nr_inodes %" PRIu64, entry->text, entry->nr_inodes);
	REQUIRE(entry->mode <= 07777, "'%s': mode %o", entry->text, entry->mode);
	REQUIRE(entry->uid != (uid_t)-1 && entry->gid != (gid_t)-1, "'%s'", entry->text);
	REQUIRE((entry->flags & both) != both && entry->flags < 1 << 8, "'%s': flags %#x",
		entry->text, entry->flags);
	REQUIRE(entry->seed >= SEED_COPY && entry->seed <= SEED_NONE, "'%s'", entry->text);
	REQUIRE(entry->huge >= HUGE_UNSAID && entry->huge <= HUGE_ADVISE, "'%s'", entry->text);
	REQUIRE(!(entry->given & GIVEN_HUGE) == (entry->huge == HUGE_UNSAID), "'%s'", entry->text);
}

void require_entry(const struct tmpfs_entry *entry, const char *value)
{
	const char *at = entry->text;

	REQUIRE(entry->offset + strlen(entry->text) <= strlen(value) &&
			!strncmp(value + entry->offset, entry->text, strlen(entry->text)),
		"'%s' is not at %zu", entry->text, entry->offset);
	REQUIRE(entry->text[0] == '/' || entry->text[0] == '\\', "'%s'", entry->text);
	require_path(entry->path);
	require_values(entry);
	/* The words in order, with one separator between them and nothing after the last. */
	for (char *const *word = entry->words; *word; word++) {
		const char *found = word == entry->words ? entry->text + strlen(entry->text) : at;

		/* The end of the path is not known here, so this counts back from the end. */
		if (word == entry->words)
			for (char *const *each = word; *each; each++)
				found -= strlen(*each) + 1;
		REQUIRE(found >= entry->text && strchr(word == entry->words ? ":" : ":,", *found),
			"'%s': '%s'", entry->text, *word);
		REQUIRE(!strncmp(found + 1, *word, strlen(*word)) && !strpbrk(*word, ":,"),
			"'%s': '%s'", entry->text, *word);
		at = found + 1 + strlen(*word);
	}
}

void require_entries(const struct tmpfs_list *list, const char *value)
{
	REQUIRE(list->count <= 128, "%zu", list->count);
	for (size_t i = 0; i < list->count; i++) {
		require_entry(&list->entries[i], value);
		for (size_t k = 0; k < i; k++)
			REQUIRE(strcmp(list->entries[i].path, list->entries[k].path) != 0,
				"'%s' twice", list->entries[i].path);
	}
}

void require_same_entry(const struct tmpfs_entry *a, const struct tmpfs_entry *b)
{
	REQUIRE(!strcmp(a->path, b->path), "'%s' and '%s'", a->path, b->path);
	REQUIRE(a->given == b->given, "'%s' and '%s': %#x and %#x", a->text, b->text, a->given,
		b->given);
	REQUIRE(a->flags == b->flags, "'%s' and '%s': %#x and %#x", a->text, b->text, a->flags,
		b->flags);
	REQUIRE(!(a->given & GIVEN_SIZE) || (a->size.value == b->size.value &&
					     a->size.is_percent == b->size.is_percent),
		"'%s' and '%s'", a->text, b->text);
	REQUIRE(!(a->given & GIVEN_NR_INODES) || a->nr_inodes == b->nr_inodes, "'%s' and '%s'",
		a->text, b->text);
	REQUIRE(!(a->given & GIVEN_MODE) || a->mode == b->mode, "'%s' and '%s'", a->text, b->text);
	REQUIRE(!(a->given & GIVEN_UID) || a->uid == b->uid, "'%s' and '%s'", a->text, b->text);
	REQUIRE(!(a->given & GIVEN_GID) || a->gid == b->gid, "'%s' and '%s'", a->text, b->text);
	REQUIRE(a->seed == b->seed && a->huge == b->huge, "'%s' and '%s'", a->text, b->text);
}

void require_same_list(const struct tmpfs_list *a, const struct tmpfs_list *b)
{
	REQUIRE(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		require_same_entry(&a->entries[i], &b->entries[i]);
}

static void put_flags(struct text *out, unsigned flags)
{
	static const char *const pairs[][2] = {
		{"rw", "ro"}, {"exec", "noexec"}, {"suid", "nosuid"}, {"dev", "nodev"}};

	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++)
		text_add(out, ":%s", pairs[i][(flags >> i) & 1]);
	text_add(out, "%s%s%s", flags & FLAG_NOATIME ? ":noatime" : "",
		 flags & FLAG_STRICTATIME ? ",strictatime" : "",
		 flags & FLAG_NODIRATIME ? ",nodiratime" : "");
	text_add(out, "%s", flags & FLAG_NOSYMFOLLOW ? ":nosymfollow" : "");
}

void put_entry(struct text *out, const struct tmpfs_entry *entry)
{
	for (const char *at = entry->path; *at; at++) {
		if (*at != '/')
			text_put(out, '\\');
		text_put(out, *at);
	}
	put_flags(out, entry->flags);
	if (entry->given & GIVEN_SIZE)
		text_add(out, ":size=%" PRIu64 "%s", entry->size.value,
			 entry->size.is_percent ? "%" : "");
	if (entry->given & GIVEN_NR_INODES)
		text_add(out, ",nr_inodes=%" PRIu64, entry->nr_inodes);
	if (entry->given & GIVEN_MODE)
		text_add(out, ":mode=%o", entry->mode);
	text_add(out, "%s", entry->given & GIVEN_OWNER_USER ? ":U" : "");
	if (entry->given & GIVEN_UID)
		text_add(out, ":uid=%u", entry->uid);
	if (entry->given & GIVEN_GID)
		text_add(out, ":gid=%u", entry->gid);
	text_add(out, "%s", entry->given & GIVEN_NOSWAP ? ":noswap" : "");
	if (entry->huge != HUGE_UNSAID)
		text_add(out, ":huge=%s", huge_name(entry->huge));
	if (entry->given & GIVEN_SEED)
		text_add(out, ":seed=%s", seed_name(entry->seed));
}

void put_list(struct text *out, const struct tmpfs_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		text_add(out, "%s", i ? ";" : "");
		put_entry(out, &list->entries[i]);
	}
}
