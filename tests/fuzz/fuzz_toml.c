/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files as oci-readonly doctor reads them: TOML, and hooks files. The input is a
 * file.
 */
#include "core/json.h"
#include "fuzz.h"
#include "tool/hooksfile.h"
#include "tool/json_check.h"
#include "tool/toml.h"

/* Its parts together are the whole, and it is found. */
static void require_entry(const struct toml *toml, const struct toml_entry *entry)
{
	const struct toml_entry *found = NULL;
	const char *rest = entry->key;

	REQUIRE(*rest, "no key in line %zu", entry->line);
	while (*rest) {
		size_t length = toml_part(rest);

		REQUIRE(length && length <= strlen(rest), "%s", entry->key);
		rest += length;
		REQUIRE(!*rest || (*rest == '.' && rest[1]), "%s", entry->key);
		rest += *rest == '.';
	}
	REQUIRE(toml_find(toml, entry->key, entry->kind, &found) != TOML_ABSENT, "%s", entry->key);
	REQUIRE(entry->kind != TOML_STRING || entry->count == 1, "%zu", entry->count);
	for (size_t i = 0; i < entry->count; i++)
		REQUIRE(entry->strings[i], "%s: %zu", entry->key, i);
}

static void try_toml(const char *text, size_t size)
{
	struct error error = UNSET_ERROR;
	AUTO_TOML toml = {0};
	int r = toml_parse(text, size, &error, &toml);

	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), 0);
		return;
	}
	for (size_t i = 0; i < toml.count; i++)
		require_entry(&toml, &toml.entries[i]);
}

/* Text that is strictly JSON is accepted by json-c too, except for a NUL and for what is not an
 * object. */
static void try_json(const char *text, size_t size)
{
	struct error error = UNSET_ERROR;
	AUTO_JSON *document = NULL;
	size_t line = json_check(text);
	const char *start = text + strspn(text, " \t\r\n");

	REQUIRE(line <= size + 1, "%zu", line);
	if (line || strlen(text) != size || *start != '{' || strstr(text, "\\u0000"))
		return;
	REQUIRE(json_parse("file", text, size, &error, &document) == 0, "%s", error.text);
}

static void try_hooks_file(const char *text, size_t size)
{
	struct error error = UNSET_ERROR;
	AUTO_HOOKSFILE file = {0};
	char stages[16];
	int r = hooksfile_parse(text, size, &error, &file);

	if (r < 0 || file.program == PROGRAM_OTHER)
		return;
	REQUIRE(file.binary && file.stages, "%d arguments", file.args_count);
	hooksfile_stages(&file, stages, sizeof(stages));
	hooksfile_has_stage(&file, "createRuntime");
	hooksfile_matches(&file, "io.containers.readonly", "true");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);

	try_toml(text, size);
	try_json(text, size);
	try_hooks_file(text, size);
	return 0;
}
