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

/* Tells packagers' tools of a library that no NEEDED entry names:
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

/* NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration */
#define FUNCTION(name) __typeof__(name) *name

/* Written once, by libmount_load(). */
static struct {
	bool is_loaded;
	FUNCTION(mnt_free_iter);
	FUNCTION(mnt_fs_get_fstype);
	FUNCTION(mnt_fs_get_id);
	FUNCTION(mnt_fs_get_optional_fields);
	FUNCTION(mnt_fs_get_parent_id);
	FUNCTION(mnt_fs_get_source);
	FUNCTION(mnt_fs_get_target);
	FUNCTION(mnt_fs_get_vfs_options);
	FUNCTION(mnt_new_iter);
	FUNCTION(mnt_new_table);
	FUNCTION(mnt_optstr_get_option);
	FUNCTION(mnt_table_get_userdata);
	FUNCTION(mnt_table_next_fs);
	FUNCTION(mnt_table_parse_stream);
	FUNCTION(mnt_table_set_parser_errcb);
	FUNCTION(mnt_table_set_userdata);
	FUNCTION(mnt_unref_table);
} library;

/* clang-format off */
#define SYMBOL(function) {#function, &library.function}
/* clang-format on */

int libmount_load(struct error *error)
{
	const struct {
		const char *name;
		void *place;
	} symbols[] = {
		SYMBOL(mnt_free_iter),
		SYMBOL(mnt_fs_get_fstype),
		SYMBOL(mnt_fs_get_id),
		SYMBOL(mnt_fs_get_optional_fields),
		SYMBOL(mnt_fs_get_parent_id),
		SYMBOL(mnt_fs_get_source),
		SYMBOL(mnt_fs_get_target),
		SYMBOL(mnt_fs_get_vfs_options),
		SYMBOL(mnt_new_iter),
		SYMBOL(mnt_new_table),
		SYMBOL(mnt_optstr_get_option),
		SYMBOL(mnt_table_get_userdata),
		SYMBOL(mnt_table_next_fs),
		SYMBOL(mnt_table_parse_stream),
		SYMBOL(mnt_table_set_parser_errcb),
		SYMBOL(mnt_table_set_userdata),
		SYMBOL(mnt_unref_table),
	};
	void *handle;

	if (library.is_loaded)
		return 0;
	handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return error_set(
			error, STATUS_SYSTEM, ENOENT,
			"libmount.so.1: it can't be loaded, and this kernel has no statmount");
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

void mnt_free_iter(struct libmnt_iter *iter)
{
	library.mnt_free_iter(iter);
}

const char *mnt_fs_get_fstype(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_fstype(fs);
}

int mnt_fs_get_id(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_id(fs);
}

const char *mnt_fs_get_optional_fields(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_optional_fields(fs);
}

int mnt_fs_get_parent_id(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_parent_id(fs);
}

const char *mnt_fs_get_source(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_source(fs);
}

const char *mnt_fs_get_target(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_target(fs);
}

const char *mnt_fs_get_vfs_options(struct libmnt_fs *fs)
{
	return library.mnt_fs_get_vfs_options(fs);
}

struct libmnt_iter *mnt_new_iter(int direction)
{
	return library.mnt_new_iter(direction);
}

struct libmnt_table *mnt_new_table(void)
{
	return library.mnt_new_table();
}

int mnt_optstr_get_option(const char *optstr, const char *name, char **value, size_t *valuesz)
{
	return library.mnt_optstr_get_option(optstr, name, value, valuesz);
}

void *mnt_table_get_userdata(struct libmnt_table *tb)
{
	return library.mnt_table_get_userdata(tb);
}

int mnt_table_next_fs(struct libmnt_table *tb, struct libmnt_iter *itr, struct libmnt_fs **fs)
{
	return library.mnt_table_next_fs(tb, itr, fs);
}

int mnt_table_parse_stream(struct libmnt_table *tb, FILE *f, const char *filename)
{
	return library.mnt_table_parse_stream(tb, f, filename);
}

int mnt_table_set_parser_errcb(struct libmnt_table *tb,
			       int (*cb)(struct libmnt_table *tb, const char *filename, int line))
{
	return library.mnt_table_set_parser_errcb(tb, cb);
}

int mnt_table_set_userdata(struct libmnt_table *tb, void *data)
{
	return library.mnt_table_set_userdata(tb, data);
}

void mnt_unref_table(struct libmnt_table *tb)
{
	library.mnt_unref_table(tb);
}
