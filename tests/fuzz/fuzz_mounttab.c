/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mount table. The input is what a kernel would print in /proc/PID/mountinfo. */
#include "core/mounttab.h"
#include "core/plan.h"
#include "core/plan_verify.h"
#include "fuzz.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct {
	const char *name;
	unsigned flag;
} flag_names[] = {
	{"ro", FLAG_RO},
	{"nosuid", FLAG_NOSUID},
	{"nodev", FLAG_NODEV},
	{"noexec", FLAG_NOEXEC},
	{"noatime", FLAG_NOATIME},
	{"nodiratime", FLAG_NODIRATIME},
	{"nosymfollow", FLAG_NOSYMFOLLOW},
};

/* One line, read by another parser than the hook's. */
struct expected {
	uint64_t id, parent;
	char target[512], fstype[64], source[512];
	unsigned flags;
	bool is_slave, is_shared;
};

/* Reads the next field, up to a blank, which it skips. "\ooo" represents a byte. Returns false if
 * the kernel would not print the field: empty, longer than size, another escape, a byte that the
 * kernel would escape. */
static bool field(const char **at, char *out, size_t size)
{
	size_t used = 0;

	while (**at && **at != ' ' && **at != '\n') {
		unsigned byte = (unsigned char)*(*at)++;

		if (byte < 0x20 || byte == '#' || used + 2 > size)
			return false;
		if (byte == '\\') {
			char digits[4] = {0};

			memcpy(digits, *at, strnlen(*at, 3));
			if (strspn(digits, "01234567") != 3)
				return false;
			byte = (unsigned)strtoul(digits, NULL, 8);
			if (!byte || !strchr(" \t\n\\#", (int)byte))
				return false;
			*at += 3;
		}
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	if (**at == ' ')
		++*at;
	return used > 0;
}

static bool number(const char **at, uint64_t *ret_number)
{
	char text[32];

	if (!field(at, text, sizeof(text)) || strspn(text, "0123456789") != strlen(text) ||
	    text[0] == '0' || strlen(text) > 9)
		return false;
	*ret_number = strtoull(text, NULL, 10);
	return true;
}

static bool device(const char **at)
{
	char text[32];
	char *colon;

	if (!field(at, text, sizeof(text)) || !(colon = strchr(text, ':')))
		return false;
	*colon++ = '\0';
	return *text && *colon && strlen(text) < 8 && strlen(colon) < 8 &&
	       strspn(text, "0123456789") == strlen(text) &&
	       strspn(colon, "0123456789") == strlen(colon);
}

static bool options(const char **at, unsigned *ret_flags)
{
	bool relatime = false;
	char text[128];
	char *saved;

	*ret_flags = 0;
	if (!field(at, text, sizeof(text)) || strstr(text, ",,") || text[0] == ',' ||
	    text[strlen(text) - 1] == ',' ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz,") != strlen(text))
		return false;
	for (char *word = strtok_r(text, ",", &saved); word; word = strtok_r(NULL, ",", &saved)) {
		relatime |= !strcmp(word, "relatime");
		for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++)
			if (!strcmp(word, flag_names[i].name))
				*ret_flags |= flag_names[i].flag;
	}
	if (!relatime && !(*ret_flags & FLAG_NOATIME))
		*ret_flags |= FLAG_STRICTATIME;
	return true;
}

static bool is_tagged(const char *text, const char *tag)
{
	size_t length = strlen(tag);

	return !strncmp(text, tag, length) && text[length] &&
	       text[length + strspn(text + length, "0123456789")] == '\0';
}

/* "shared:1 master:2 propagate_from:3 unbindable -" */
static bool propagation(const char **at, struct expected *line)
{
	char text[64];

	for (;;) {
		if (!field(at, text, sizeof(text)))
			return false;
		if (!strcmp(text, "-"))
			return true;
		if (is_tagged(text, "shared:"))
			line->is_shared = true;
		else if (is_tagged(text, "master:"))
			line->is_slave = true;
		else if (strcmp(text, "unbindable") != 0 && !is_tagged(text, "propagate_from:"))
			return false;
	}
}

/* A line in the kernel's form. This does not check how others are handled. */
static bool kernel_line(const char **at, struct expected *line)
{
	char root[512], super[512];

	*line = (struct expected){0};
	return number(at, &line->id) && number(at, &line->parent) && device(at) &&
	       field(at, root, sizeof(root)) && field(at, line->target, sizeof(line->target)) &&
	       looks_normal(line->target) && options(at, &line->flags) && propagation(at, line) &&
	       field(at, line->fstype, sizeof(line->fstype)) &&
	       field(at, line->source, sizeof(line->source)) && field(at, super, sizeof(super)) &&
	       *(*at)++ == '\n';
}

static bool same_source(const char *found, const char *wanted)
{
	return found ? !strcmp(found, wanted) : !strcmp(wanted, "none");
}

static void require_as_printed(const char *text, int r, const struct error *error,
			       const struct mounttab *table)
{
	struct expected line;
	size_t count = 0;

	for (const char *at = text; *at; count++)
		if (!kernel_line(&at, &line))
			return;
	if (!count)
		return;
	REQUIRE(r == 0, "%s: %s", error->text, text);
	REQUIRE(table->count == count, "%zu lines are %zu: %s", count, table->count, text);
	for (size_t i = 0; i < count; i++) {
		const struct mount_line *found = &table->lines[i];

		REQUIRE(kernel_line(&text, &line), "%s", text);
		REQUIRE(found->id == line.id && found->parent == line.parent, "line %zu", i);
		REQUIRE(!strcmp(found->target, line.target), "line %zu: '%s' is '%s'", i,
			line.target, found->target);
		REQUIRE(!strcmp(found->fstype, line.fstype), "line %zu: '%s' is '%s'", i,
			line.fstype, found->fstype);
		REQUIRE(same_source(found->source, line.source), "line %zu: '%s' is '%s'", i,
			line.source, found->source ? found->source : "(null)");
		REQUIRE(found->flags == line.flags, "line %zu: %#x is %#x", i, line.flags,
			found->flags);
		REQUIRE(found->is_slave == line.is_slave && found->is_shared == line.is_shared,
			"line %zu: propagation", i);
	}
}

static void require_same(const struct mounttab *a, const struct mounttab *b)
{
	REQUIRE(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct mount_line *one = &a->lines[i], *other = &b->lines[i];

		REQUIRE(one->id == other->id && one->parent == other->parent &&
				one->flags == other->flags && one->is_slave == other->is_slave &&
				one->is_shared == other->is_shared,
			"line %zu", i);
		REQUIRE(!strcmp(one->target, other->target), "'%s' and '%s'", one->target,
			other->target);
		REQUIRE(!strcmp(one->fstype, other->fstype), "'%s' and '%s'", one->fstype,
			other->fstype);
		REQUIRE(same_text(one->source, other->source), "'%s' and '%s'",
			one->source ? one->source : "(null)",
			other->source ? other->source : "(null)");
	}
}

static void put_field(struct text *out, const char *text)
{
	for (; *text; text++) {
		if (strchr(" \t\n\\", *text))
			text_add(out, "\\%03o", (unsigned char)*text);
		else
			text_put(out, *text);
	}
	text_put(out, ' ');
}

static void put_line(struct text *out, const struct mount_line *line)
{
	text_add(out, "%" PRIu64 " %" PRIu64 " 0:1 / ", line->id, line->parent);
	put_field(out, line->target);
	text_add(out, line->flags & FLAG_RO ? "ro" : "rw");
	for (size_t i = 1; i < ARRAY_SIZE(flag_names); i++)
		if (line->flags & flag_names[i].flag)
			text_add(out, ",%s", flag_names[i].name);
	text_add(out, "%s %s%s- ", line->flags & FLAG_STRICTATIME ? "" : ",relatime",
		 line->is_shared ? "shared:1 " : "", line->is_slave ? "master:2 " : "");
	put_field(out, line->fstype);
	put_field(out, line->source ? line->source : "none");
	text_add(out, "rw\n");
}

/* Written in the kernel's form and parsed again, it is the same. Not written: an empty field, or
 * one that begins like a comment. */
static void round_trip(const struct mounttab *table)
{
	AUTO_MOUNTTAB again = {0};
	AUTO_TEXT text = {0};
	struct error error = UNSET_ERROR;

	for (size_t i = 0; i < table->count; i++) {
		const struct mount_line *line = &table->lines[i];

		if (!*line->target || !*line->fstype || (line->source && !*line->source))
			return;
		put_line(&text, line);
	}
	if (!text.length)
		return;
	REQUIRE(mounttab_parse(text.text, text.length, &error, &again) == 0, "%s: %s", error.text,
		text.text);
	require_same(table, &again);
}

static bool has_unique_ids(const struct mounttab *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (mounttab_find(table, table->lines[i].id) != &table->lines[i])
			return false;
	return true;
}

static int verify(const struct plan *plan, const struct mounttab *before,
		  const struct mounttab *after)
{
	struct error error = UNSET_ERROR;
	int r = plan_verify(plan, before, after, before->lines[0].id, NULL, &error);

	if (r < 0)
		require_error(r, &error, STATUS_BIT(STATUS_BUG), 0);
	return r;
}

/* If nothing was done, the table equals itself, but not after its root has changed. */
static void try_verify(const struct mounttab *table)
{
	struct mounttab without = {.lines = table->lines + 1, .count = table->count - 1};
	struct plan nothing = {0};
	struct plan readonly = {.root_readonly = true};
	struct mount_line *root;
	bool was_readonly;

	if (!table->count || !has_unique_ids(table) || !looks_normal(table->lines[0].target))
		return;
	root = &table->lines[0];
	/* A table that a kernel never prints: a root that is mounted on something below itself. */
	if (mounttab_find(table, root->parent))
		return;
	was_readonly = root->flags & FLAG_RO;
	REQUIRE(verify(&nothing, table, table) == 0, "as it was");
	REQUIRE((verify(&readonly, table, table) == 0) == was_readonly, "the root's flag");
	if (table->count > 1)
		REQUIRE(verify(&nothing, table, &without) < 0, "the root is gone");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	AUTO_MOUNTTAB table = {0};
	AUTO_MOUNTTAB again = {0};
	struct error error = UNSET_ERROR, error_again = UNSET_ERROR;
	int r;

	r = mounttab_parse((const char *)data, size, &error, &table);
	REQUIRE(mounttab_parse(text, size, &error_again, &again) == r, "%d", r);
	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), 0);
		REQUIRE(!strcmp(error.text, error_again.text), "%s; %s", error.text,
			error_again.text);
	}
	if (strlen(text) == size)
		require_as_printed(text, r, &error, &table);
	if (r < 0)
		return 0;
	REQUIRE(strlen(text) == size, "a NUL is taken");
	require_same(&table, &again);
	for (size_t i = 0; i < table.count; i++)
		REQUIRE(table.lines[i].id >= 1 && table.lines[i].id <= INT32_MAX, "%" PRIu64,
			table.lines[i].id);
	round_trip(&table);
	try_verify(&table);
	return 0;
}
