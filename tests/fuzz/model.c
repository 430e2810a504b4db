/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/tmpfs_entry.h"

/* Few, so that paths and globs often match. None is the name of an option. */
static const char *const names[] = {
	"a",   "b",   "etc", "run", "dev", "proc", "ab",       "a*",   "[b]",  "a b",  ".a",
	"..c", "x:y", "c;d", "e,g", "\\",  "?",	   "\xc3\xa4", "\xff", "a\tb", "g\nh", "b\r",
};

/* Mostly one of the first. */
static const char *pick_name(struct take *take)
{
	return names[take_below(take, take_rarely(take, 4) ? ARRAY_SIZE(names) : 6)];
}

static void spell_name(struct take *take, const char *name, struct text *out)
{
	for (; *name; name++) {
		if (strchr(":;\\\n \t\r", *name) || take_rarely(take, 8))
			text_put(out, '\\');
		text_put(out, *name);
	}
}

static void spell_slash(struct take *take, struct text *out)
{
	static const char *const slashes[] = {"/", "/", "/", "//", "\\/", "/\\//"};

	text_add(out, "%s", slashes[take_below(take, ARRAY_SIZE(slashes))]);
}

void model_path(struct take *take, struct text *out, struct model_path *ret_path)
{
	size_t count = 1 + take_below(take, 3);
	size_t length = 0;

	*ret_path = (struct model_path){.valid = true};
	if (take_rarely(take, 64)) {
		static const char *const none[] = {"/", "a/", "/a,/b", "/a /b", "/a\t/b"};

		ret_path->valid = false;
		text_add(out, "%s", none[take_below(take, ARRAY_SIZE(none))]);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *name = pick_name(take);

		spell_slash(take, out);
		if (take_rarely(take, 64)) {
			ret_path->valid = false;
			name = take_rarely(take, 2) ? "." : "..";
		}
		spell_name(take, name, out);
		length += (size_t)snprintf(ret_path->text + length, MODEL_PATH_MAX - length, "/%s",
					   name);
	}
	if (take_rarely(take, 8))
		spell_slash(take, out);
}

bool model_is_below(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	if (!strcmp(dir, "/"))
		return true;
	return strlen(path) >= length && !memcmp(path, dir, length) &&
	       (path[length] == '\0' || path[length] == '/');
}

static void random_size(struct take *take, struct text *out, struct model_size *ret_size)
{
	static const char units[][2] = {"", "k", "K", "m", "M", "g", "t"};
	static const unsigned shifts[] = {0, 10, 10, 20, 20, 30, 40};
	static const char *const zeros[] = {"", "", "0", "000"};
	unsigned unit = take_below(take, ARRAY_SIZE(shifts));
	uint64_t number = 1 + take_below(take, 200);

	number = number == 200 ? 0 : number;
	/* Mostly a page or more. */
	if (!shifts[unit])
		number *= 2048;
	*ret_size = (struct model_size){.value = number << shifts[unit]};
	ret_size->valid = ret_size->value >= MODEL_PAGE;
	text_add(out, "%s%" PRIu64 "%s", zeros[take_below(take, ARRAY_SIZE(zeros))], number,
		 units[unit]);
}

void model_size(struct take *take, struct text *out, struct model_size *ret_size)
{
	static const struct {
		const char *text;
		struct model_size size;
	} fixed[] = {
		{"4095", {false, false, 4095}},
		{"4096", {true, false, 4096}},
		{"64", {false, false, 64}},
		{"4097", {true, false, 4097}},
		{"8191", {true, false, 8191}},
		{"12288", {true, false, 12288}},
		{"9223372036854775807", {true, false, INT64_MAX}},
		{"9223372036854775808", {false, false, 0}},
		{"18446744073709551617", {false, false, 0}},
		{"8388607t", {true, false, 8388607ULL << 40}},
		{"8388608T", {false, false, 0}},
		{"18014398509481985k", {false, false, 0}},
		{"1%", {true, true, 1}},
		{"050%", {true, true, 50}},
		{"100%", {true, true, 100}},
		{"0%", {false, true, 0}},
		{"101%", {false, true, 0}},
		{"1k%", {false, true, 0}},
		{"1kk", {false, false, 0}},
		{"-1", {false, false, 0}},
		{"0x10", {false, false, 0}},
		{"1e3", {false, false, 0}},
		{"", {false, false, 0}},
	};
	unsigned which = take_below(take, 2 * ARRAY_SIZE(fixed));

	/* Invalid ones are rare, because few cases would be interesting otherwise. */
	if (which >= ARRAY_SIZE(fixed) || (!fixed[which].size.valid && !take_rarely(take, 4))) {
		random_size(take, out, ret_size);
		return;
	}
	*ret_size = fixed[which].size;
	text_add(out, "%s", fixed[which].text);
}

uint64_t model_bytes(const struct model_size *size, uint64_t total_memory)
{
	/* The model's machines have less than 2^57 bytes of memory. */
	return size->percent ? total_memory * size->value / 100 : size->value;
}

/* Options that are one word. */
static const struct {
	const char *text;
	enum model_class about;
	uint64_t choice;
} words[] = {
	{"U", ABOUT_USER, 0},
	{"ro", ABOUT_RO, 0},
	{"rw", ABOUT_RW, 0},
	{"exec", ABOUT_EXEC, 0},
	{"noexec", ABOUT_NOEXEC, 0},
	{"suid", ABOUT_SUID, 0},
	{"nosuid", ABOUT_NOSUID, 0},
	{"dev", ABOUT_DEV, 0},
	{"nodev", ABOUT_NODEV, 0},
	{"atime", ABOUT_RELATIME, 0},
	{"relatime", ABOUT_RELATIME, 0},
	{"noatime", ABOUT_NOATIME, 0},
	{"strictatime", ABOUT_STRICTATIME, 0},
	{"nodiratime", ABOUT_NODIRATIME, 0},
	{"nosymfollow", ABOUT_NOSYMFOLLOW, 0},
	{"noswap", ABOUT_NOSWAP, 0},
	{"huge=never", ABOUT_HUGE, HUGE_NEVER},
	{"huge=always", ABOUT_HUGE, HUGE_ALWAYS},
	{"huge=within_size", ABOUT_HUGE, HUGE_WITHIN_SIZE},
	{"huge=advise", ABOUT_HUGE, HUGE_ADVISE},
	{"seed=copy", ABOUT_SEED, SEED_COPY},
	{"seed=overlay", ABOUT_SEED, SEED_OVERLAY},
	{"seed=auto", ABOUT_SEED, SEED_AUTO},
	{"seed=none", ABOUT_SEED, SEED_NONE},
	{"tmpcopyup", ABOUT_SEED, SEED_COPY},
	{"notmpcopyup", ABOUT_SEED, SEED_NONE},
};

/* Options with a number. Of the first one, only the name is used. */
static const struct {
	const char *text;
	enum model_class about;
	bool valid;
	uint64_t value;
} numbers[] = {
	{"nr_inodes=1", ABOUT_NR_INODES, true, 1},
	{"nr_inodes=010K", ABOUT_NR_INODES, true, 10240},
	{"nr_inodes=9007199254740991", ABOUT_NR_INODES, true, 9007199254740991},
	{"nr_inodes=9007199254740992", ABOUT_NR_INODES, false, 0},
	{"nr_inodes=0", ABOUT_NR_INODES, false, 0},
	{"mode=700", ABOUT_MODE, true, 0700},
	{"mode=01777", ABOUT_MODE, true, 01777},
	{"mode=0", ABOUT_MODE, true, 0},
	{"mode=10000", ABOUT_MODE, false, 0},
	{"mode=8", ABOUT_MODE, false, 0},
	{"uid=0", ABOUT_UID, true, 0},
	{"uid=999", ABOUT_UID, true, 999},
	{"uid=1000", ABOUT_UID, true, 1000},
	{"uid=4294967294", ABOUT_UID, true, 4294967294},
	{"uid=4294967295", ABOUT_UID, false, 0},
	{"gid=07", ABOUT_GID, true, 7},
	{"gid=5000", ABOUT_GID, true, 5000},
	{"gid=-1", ABOUT_GID, false, 0},
};

/* Words that are not options. */
static const char *const mistakes[] = {
	"",	   "roo",   "RO",  "size",   "ro=",	      "seed=Copy", "seed=",
	"huge=on", "U=1",   " ro", "mode",   "defaults",      "uid=",	   "x",
	"/b",	   "ro /b", "1m",  "mpol=x", "tmpfs-size=1m",
};

static void make_option(struct take *take, struct text *out, struct model_option *ret_option)
{
	unsigned kind = take_below(take, 16);
	unsigned which;

	*ret_option = (struct model_option){.valid = true};
	if (kind < 6) {
		ret_option->about = ABOUT_SIZE;
		text_add(out, "size=");
		model_size(take, out, &ret_option->size);
		ret_option->valid = ret_option->size.valid;
	} else if (kind < 12) {
		which = take_below(take, ARRAY_SIZE(words));
		ret_option->about = words[which].about;
		ret_option->value = words[which].choice;
		text_add(out, "%s", words[which].text);
	} else if (kind < 15) {
		which = take_below(take, ARRAY_SIZE(numbers));
		if (!numbers[which].valid && !take_rarely(take, 4))
			which = 1;
		ret_option->about = numbers[which].about;
		ret_option->value = numbers[which].value;
		ret_option->valid = numbers[which].valid;
		text_add(out, "%s", numbers[which].text);
	} else {
		ret_option->valid = !take_rarely(take, 4);
		if (!ret_option->valid)
			text_add(out, "%s", mistakes[take_below(take, ARRAY_SIZE(mistakes))]);
		else
			text_add(out, "rw");
		ret_option->about = ABOUT_RW;
	}
}

static void apply_flag(struct model_entry *entry, enum model_class about)
{
	static const struct {
		enum model_class about;
		unsigned set, clear;
	} flags[] = {
		{ABOUT_RO, FLAG_RO, 0},
		{ABOUT_RW, 0, FLAG_RO},
		{ABOUT_EXEC, 0, FLAG_NOEXEC},
		{ABOUT_NOEXEC, FLAG_NOEXEC, 0},
		{ABOUT_SUID, 0, FLAG_NOSUID},
		{ABOUT_NOSUID, FLAG_NOSUID, 0},
		{ABOUT_DEV, 0, FLAG_NODEV},
		{ABOUT_NODEV, FLAG_NODEV, 0},
		{ABOUT_RELATIME, 0, FLAG_NOATIME | FLAG_STRICTATIME},
		{ABOUT_NOATIME, FLAG_NOATIME, FLAG_STRICTATIME},
		{ABOUT_STRICTATIME, FLAG_STRICTATIME, FLAG_NOATIME},
		{ABOUT_NODIRATIME, FLAG_NODIRATIME, 0},
		{ABOUT_NOSYMFOLLOW, FLAG_NOSYMFOLLOW, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].about == about)
			entry->flags = (entry->flags & ~flags[i].clear) | flags[i].set;
}

static void apply_option(struct model_entry *entry, const struct model_option *option)
{
	apply_flag(entry, option->about);
	switch (option->about) {
	case ABOUT_SIZE:
		entry->given |= GIVEN_SIZE;
		entry->size = option->size;
		break;
	case ABOUT_NR_INODES:
		entry->given |= GIVEN_NR_INODES;
		entry->nr_inodes = option->value;
		break;
	case ABOUT_MODE:
		entry->given |= GIVEN_MODE;
		entry->mode = option->value;
		break;
	case ABOUT_UID:
		entry->given |= GIVEN_UID;
		entry->uid = option->value;
		break;
	case ABOUT_GID:
		entry->given |= GIVEN_GID;
		entry->gid = option->value;
		break;
	case ABOUT_USER:
		entry->given &= ~(unsigned)(GIVEN_UID | GIVEN_GID);
		entry->given |= GIVEN_OWNER_USER;
		break;
	case ABOUT_NOSWAP:
		entry->given |= GIVEN_NOSWAP;
		break;
	case ABOUT_HUGE:
		entry->given |= GIVEN_HUGE;
		entry->huge = option->value;
		break;
	case ABOUT_SEED:
		entry->given |= GIVEN_SEED;
		entry->seed = option->value;
		break;
	default:
		break;
	}
}

void model_entry(struct take *take, struct text *out, struct model_entry *ret_entry)
{
	struct model_entry *entry = ret_entry;

	/* The second row of the table of contract section 2. */
	*entry = (struct model_entry){.flags = FLAG_NOEXEC | FLAG_NOSUID | FLAG_NODEV};
	model_path(take, out, &entry->path);
	entry->valid = entry->path.valid;
	if (take_rarely(take, 128)) {
		/* As Docker users write it. */
		text_add(out, ",rw");
		entry->valid = false;
	}
	entry->options_count = take_below(take, MODEL_OPTIONS_MAX + 1);
	for (size_t i = 0; i < entry->options_count; i++) {
		text_add(out, "%s", i && take_rarely(take, 2) ? "," : ":");
		make_option(take, out, &entry->options[i]);
		if (entry->options[i].valid)
			apply_option(entry, &entry->options[i]);
		else
			entry->valid = false;
	}
}

void model_list(struct take *take, struct text *out, struct model_list *ret_list)
{
	static const char *const between[] = {";", "\n", " ; ", ";;\t", "\r\n"};

	*ret_list = (struct model_list){.valid = true, .count = take_below(take, 6)};
	text_add(out, "%s", take_rarely(take, 8) ? " ;\n" : "");
	for (size_t i = 0; i < ret_list->count; i++) {
		if (i)
			text_add(out, "%s", between[take_below(take, ARRAY_SIZE(between))]);
		model_entry(take, out, &ret_list->entries[i]);
		ret_list->valid &= ret_list->entries[i].valid;
		for (size_t k = 0; k < i; k++)
			if (!strcmp(ret_list->entries[k].path.text, ret_list->entries[i].path.text))
				ret_list->valid = false;
	}
	text_add(out, "%s", take_rarely(take, 8) ? " ;" : "");
}

void model_forbidden(struct take *take, struct text *out, struct model_option *ret_option)
{
	static const struct {
		const char *text;
		enum model_class about;
	} wide[] = {
		{"size", ABOUT_SIZE}, {"nr_inodes", ABOUT_NR_INODES},
		{"mode", ABOUT_MODE}, {"uid", ABOUT_UID},
		{"gid", ABOUT_GID},   {"huge", ABOUT_HUGE},
		{"seed", ABOUT_SEED},
	};
	unsigned which = take_below(take, ARRAY_SIZE(words) + ARRAY_SIZE(wide));

	*ret_option = (struct model_option){.valid = true, .value = ANY_CHOICE};
	if (which < ARRAY_SIZE(words)) {
		ret_option->about = words[which].about;
		ret_option->value = words[which].choice;
		text_add(out, "%s", words[which].text);
	} else {
		ret_option->about = wide[which - ARRAY_SIZE(words)].about;
		text_add(out, "%s", wide[which - ARRAY_SIZE(words)].text);
	}
}

bool model_is_forbidden(const struct model_option *forbidden, const struct model_option *option)
{
	/* U also sets an owner. */
	if (option->about == ABOUT_USER &&
	    (forbidden->about == ABOUT_UID || forbidden->about == ABOUT_GID))
		return true;
	/* It becomes one of the two. */
	if (option->about == ABOUT_SEED && option->value == SEED_AUTO &&
	    forbidden->about == ABOUT_SEED && forbidden->value != SEED_NONE)
		return true;
	return forbidden->about == option->about &&
	       (forbidden->value == ANY_CHOICE || forbidden->value == option->value);
}

/* before is the token to the left, NULL for the first one: two "*" in a row would be "**". */
static void glob_token(struct take *take, char byte, const struct model_token *before,
		       struct text *out, struct model_token *token)
{
	static const char sets[][3] = {"ab", "er", "?b", ":x"};

	*token = (struct model_token){.kind = TOKEN_BYTE, .bytes = {byte}};
	switch (take_below(take, 12)) {
	case 8:
		token->kind = TOKEN_ANY;
		text_put(out, '?');
		return;
	case 9:
		token->kind = before && before->kind == TOKEN_MANY ? TOKEN_ANY : TOKEN_MANY;
		text_put(out, token->kind == TOKEN_MANY ? '*' : '?');
		return;
	case 10:
	case 11:
		token->kind = take_rarely(take, 2) ? TOKEN_NOT_SET : TOKEN_SET;
		memcpy(token->bytes, sets[take_below(take, ARRAY_SIZE(sets))], 3);
		text_add(out, "[%s%s]", token->kind == TOKEN_NOT_SET ? "!" : "", token->bytes);
		return;
	default:
		if (strchr("*?[\\", byte) || take_rarely(take, 8))
			text_put(out, '\\');
		text_put(out, byte);
	}
}

bool model_glob(struct take *take, struct text *out, struct model_glob *ret_glob)
{
	*ret_glob = (struct model_glob){.below = take_rarely(take, 3)};
	ret_glob->parts_count = take_below(take, 3) + (ret_glob->below ? 0 : 1);
	for (size_t i = 0; i < ret_glob->parts_count; i++) {
		text_put(out, '/');
		for (const char *name = pick_name(take); *name; name++) {
			struct model_token *token =
				&ret_glob->parts[i].tokens[ret_glob->parts[i].count];

			glob_token(take, *name, ret_glob->parts[i].count ? token - 1 : NULL, out,
				   token);
			ret_glob->parts[i].count++;
		}
	}
	/* "\\*" followed by "*" looks like the "**" that matches everything below. */
	if (out->text && strstr(out->text, "**"))
		return false;
	if (ret_glob->below)
		text_add(out, "/**");
	return true;
}

static bool token_takes(const struct model_token *token, char byte)
{
	bool among = memchr(token->bytes, byte, 2) != NULL;

	switch (token->kind) {
	case TOKEN_BYTE:
		return token->bytes[0] == byte;
	case TOKEN_SET:
		return among;
	case TOKEN_NOT_SET:
		return !among;
	default:
		return true;
	}
}

static bool part_matches(const struct model_token *tokens, size_t count, const char *text,
			 size_t length)
{
	if (!count)
		return !length;
	if (tokens->kind == TOKEN_MANY) {
		for (size_t skip = 0; skip <= length; skip++)
			if (part_matches(tokens + 1, count - 1, text + skip, length - skip))
				return true;
		return false;
	}
	return length && token_takes(tokens, *text) &&
	       part_matches(tokens + 1, count - 1, text + 1, length - 1);
}

bool model_matches(const struct model_glob *glob, const char *path)
{
	for (size_t i = 0; i < glob->parts_count; i++) {
		size_t length;

		if (*path++ != '/')
			return false;
		length = strcspn(path, "/");
		if (!part_matches(glob->parts[i].tokens, glob->parts[i].count, path, length))
			return false;
		path += length;
	}
	/* Something is left, or nothing is. */
	return (*path != '\0') == glob->below;
}
