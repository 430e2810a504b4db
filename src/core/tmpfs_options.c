/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tmpfs_options.h"

#include <errno.h>
#include <string.h>

#include "nearest.h"

#define ATIME_FLAGS (FLAG_NOATIME | FLAG_STRICTATIME)

/* Parses a value into the entry. Returns 0, -EINVAL if it is not of the right kind, -ERANGE if it
 * is too large or too small. */
typedef int take_value(const char *value, size_t length, struct tmpfs_entry *entry);

struct option_rule {
	const char *name;
	take_value *take; /* NULL: the option has no value */
	const char *kind; /* of the value, for messages */
	const char *form;
	const char *range;
	unsigned given, not_given;
	unsigned set, clear;
	const char *same_as; /* the option that this is another spelling of */
};

static int take_size(const char *value, size_t length, struct tmpfs_entry *entry)
{
	return size_parse(value, length, &entry->size);
}

static int take_nr_inodes(const char *value, size_t length, struct tmpfs_entry *entry)
{
	uint64_t number;
	int r;

	r = scaled_parse(value, length, "kmg", NR_INODES_MAX, &number);
	if (r < 0)
		return r;
	if (!number)
		return -ERANGE;
	entry->nr_inodes = number;
	return 0;
}

static int take_mode(const char *value, size_t length, struct tmpfs_entry *entry)
{
	uint64_t number;
	int r;

	r = number_parse(value, length, 8, 07777, &number);
	if (r < 0)
		return r;
	if (length > 5)
		return -EINVAL;
	entry->mode = (mode_t)number;
	return 0;
}

static int take_id(const char *value, size_t length, uint32_t *ret_id)
{
	uint64_t number;
	int r;

	/* UINT32_MAX is not a valid id. */
	r = number_parse(value, length, 10, UINT32_MAX - 1, &number);
	if (r < 0)
		return r;
	*ret_id = (uint32_t)number;
	return 0;
}

static int take_uid(const char *value, size_t length, struct tmpfs_entry *entry)
{
	return take_id(value, length, &entry->uid);
}

static int take_gid(const char *value, size_t length, struct tmpfs_entry *entry)
{
	return take_id(value, length, &entry->gid);
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !memcmp(text, word, length);
}

static int take_seed(const char *value, size_t length, struct tmpfs_entry *entry)
{
	for (enum seed seed = SEED_COPY; seed <= SEED_NONE; seed++)
		if (is_word(value, length, seed_name(seed))) {
			entry->seed = seed;
			return 0;
		}
	return -EINVAL;
}

static int take_huge(const char *value, size_t length, struct tmpfs_entry *entry)
{
	for (enum huge huge = HUGE_NEVER; huge <= HUGE_ADVISE; huge++)
		if (is_word(value, length, huge_name(huge))) {
			entry->huge = huge;
			return 0;
		}
	return -EINVAL;
}

#define ID_RANGE "0 to 4294967294"

static const struct option_rule rules[] = {
	{"size", take_size, "size", SIZE_FORM, SIZE_RANGE, .given = GIVEN_SIZE},
	{"nr_inodes", take_nr_inodes, "number of files", "a number, then k, m or g",
	 "1 to 9007199254740991", .given = GIVEN_NR_INODES},
	{"mode", take_mode, "mode", "up to 5 octal digits", "0 to 7777", .given = GIVEN_MODE},
	{"uid", take_uid, "user id", "a decimal number", ID_RANGE, .given = GIVEN_UID},
	{"gid", take_gid, "group id", "a decimal number", ID_RANGE, .given = GIVEN_GID},
	{"U", .given = GIVEN_OWNER_USER, .not_given = GIVEN_UID | GIVEN_GID},
	{"ro", .set = FLAG_RO},
	{"rw", .clear = FLAG_RO},
	{"exec", .clear = FLAG_NOEXEC},
	{"noexec", .set = FLAG_NOEXEC},
	{"suid", .clear = FLAG_NOSUID},
	{"nosuid", .set = FLAG_NOSUID},
	{"dev", .clear = FLAG_NODEV},
	{"nodev", .set = FLAG_NODEV},
	{"atime", .clear = ATIME_FLAGS},
	{"relatime", .same_as = "atime"},
	{"noatime", .set = FLAG_NOATIME, .clear = ATIME_FLAGS},
	{"strictatime", .set = FLAG_STRICTATIME, .clear = ATIME_FLAGS},
	{"nodiratime", .set = FLAG_NODIRATIME},
	{"nosymfollow", .set = FLAG_NOSYMFOLLOW},
	{"noswap", .given = GIVEN_NOSWAP},
	{"huge", take_huge, "choice", "never, always, within_size or advise", NULL,
	 .given = GIVEN_HUGE},
	{"seed", take_seed, "seed", "copy, overlay, auto or none", NULL, .given = GIVEN_SEED},
	{"tmpcopyup", .same_as = "seed=copy"},
	{"notmpcopyup", .same_as = "seed=none"},
};

static size_t name_length(const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);

	return equals ? (size_t)(equals - word) : length;
}

static const struct option_rule *find_rule(const char *word, size_t length)
{
	length = name_length(word, length);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (is_word(word, length, rules[i].name))
			return &rules[i];
	return NULL;
}

/* Options of other tools. */
static const struct foreign_option {
	const char *name;
	const char *ours; /* the equivalent option here, or NULL */
	bool of_tmpfs;	  /* documented in tmpfs(5) */
} foreign_options[] = {
	{"tmpfs-size", "size", false},	{"tmpfs-mode", "mode", false},
	{"inodes", "nr_inodes", false}, {"nr_blocks", "size", true},
	{"mpol", NULL, true},
};

static const struct foreign_option *find_foreign(const char *word, size_t length)
{
	length = name_length(word, length);
	for (size_t i = 0; i < ARRAY_SIZE(foreign_options); i++)
		if (is_word(word, length, foreign_options[i].name))
			return &foreign_options[i];
	return NULL;
}

bool tmpfs_option_is_known(const char *word, size_t length)
{
	return find_rule(word, length) || find_foreign(word, length);
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static int foreign_option(const struct foreign_option *foreign, const char *word, size_t length,
			  enum status status, struct error *error)
{
	int shown = length < 200 ? (int)length : 200;
	const char *why = foreign->of_tmpfs ? " (an option of tmpfs(5) that the hook lacks)" : "";

	if (!foreign->ours)
		return error_set(error, status, 0, "%.*s: no such option%s; leave it out", shown,
				 word, why);
	return error_set(error, status, 0, "%.*s: no such option%s; did you mean '%s='?", shown,
			 word, why, foreign->ours);
}

static int unknown_option(const char *word, size_t length, enum status status, struct error *error)
{
	const struct foreign_option *foreign = find_foreign(word, length);
	const char *names[ARRAY_SIZE(rules)];
	int shown = length < 200 ? (int)length : 200;
	const char *nearest;
	struct size size;

	if (length && (is_blank(word[0]) || is_blank(word[length - 1])))
		return error_set(error, status, 0,
				 "'%.*s': blanks are not allowed before or after an option", shown,
				 word);
	if (foreign)
		return foreign_option(foreign, word, length, status, error);
	if (size_parse(word, length, &size) == 0)
		return error_set(error, status, 0,
				 "%.*s: no such option; did you mean 'size=%.*s'?", shown, word,
				 shown, word);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		names[i] = rules[i].name;
	nearest = nearest_name(word, name_length(word, length), names, ARRAY_SIZE(names),
			       NEAREST_SLIP);
	if (nearest)
		return error_set(error, status, 0, "%.*s: no such option; did you mean '%s'?",
				 shown, word, nearest);
	return error_set(error, status, 0,
			 "%.*s: no such option; oci-readonly-annotations(5) lists them", shown,
			 word);
}

/* Describes what is wrong with the value of a word; reason is the return value of the rule's take
 * function. */
static int wrong_value(const struct option_rule *rule, const char *word, size_t length, int reason,
		       enum status status, struct error *error)
{
	int shown = length < 200 ? (int)length : 200;
	int value = (int)strlen(rule->name) + 1;

	if (rule->take == take_size && size_lacks_unit(word + value, length - (size_t)value))
		return error_set(error, status, 0,
				 "%.*s: less than 4096 bytes; did you mean '%.*sm'?", shown, word,
				 shown, word);
	if (reason == -ERANGE)
		return error_set(error, status, 0, "%.*s: out of range, which is %s", shown, word,
				 rule->range);
	return error_set(error, status, 0, "%.*s: '%.*s' is not a valid %s (%s)", shown, word,
			 shown - value, word + value, rule->kind, rule->form);
}

int tmpfs_option_apply(const char *word, size_t length, struct tmpfs_entry *entry,
		       struct error *error)
{
	const struct option_rule *rule = find_rule(word, length);
	int r;

	if (!rule)
		return unknown_option(word, length, STATUS_ANNOTATION, error);
	if (rule->take && !memchr(word, '=', length))
		return error_set(error, STATUS_ANNOTATION, 0,
				 "%s: its value is missing (%s=VALUE: %s)", rule->name, rule->name,
				 rule->form);
	if (!rule->take && memchr(word, '=', length))
		return error_set(error, STATUS_ANNOTATION, 0, "%s: takes no value", rule->name);
	if (rule->same_as)
		return tmpfs_option_apply(rule->same_as, strlen(rule->same_as), entry, error);
	if (rule->take) {
		size_t value = strlen(rule->name) + 1;

		r = rule->take(word + value, length - value, entry);
		if (r < 0)
			return wrong_value(rule, word, length, r, STATUS_ANNOTATION, error);
	}
	entry->given = (entry->given & ~rule->not_given) | rule->given;
	entry->flags = (entry->flags & ~rule->clear) | rule->set;
	return 0;
}

int tmpfs_option_check_forbidden(const char *word, struct error *error)
{
	struct tmpfs_entry scratch = {0};
	size_t length = strlen(word);
	const struct option_rule *rule = find_rule(word, length);
	size_t value;

	if (!rule)
		return unknown_option(word, length, STATUS_OPTIONS, error);
	value = strlen(rule->name) + 1;
	if (length < value)
		return 0;
	if (!rule->take)
		return error_set(error, STATUS_OPTIONS, 0, "%s: takes no value", rule->name);
	if (rule->take != take_seed && rule->take != take_huge)
		return error_set(error, STATUS_OPTIONS, 0,
				 "%" NAME_SHOWN
				 ": only every value of %s can be forbidden: write '%s'",
				 word, rule->name, rule->name);
	if (rule->take(word + value, length - value, &scratch) < 0)
		return wrong_value(rule, word, length, -EINVAL, STATUS_OPTIONS, error);
	return 0;
}

static const char *common_spelling(const char *word)
{
	const struct option_rule *rule = find_rule(word, strlen(word));

	return rule && rule->same_as ? rule->same_as : word;
}

/* Does the word set the same thing as the other option, as U does for uid and gid? */
static bool replaces(const char *word, const char *other)
{
	const struct option_rule *rule = find_rule(word, strlen(word));
	const struct option_rule *replaced = find_rule(other, strlen(other));

	return rule && replaced && (rule->not_given & replaced->given);
}

/* May the word select what is forbidden? */
static bool may_select(const char *word, const char *forbidden)
{
	return !strcmp(word, "seed=auto") &&
	       (!strcmp(forbidden, "seed=copy") || !strcmp(forbidden, "seed=overlay"));
}

bool tmpfs_option_is_forbidden(const char *forbidden, const char *word)
{
	size_t length;

	forbidden = common_spelling(forbidden);
	word = common_spelling(word);
	length = strlen(forbidden);
	if (replaces(word, forbidden) || may_select(word, forbidden))
		return true;
	if (strchr(forbidden, '='))
		return !strcmp(forbidden, word);
	return name_length(word, strlen(word)) == length && !memcmp(forbidden, word, length);
}
