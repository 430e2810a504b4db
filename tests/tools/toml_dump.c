/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what the TOML reader finds in a file: "KEY KIND VALUE", for check-toml. */
#include <stdio.h>
#include <stdlib.h>

#include "tool/input.h"
#include "tool/toml.h"

#define LENGTH_MAX (1024 * 1024)

static void print_bytes(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text > ' ' && *text < 0x7f && *text != '"' && *text != '\\')
			putchar(*text);
		else
			printf("\\x%02x", (unsigned)(unsigned char)*text);
	}
	putchar('"');
}

static void print_entry(const struct toml_entry *entry)
{
	static const char *const kinds[] = {
		[TOML_TABLE] = "table",	  [TOML_STRING] = "string",   [TOML_STRINGS] = "strings",
		[TOML_NUMBER] = "number", [TOML_BOOLEAN] = "boolean", [TOML_OTHER] = "other",
	};

	print_bytes(entry->key);
	printf(" %s", kinds[entry->kind]);
	if (entry->kind == TOML_NUMBER || entry->kind == TOML_BOOLEAN)
		printf(" %lld", (long long)entry->number);
	for (size_t i = 0; entry->kind != TOML_OTHER && i < entry->count; i++) {
		putchar(' ');
		print_bytes(entry->strings[i]);
	}
	puts(entry->appends && entry->kind == TOML_STRINGS ? " append" : "");
}

int main(int argc, char *argv[])
{
	AUTO_FREE char *text = NULL;
	AUTO_TOML toml = {0};
	struct error error;
	size_t length;

	if (argc != 2)
		return 2;
	if (tool_read(argv[1], LENGTH_MAX, &error, &text, &length) < 0 ||
	    toml_parse(text, length, &error, &toml) < 0) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	for (size_t i = 0; i < toml.count; i++)
		print_entry(&toml.entries[i]);
	return 0;
}
