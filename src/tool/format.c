/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include <string.h>

#include "core/annotations.h"
#include "core/memory.h"

/* Prints text with special characters replaced by two. special consists of pairs: "\\$$%%". */
static void print_with(FILE *file, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			fputc(*text, file);
		fputc(*text, file);
	}
}

static void annotations(FILE *file, const char *key, const char *value)
{
	fprintf(file, "%s=%s\n", key, value);
}

/* Prints one word of a shell command, without a newline, because more words follow. */
static void podman(FILE *file, const char *key, const char *value)
{
	fprintf(file, "%s--annotation '%s=", strcmp(key, KEY_READONLY) ? " " : "", key);
	for (; *value; value++) {
		if (*value == '\'')
			fputs("'\\'", file);
		fputc(*value, file);
	}
	fputc('\'', file);
}

/* Quadlet splits at blanks and processes "\" in quotes. systemd then expands "%" and "$". */
static void quadlet(FILE *file, const char *key, const char *value)
{
	fprintf(file, "Annotation=\"%s=", key);
	print_with(file, value, "\\%$");
	fputs("\"\n", file);
}

/* Compose expands "$". */
static void compose(FILE *file, const char *key, const char *value)
{
	fprintf(file, "  %s: \"", key);
	print_with(file, value, "\\$");
	fputs("\"\n", file);
}

static void kube(FILE *file, const char *key, const char *value)
{
	fprintf(file, "    %s: \"", key);
	print_with(file, value, "\\");
	fputs("\"\n", file);
}

static const struct format {
	const char *name;
	const char *head;
	void (*print)(FILE *file, const char *key, const char *value);
	const char *tail;
} formats[] = {
	{"annotations", "", annotations, ""},
	{"podman", "", podman, "\n"},
	{"quadlet", "[Container]\n", quadlet, ""},
	{"compose", "annotations:\n", compose, ""},
	{"kube", "metadata:\n  annotations:\n", kube, ""},
};

void format_print(FILE *file, const char *name, const char *list)
{
	const struct format *format = &formats[0];

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!strcmp(formats[i].name, name))
			format = &formats[i];
	}
	fputs(format->head, file);
	format->print(file, KEY_READONLY, "true");
	if (*list)
		format->print(file, KEY_TMPFS, list);
	fputs(format->tail, file);
}
