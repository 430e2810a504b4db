/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nearest.h"
#include "path.h"
#include "size.h"
#include "tmpfs_options.h"

static void string_list_done(struct string_list *list)
{
	free_ptr(&list->items);
	list->count = list->capacity = 0;
}

static void exemption_done(struct exemption *exemption)
{
	free_ptr(&exemption->key);
	free_ptr(&exemption->reason);
	regfree(&exemption->regex);
}

void options_done(struct options *options)
{
	tmpfs_list_done(&options->defaults);
	string_list_done(&options->allow);
	string_list_done(&options->deny);
	string_list_done(&options->forbid);
	free_ptr(&options->forbid_text);
	for (size_t i = 0; i < options->exemptions_count; i++)
		exemption_done(&options->exemptions[i]);
	free_ptr(&options->exemptions);
	options->exemptions_count = options->exemptions_capacity = 0;
}

static int add_string(const char *string, struct error *error, struct string_list *list)
{
	int r;

	r = array_reserve(&list->items, &list->capacity, list->count, sizeof(*list->items));
	if (r < 0)
		return error_memory(error);
	list->items[list->count++] = string;
	return 0;
}

/* Each option has a function that handles its value. The caller prepends the option's name to the
 * errors. */

static int add_default(struct options *options, struct tmpfs_entry *entry, struct error *error)
{
	struct tmpfs_list *list = &options->defaults;
	int r;

	if (list->count == TMPFS_ENTRIES_MAX)
		return error_set(error, STATUS_OPTIONS, 0, "may be given %d times",
				 TMPFS_ENTRIES_MAX);
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->entries[i].path, entry->path))
			return error_set(error, STATUS_OPTIONS, 0,
					 "entry '%" NAME_SHOWN
					 "': the same path as entry '%" NAME_SHOWN
					 "'; name it once",
					 entry->text, list->entries[i].text);
	r = array_reserve(&list->entries, &list->capacity, list->count, sizeof(*list->entries));
	if (r < 0)
		return error_memory(error);
	list->entries[list->count++] = *entry;
	*entry = (struct tmpfs_entry){0};
	return 0;
}

static int take_tmpfs(struct options *options, const char *value, struct error *error)
{
	AUTO_TMPFS_ENTRY entry = {0};
	int r;

	r = tmpfs_entry_parse(value, error, &entry);
	if (r < 0) {
		if (error->status == STATUS_ANNOTATION)
			error->status = STATUS_OPTIONS;
		error->offset = ERROR_NO_OFFSET;
		return r;
	}
	return add_default(options, &entry, error);
}

static int take_limit(const char *value, struct error *error, struct size *limit)
{
	int r;

	r = size_parse(value, strlen(value), limit);
	if (size_lacks_unit(value, strlen(value)))
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN
				 "' is less than 4096 bytes; did you mean '%.100sm'?",
				 value, value);
	if (r == -ERANGE)
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN "' is out of range, which is %s", value,
				 SIZE_RANGE);
	if (r < 0)
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN "' is not a valid size (%s)", value, SIZE_FORM);
	return 0;
}

static int take_max_size(struct options *options, const char *value, struct error *error)
{
	return take_limit(value, error, &options->max_size);
}

static int take_max_total(struct options *options, const char *value, struct error *error)
{
	return take_limit(value, error, &options->max_total);
}

static int take_max_inodes(struct options *options, const char *value, struct error *error)
{
	uint64_t number = 0;
	int r = scaled_parse(value, strlen(value), "kmg", NR_INODES_MAX, &number);

	if (r == -ERANGE || (r == 0 && !number))
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN "' is out of range, which is 1 to %" PRIu64, value,
				 NR_INODES_MAX);
	if (r < 0)
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN
				 "' is not a valid number of files (a number, then k, m or g)",
				 value);
	options->max_inodes = number;
	return 0;
}

/* The end of the set that begins with the "[" at text, NULL if it does not end in the same
 * component. */
static const char *set_end(const char *text)
{
	size_t length = strcspn(text, "/");
	const char *end = text + length;
	const char *at = text + 1;

	if (at < end && (*at == '!' || *at == '^'))
		at++;
	/* The first character is a member of the set, even a "]". */
	for (const char *first = at; at < end; at++) {
		const char *class_end = NULL;

		if (*at == ']' && at > first)
			return at;
		if (!strncmp(at, "[:", 2))
			class_end = memmem(at, (size_t)(end - at), ":]", 2);
		if (class_end)
			at = class_end + 1;
		else if (*at == '\\')
			at++;
	}
	return NULL;
}

/* Is a character after each "\", and does each "[" have a "]" in the same component? If not,
 * fnmatch() matches nothing or takes the "[" literally, by undocumented rules. */
static bool is_glob_whole(const char *glob)
{
	for (const char *at = glob; *at; at++) {
		if (*at == '[') {
			at = set_end(at);
			if (!at)
				return false;
		} else if (*at == '\\') {
			at++;
			if (!*at || *at == '/')
				return false;
		}
	}
	return true;
}

/* A glob that cannot match any path would silently deny nothing. */
static int check_glob(const char *glob, struct error *error)
{
	const char *stars = strstr(glob, "**");

	if (*glob != '/')
		return error_set(error, STATUS_OPTIONS, 0, "'%" NAME_SHOWN "' must begin with '/'",
				 glob);
	if (!glob[1] || !path_is_normal(glob))
		return error_set(
			error, STATUS_OPTIONS, 0,
			"'%" NAME_SHOWN
			"' matches no path: paths have no final '/' and no '//', '.' or '..'; '/**' matches every path",
			glob);
	if (!is_glob_whole(glob))
		return error_set(
			error, STATUS_OPTIONS, 0,
			"'%" NAME_SHOWN
			"' matches no path: a '\\' or a '[' is not closed before the next '/'; write '\\\\' and '\\[' for the characters",
			glob);
	if (stars && (stars[-1] != '/' || stars[2]))
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN "': '**' can only be the last part, after a '/'",
				 glob);
	return 0;
}

static int take_allow(struct options *options, const char *value, struct error *error)
{
	int r;

	r = check_glob(value, error);
	return r < 0 ? r : add_string(value, error, &options->allow);
}

static int take_deny(struct options *options, const char *value, struct error *error)
{
	int r;

	r = check_glob(value, error);
	return r < 0 ? r : add_string(value, error, &options->deny);
}

static int take_forbid(struct options *options, const char *value, struct error *error)
{
	char *comma;
	int r;

	options->forbid_text = strdup(value);
	if (!options->forbid_text)
		return error_memory(error);
	for (char *word = options->forbid_text; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		if (!*word)
			return error_set(error, STATUS_OPTIONS, 0,
					 "'%" NAME_SHOWN "': an option is missing", value);
		r = tmpfs_option_check_forbidden(word, error);
		if (r < 0)
			return r;
		r = add_string(word, error, &options->forbid);
		if (r < 0)
			return r;
	}
	return 0;
}

static int fill_exemption(struct exemption *exemption, const char *value, const char *equals,
			  struct error *error)
{
	char why[256];
	int r;

	exemption->key = strndup(value, (size_t)(equals - value));
	if (!exemption->key)
		return error_memory(error);
	if (asprintf(&exemption->reason, "exempt by --exempt=%s", exemption->key) < 0) {
		exemption->reason = NULL;
		return error_memory(error);
	}
	r = regcomp(&exemption->regex, equals + 1, REG_EXTENDED | REG_NOSUB);
	if (!r)
		return 0;
	regerror(r, &exemption->regex, why, sizeof(why));
	/* regcomp() freed its memory; regfree() ignores a zeroed regex_t. */
	memset(&exemption->regex, 0, sizeof(exemption->regex));
	if (r == REG_ESPACE)
		return error_memory(error);
	return error_set(error, STATUS_OPTIONS, 0,
			 "'%" NAME_SHOWN "' is not a valid regular expression: %s", equals + 1,
			 why);
}

static int take_exempt(struct options *options, const char *value, struct error *error)
{
	const char *equals = strchr(value, '=');
	CLEANUP(exemption_done) struct exemption exemption = {0};
	int r;

	if (!equals || equals == value || !equals[1])
		return error_set(error, STATUS_OPTIONS, 0,
				 "'%" NAME_SHOWN "' must be KEY=REGEX, both of them", value);
	r = fill_exemption(&exemption, value, equals, error);
	if (r < 0)
		return r;
	r = array_reserve(&options->exemptions, &options->exemptions_capacity,
			  options->exemptions_count, sizeof(*options->exemptions));
	if (r < 0)
		return error_memory(error);
	options->exemptions[options->exemptions_count++] = exemption;
	exemption = (struct exemption){0};
	return 0;
}

static int take_log_level(struct options *options, const char *value, struct error *error)
{
	static const char *const names[] = {"error", "info", "debug"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(value, names[i])) {
			options->log_level = (enum log_level)i;
			return 0;
		}
	return error_set(error, STATUS_OPTIONS, 0,
			 "'%" NAME_SHOWN "' is neither error, info nor debug", value);
}

static const struct option_rule {
	const char *name;
	/* Handles the value. NULL: the option has no value, and sets the flag. */
	int (*take)(struct options *options, const char *value, struct error *error);
	size_t flag; /* offset in struct options */
	bool is_repeatable;
} rules[] = {
	{"help", .flag = offsetof(struct options, help)},
	{"version", .flag = offsetof(struct options, version)},
	{"readonly", .flag = offsetof(struct options, readonly)},
	{"enforce", .flag = offsetof(struct options, enforce)},
	{"audit", .flag = offsetof(struct options, audit)},
	{"seed-tmpfs", .flag = offsetof(struct options, seed_tmpfs)},
	{"tmpfs", .take = take_tmpfs, .is_repeatable = true},
	{"max-size", .take = take_max_size},
	{"max-total", .take = take_max_total},
	{"max-inodes", .take = take_max_inodes},
	{"allow", .take = take_allow, .is_repeatable = true},
	{"deny", .take = take_deny, .is_repeatable = true},
	{"forbid", .take = take_forbid},
	{"exempt", .take = take_exempt, .is_repeatable = true},
	{"log-level", .take = take_log_level},
};

static int apply_rule(const struct option_rule *rule, const char *value, struct options *options,
		      struct error *error)
{
	if (rule->take)
		return rule->take(options, value, error);
	*(bool *)((char *)options + rule->flag) = true;
	return 0;
}

static const struct option_rule *find_rule(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strlen(rules[i].name) == length && !memcmp(rules[i].name, name, length))
			return &rules[i];
	return NULL;
}

static void unknown_option(const char *argument, struct error *error)
{
	const char *names[ARRAY_SIZE(rules)];
	const char *nearest = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		names[i] = rules[i].name;
	if (!strncmp(argument, "--", 2))
		nearest = nearest_name(argument + 2, strcspn(argument + 2, "="), names,
				       ARRAY_SIZE(names), NEAREST_SLIP);
	if (nearest)
		error_set(error, STATUS_OPTIONS, 0,
			  "unknown option '%" NAME_SHOWN "'; did you mean '--%s'?", argument,
			  nearest);
	else
		error_set(error, STATUS_OPTIONS, 0, "unknown option '%" NAME_SHOWN "'", argument);
}

/* Returns an argument's rule, and sets ret_value to the text after its "=", or NULL. Returns NULL
 * and sets the error if the argument is not an option. */
static const struct option_rule *read_argument(const char *argument, struct error *error,
					       const char **ret_value)
{
	const struct option_rule *rule;
	size_t length = strcspn(argument, "=");

	if (argument[0] != '-' || !argument[1] || !strcmp(argument, "--")) {
		error_set(error, STATUS_OPTIONS, 0, "unexpected argument '%" NAME_SHOWN "'",
			  argument);
		return NULL;
	}
	rule = argument[1] == '-' && length > 2 ? find_rule(argument + 2, length - 2) : NULL;
	if (!rule) {
		unknown_option(argument, error);
		return NULL;
	}
	*ret_value = argument[length] ? argument + length + 1 : NULL;
	return rule;
}

/* Handles the option at argv[*at]. *at moves to the last argument used. */
static int take_option(int argc, const char *const argv[], int *at,
		       bool seen[static ARRAY_SIZE(rules)], struct options *options,
		       struct error *error)
{
	const char *value = NULL;
	const struct option_rule *rule = read_argument(argv[*at], error, &value);
	int r;

	if (!rule)
		return -EINVAL;
	if (!rule->take && value)
		return error_set(error, STATUS_OPTIONS, 0, "--%s: takes no value", rule->name);
	if (rule->take && !value) {
		if (*at + 1 == argc)
			return error_set(error, STATUS_OPTIONS, 0, "--%s: its value is missing",
					 rule->name);
		value = argv[++*at];
	}
	if (value && !*value)
		return error_set(error, STATUS_OPTIONS, 0, "--%s: its value is empty", rule->name);
	if (seen[rule - rules] && !rule->is_repeatable)
		return error_set(error, STATUS_OPTIONS, 0, "--%s: given twice", rule->name);
	seen[rule - rules] = true;
	r = apply_rule(rule, value, options, error);
	return r < 0 ? error_wrap(error, "--%s", rule->name) : 0;
}

int options_parse(int argc, const char *const argv[], struct error *error,
		  struct options *ret_options)
{
	AUTO_OPTIONS options = {.log_level = LEVEL_INFO};
	bool seen[ARRAY_SIZE(rules)] = {false};
	int r;

	for (int at = 1; at < argc; at++) {
		r = take_option(argc, argv, &at, seen, &options, error);
		if (r < 0)
			return r;
	}
	options.readonly |= options.enforce;
	*ret_options = options;
	options = (struct options){0};
	return 0;
}
