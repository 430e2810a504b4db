/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook's options. The input is text: one argument on each line. */
#include "core/options.h"
#include "fuzz_entry.h"

#include <inttypes.h>

#define ARGUMENTS_MAX 64

/*
 * For nested repetitions, regcomp() may use unlimited memory and time. Only the operator writes
 * --exempt, so such expressions are not tested here.
 */
static bool is_costly(const char *argument)
{
	const char *brace = strchr(argument, '{');
	unsigned doubled = 0;

	/* glibc copies what precedes a "+", so the size doubles for each of several in a row. */
	for (const char *plus = strchr(argument, '+'); plus; plus = strchr(plus + 1, '+'))
		doubled++;
	return strlen(argument) > 256 || doubled > 8 || (brace && strpbrk(brace + 1, "{+*"));
}

/* A character after "\\", or the end of a component: a single "\\" before the end escapes nothing.
 */
static void require_glob(const char *glob)
{
	const char *stars = strstr(glob, "**");

	for (const char *at = glob; *at; at++)
		if (*at == '\\')
			REQUIRE(*++at && *at != '/', "'%s'", glob);

	REQUIRE(glob[1] && looks_normal(glob), "'%s'", glob);
	REQUIRE(!stars || (stars[-1] == '/' && !stars[2]), "'%s'", glob);
}

static void require_limit(const struct size *size)
{
	REQUIRE(size->value <= (size->is_percent ? 100 : (uint64_t)INT64_MAX), "%" PRIu64,
		size->value);
	REQUIRE(!size->value || size->is_percent || size->value >= 4096, "%" PRIu64, size->value);
}

static void require_options(const struct options *options)
{
	REQUIRE(options->readonly || !options->enforce, "--enforce without --readonly");
	require_limit(&options->max_size);
	require_limit(&options->max_total);
	REQUIRE(options->max_inodes <= NR_INODES_MAX, "%" PRIu64, options->max_inodes);
	for (size_t i = 0; i < options->allow.count; i++)
		require_glob(options->allow.items[i]);
	for (size_t i = 0; i < options->deny.count; i++)
		require_glob(options->deny.items[i]);
	for (size_t i = 0; i < options->forbid.count; i++)
		REQUIRE(*options->forbid.items[i] && !strchr(options->forbid.items[i], ','), "'%s'",
			options->forbid.items[i]);
	REQUIRE(options->defaults.count <= 128, "%zu", options->defaults.count);
	for (size_t i = 0; i < options->defaults.count; i++) {
		const struct tmpfs_entry *entry = &options->defaults.entries[i];

		REQUIRE(looks_normal(entry->path), "'%s'", entry->path);
		for (size_t k = 0; k < i; k++)
			REQUIRE(strcmp(entry->path, options->defaults.entries[k].path) != 0,
				"'%s' twice", entry->path);
	}
}

static int parse(size_t count, const char *const arguments[], struct error *error,
		 struct options *ret_options)
{
	int r;

	*error = UNSET_ERROR;
	r = options_parse((int)count, arguments, error, ret_options);
	if (r < 0) {
		require_error(r, error, STATUS_BIT(STATUS_OPTIONS), 0);
		REQUIRE(error->offset == ERROR_NO_OFFSET, "%zu", error->offset);
	}
	return r;
}

/* Splits lines into arguments, in place. The first is the program's name. */
static size_t split(char *text, const char *arguments[static ARGUMENTS_MAX])
{
	size_t count = 1;

	arguments[0] = "hook";
	while (text && count < ARGUMENTS_MAX) {
		char *end = strchr(text, '\n');

		if (end)
			*end++ = '\0';
		arguments[count++] = text;
		text = end;
	}
	return count;
}

static void put_size(struct text *out, const char *name, const struct size *size)
{
	if (size->value)
		text_add(out, "%s%" PRIu64 "%s\n", name, size->value, size->is_percent ? "%" : "");
}

static void put_strings(struct text *out, const char *name, const struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		text_add(out, "%s%s\n", name, list->items[i]);
}

/* The expressions cannot be written from their meaning. They are copied from the arguments. */
static void put_options(struct text *out, const struct options *options)
{
	static const char *const levels[] = {"error", "info", "debug"};

	text_add(out, "--log-level\n%s\n", levels[options->log_level]);
	text_add(out, "%s%s%s", options->help ? "--help\n" : "",
		 options->version ? "--version\n" : "",
		 options->enforce    ? "--enforce\n"
		 : options->readonly ? "--readonly\n"
				     : "");
	text_add(out, "%s", options->audit ? "--audit\n" : "");
	text_add(out, "%s", options->seed_tmpfs ? "--seed-tmpfs\n" : "");
	put_size(out, "--max-size=", &options->max_size);
	put_size(out, "--max-total\n", &options->max_total);
	if (options->max_inodes)
		text_add(out, "--max-inodes=%" PRIu64 "\n", options->max_inodes);
	put_strings(out, "--allow=", &options->allow);
	put_strings(out, "--deny\n", &options->deny);
	for (size_t i = 0; i < options->forbid.count; i++)
		text_add(out, "%s%s%s", i ? "," : "--forbid=", options->forbid.items[i],
			 i + 1 == options->forbid.count ? "\n" : "");
	for (size_t i = 0; i < options->defaults.count; i++) {
		text_add(out, "--tmpfs=");
		put_entry(out, &options->defaults.entries[i]);
		text_put(out, '\n');
	}
}

static void require_same_strings(const struct string_list *a, const struct string_list *b)
{
	REQUIRE(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		REQUIRE(!strcmp(a->items[i], b->items[i]), "'%s' and '%s'", a->items[i],
			b->items[i]);
}

static void require_same(const struct options *a, const struct options *b)
{
	REQUIRE(a->help == b->help && a->version == b->version, "--help or --version");
	REQUIRE(a->readonly == b->readonly && a->enforce == b->enforce, "--readonly");
	REQUIRE(a->audit == b->audit, "--audit");
	REQUIRE(a->seed_tmpfs == b->seed_tmpfs, "--seed-tmpfs");
	REQUIRE(a->log_level == b->log_level, "--log-level");
	REQUIRE(a->max_size.value == b->max_size.value &&
			a->max_size.is_percent == b->max_size.is_percent,
		"--max-size");
	REQUIRE(a->max_total.value == b->max_total.value &&
			a->max_total.is_percent == b->max_total.is_percent,
		"--max-total");
	REQUIRE(a->max_inodes == b->max_inodes, "--max-inodes");
	require_same_strings(&a->allow, &b->allow);
	require_same_strings(&a->deny, &b->deny);
	require_same_strings(&a->forbid, &b->forbid);
	require_same_list(&a->defaults, &b->defaults);
}

static void round_trip(const struct options *options)
{
	const char *arguments[ARGUMENTS_MAX];
	AUTO_OPTIONS again = {0};
	AUTO_TEXT text = {0};
	struct error error;
	size_t count;

	/* A newline in a path would end an argument here, and many arguments would be too many. */
	for (size_t i = 0; i < options->defaults.count; i++)
		if (strchr(options->defaults.entries[i].path, '\n'))
			return;
	put_options(&text, options);
	text.text[text.length - 1] = '\0';
	count = split(text.text, arguments);
	if (count == ARGUMENTS_MAX)
		return;
	REQUIRE(parse(count, arguments, &error, &again) == 0, "%s", error.text);
	require_same(options, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *arguments[ARGUMENTS_MAX];
	AUTO_FREE char *text = fuzz_text(data, size);
	AUTO_OPTIONS options = {0};
	AUTO_OPTIONS again = {0};
	struct error error, error_again;
	size_t count = split(text, arguments);
	int r;

	for (size_t i = 1; i < count; i++)
		if (is_costly(arguments[i]))
			return 0;
	r = parse(count, arguments, &error, &options);
	REQUIRE(parse(count, arguments, &error_again, &again) == r, "%d", r);
	if (r < 0) {
		REQUIRE(!strcmp(error.text, error_again.text), "%s; %s", error.text,
			error_again.text);
		return 0;
	}
	require_same(&options, &again);
	REQUIRE(options.exemptions_count == again.exemptions_count, "--exempt");
	require_options(&options);
	round_trip(&options);
	return 0;
}
