/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "carried.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"

/*
 * The safe ASCII characters besides letters and digits. Characters that are special to a shell are
 * left out even if they are harmless in this position, because people paste the output elsewhere.
 */
#define SAFE "/._-+=%@~^#"

/* Returns the length in bytes of the first character of text if it is safe, else 0. */
static size_t safe_bytes(const char *text)
{
	char character[5] = "", escaped[4 * 4 + 1];
	uint32_t point;
	size_t bytes = utf8_sequence(text, strnlen(text, 4), &point);

	if (!bytes || point < 0x80) {
		bool is_letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');

		return is_letter || (*text >= '0' && *text <= '9') || strchr(SAFE, *text) ? 1 : 0;
	}
	memcpy(character, text, bytes);
	text_escape(character, escaped, sizeof(escaped));
	return strcmp(character, escaped) ? 0 : bytes;
}

size_t carried_fault(const struct tmpfs_entry *entry)
{
	const char *text = entry->text;
	bool in_options = false;
	size_t bytes;

	for (size_t i = 0; text[i]; i += bytes) {
		in_options = in_options || text[i] == ':';
		/* Commas between options are printed as colons. */
		bytes = in_options && strchr(":,", text[i]) ? 1 : safe_bytes(text + i);
		if (!bytes)
			return i;
	}
	return strlen(text);
}

char *carried_list(const struct tmpfs_list *list)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	bool failed;

	if (!file)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		fprintf(file, "%s%s", i ? ";" : "", list->entries[i].path);
		for (char *const *word = list->entries[i].words; *word; word++)
			fprintf(file, ":%s", *word);
	}
	failed = ferror(file);
	failed |= fclose(file) != 0;
	if (!failed)
		return text;
	free(text);
	return NULL;
}
