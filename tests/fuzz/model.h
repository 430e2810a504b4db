/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meaning of annotations and of the operator's options, written a second time: by the
 * specification and not by the code of src/core, none of which is used here. A case is made at
 * random: first its meaning, then one of its many spellings. Nothing here therefore parses a
 * spelling, and a parser that misinterprets one is detected.
 */
#ifndef ORH_TESTS_MODEL_H
#define ORH_TESTS_MODEL_H

#include "fuzz.h"

/* Choices, made by the bytes of the input. Without bytes left, the first choice is made. */
struct take {
	const uint8_t *at;
	const uint8_t *end;
};

static inline unsigned take_below(struct take *take, unsigned count)
{
	return take->at == take->end ? 0 : *take->at++ % count;
}

/* True once in that many times. */
static inline bool take_rarely(struct take *take, unsigned count)
{
	return take_below(take, count) == count - 1;
}

#define MODEL_PATH_MAX	  96
#define MODEL_PARTS_MAX	  4
#define MODEL_OPTIONS_MAX 5
#define MODEL_ENTRIES_MAX 5
#define MODEL_PAGE	  4096ULL

struct model_path {
	bool valid;
	char text[MODEL_PATH_MAX]; /* without what only the spelling adds */
};

/* Makes a path, and appends one of its spellings in a list to out. */
void model_path(struct take *take, struct text *out, struct model_path *ret_path);

bool model_is_below(const char *path, const char *dir); /* or equal */

struct model_size {
	bool valid;
	bool percent;
	uint64_t value;
};

void model_size(struct take *take, struct text *out, struct model_size *ret_size);
uint64_t model_bytes(const struct model_size *size, uint64_t total_memory);

/* The subject of an option. All spellings of one setting have the same subject and choice. */
enum model_class {
	ABOUT_SIZE,
	ABOUT_NR_INODES,
	ABOUT_MODE,
	ABOUT_UID,
	ABOUT_GID,
	ABOUT_USER,
	ABOUT_RO,
	ABOUT_RW,
	ABOUT_EXEC,
	ABOUT_NOEXEC,
	ABOUT_SUID,
	ABOUT_NOSUID,
	ABOUT_DEV,
	ABOUT_NODEV,
	ABOUT_RELATIME,
	ABOUT_NOATIME,
	ABOUT_STRICTATIME,
	ABOUT_NODIRATIME,
	ABOUT_NOSYMFOLLOW,
	ABOUT_NOSWAP,
	ABOUT_HUGE,
	ABOUT_SEED,
};

#define ANY_CHOICE UINT64_MAX

struct model_option {
	bool valid;
	enum model_class about;
	uint64_t value; /* a number, or the index of a choice; ANY_CHOICE in --forbid */
	struct model_size size;
};

struct model_entry {
	bool valid;
	struct model_path path;
	struct model_option options[MODEL_OPTIONS_MAX];
	size_t options_count;
	/* Their combined meaning; the bits of core/tmpfs_entry.h. */
	unsigned given, flags;
	struct model_size size;
	uint64_t nr_inodes, mode, uid, gid, huge, seed;
};

void model_entry(struct take *take, struct text *out, struct model_entry *ret_entry);

struct model_list {
	bool valid;
	struct model_entry entries[MODEL_ENTRIES_MAX];
	size_t count;
};

void model_list(struct take *take, struct text *out, struct model_list *ret_list);

/* One word of --forbid. */
void model_forbidden(struct take *take, struct text *out, struct model_option *ret_option);
bool model_is_forbidden(const struct model_option *forbidden, const struct model_option *option);

/* The parts of a glob, each of which is matched against one component. */
struct model_token {
	enum { TOKEN_BYTE, TOKEN_ANY, TOKEN_MANY, TOKEN_SET, TOKEN_NOT_SET } kind;
	char bytes[3];
};

struct model_glob {
	bool below; /* "**" at its end: matches everything below, but not the rest itself */
	size_t parts_count;
	struct {
		size_t count;
		struct model_token tokens[8];
	} parts[MODEL_PARTS_MAX];
};

/* out gets the whole spelling. Returns false if options cannot have it. */
bool model_glob(struct take *take, struct text *out, struct model_glob *ret_glob);
bool model_matches(const struct model_glob *glob, const char *path);

#endif
