/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "libmount.h"

#include <dlfcn.h>
#include <errno.h>
#include <libmount/libmount.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/memory.h"

#define SONAME "libmount.so.1"

/* Declares for packaging tools a library that is loaded with dlopen(3):
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/ */
#define NOTE                                                                                         \
	"[{\"feature\":\"mountinfo\",\"description\":\"Mount tables of kernels without statmount\"," \
	"\"priority\":\"recommended\",\"soname\":[\"" SONAME "\"]}]"

static const struct {
	uint32_t name_size;
	uint32_t content_size;
	uint32_t type;
	char name[4];
	char content[sizeof(NOTE)];
} note __attribute__((used, section(".note.dlopen"), aligned(4))) = {
	.name_size = 4,
	.content_size = sizeof(NOTE),
	.type = 0x407c0c0a,
	.name = "FDO",
	.content = NOTE,
};

/* clang-format off */
/* The functions that core/mounttab.c calls: VALUE for those that return a value, NONE for void. */
#define FUNCTIONS(VALUE, NONE) \
	NONE(mnt_free_iter, (struct libmnt_iter *iter), (iter)) \
	VALUE(dev_t, mnt_fs_get_devno, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_fstype, (struct libmnt_fs *fs), (fs)) \
	VALUE(int, mnt_fs_get_id, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_optional_fields, (struct libmnt_fs *fs), (fs)) \
	VALUE(int, mnt_fs_get_parent_id, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_root, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_source, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_target, (struct libmnt_fs *fs), (fs)) \
	VALUE(const char *, mnt_fs_get_vfs_options, (struct libmnt_fs *fs), (fs)) \
	VALUE(struct libmnt_iter *, mnt_new_iter, (int direction), (direction)) \
	VALUE(struct libmnt_table *, mnt_new_table, (void), ()) \
	VALUE(int, mnt_optstr_get_option, \
	      (const char *options, const char *name, char **value, size_t *size), \
	      (options, name, value, size)) \
	VALUE(void *, mnt_table_get_userdata, (struct libmnt_table *table), (table)) \
	VALUE(int, mnt_table_next_fs, \
	      (struct libmnt_table *table, struct libmnt_iter *iter, struct libmnt_fs **fs), \
	      (table, iter, fs)) \
	VALUE(int, mnt_table_parse_stream, \
	      (struct libmnt_table *table, FILE *file, const char *name), (table, file, name)) \
	VALUE(int, mnt_table_set_parser_errcb, \
	      (struct libmnt_table *table, int (*call)(struct libmnt_table *, const char *, int)), \
	      (table, call)) \
	VALUE(int, mnt_table_set_userdata, (struct libmnt_table *table, void *data), (table, data)) \
	NONE(mnt_unref_table, (struct libmnt_table *table), (table))

/* NOLINTBEGIN(bugprone-macro-parentheses): types, and lists of parameters */
#define POINTER(type, name, parameters, arguments) type (*name) parameters;
#define POINTER_NONE(name, parameters, arguments) void (*name) parameters;
#define SYMBOL(type, name, parameters, arguments) {#name, &library.name},
#define SYMBOL_NONE(name, parameters, arguments) {#name, &library.name},
#define CALL(type, name, parameters, arguments) type name parameters { return library.name arguments; }
#define CALL_NONE(name, parameters, arguments) void name parameters { library.name arguments; }
/* NOLINTEND(bugprone-macro-parentheses) */

/* Written once, by libmount_load(). */
static struct {
	bool is_loaded;
	FUNCTIONS(POINTER, POINTER_NONE)
} library;

FUNCTIONS(CALL, CALL_NONE)
/* clang-format on */

int libmount_load(struct error *error)
{
	/* clang-format off */
	const struct {
		const char *name;
		void *place;
	} symbols[] = {FUNCTIONS(SYMBOL, SYMBOL_NONE)};
	/* clang-format on */
	void *handle;

	if (library.is_loaded)
		return 0;
	handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return error_set(
			error, STATUS_SYSTEM, ENOENT,
			"libmount.so.1: it cannot be loaded, and this kernel has no statmount");
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (!symbol)
			return error_set(error, STATUS_SYSTEM, 0, "libmount.so.1: it has no %s",
					 symbols[i].name);
		memcpy(symbols[i].place, &symbol, sizeof(symbol));
	}
	library.is_loaded = true;
	return 0;
}

bool libmount_is_loaded(void)
{
	return library.is_loaded;
}
