/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle's config.json. */
#include "core/bundle.h"
#include "core/path.h"
#include "fuzz_json.h"

#define BUNDLE "/run/bundle"

static int parse(const char *text, size_t length, struct error *error, struct bundle *ret_bundle)
{
	int r;

	*error = UNSET_ERROR;
	r = bundle_parse(text, length, BUNDLE, error, ret_bundle);
	if (r < 0) {
		require_error(r, error, STATUS_BIT(STATUS_INPUT), 0);
		REQUIRE(!strncmp(error->text, "config.json", strlen("config.json")), "%s",
			error->text);
	}
	return r;
}

static void require_same_map(const struct id_map *a, const struct id_map *b)
{
	REQUIRE(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		REQUIRE(a->lines[i].container == b->lines[i].container &&
				a->lines[i].host == b->lines[i].host &&
				a->lines[i].size == b->lines[i].size,
			"line %zu", i);
}

static void require_same(const struct bundle *a, const struct bundle *b)
{
	REQUIRE(same_text(a->root_path, b->root_path), "'%s' and '%s'", a->root_path, b->root_path);
	REQUIRE(a->root_readonly == b->root_readonly, "root.readonly");
	REQUIRE(same_text(a->cwd, b->cwd), "process.cwd");
	REQUIRE(same_text(a->program, b->program), "process.args");
	REQUIRE(same_text(a->search_path, b->search_path), "process.env");
	REQUIRE(a->uid == b->uid && a->gid == b->gid, "process.user");
	REQUIRE(same_text(a->mount_label, b->mount_label), "linux.mountLabel");
	REQUIRE(a->has_userns == b->has_userns, "linux.namespaces");
	REQUIRE(same_text(a->create_container_hook, b->create_container_hook), "hooks");
	require_same_map(&a->uids, &b->uids);
	require_same_map(&a->gids, &b->gids);
	REQUIRE(a->mounts_count == b->mounts_count, "mounts");
	for (size_t i = 0; i < a->mounts_count; i++)
		REQUIRE(same_text(a->mounts[i].destination, b->mounts[i].destination) &&
				a->mounts[i].is_readonly == b->mounts[i].is_readonly &&
				a->mounts[i].is_tmpfs == b->mounts[i].is_tmpfs,
			"mount %zu", i);
	REQUIRE(a->devices_count == b->devices_count, "linux.devices");
	for (size_t i = 0; i < a->devices_count; i++)
		REQUIRE(same_text(a->devices[i], b->devices[i]), "device %zu", i);
	require_same_annotations(&a->annotations, &b->annotations);
}

/* An id is mapped if a line contains it, computed in a type that cannot overflow. */
static void require_map(const struct id_map *map)
{
	static const uint32_t probes[] = {0, 1, 1000, 65535, INT32_MAX, UINT32_MAX - 1, UINT32_MAX};

	REQUIRE(map->count <= 340, "%zu lines", map->count);
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		bool mapped = map->count == 0;

		for (size_t k = 0; k < map->count; k++) {
			uint64_t first = map->lines[k].container;

			mapped |= probes[i] >= first && probes[i] < first + map->lines[k].size;
		}
		REQUIRE(id_map_has(map, probes[i]) == mapped, "id %u", probes[i]);
	}
}

static void require_bundle(const struct bundle *bundle)
{
	REQUIRE(bundle->root_path[0] == '/' && strlen(bundle->root_path) <= PATH_LENGTH_MAX, "'%s'",
		bundle->root_path);
	REQUIRE(!bundle->cwd || bundle->cwd[0] == '/', "'%s'", bundle->cwd);
	REQUIRE(bundle->uid != (uid_t)-1 && bundle->gid != (gid_t)-1, "process.user");
	REQUIRE(!bundle->mount_label || *bundle->mount_label, "linux.mountLabel");
	require_map(&bundle->uids);
	require_map(&bundle->gids);
	require_annotations(&bundle->annotations);
}

static void put_map(struct text *out, const char *key, const struct id_map *map)
{
	text_add(out, ",\"%s\":[", key);
	for (size_t i = 0; i < map->count; i++)
		text_add(out, "%s{\"containerID\":%u,\"hostID\":%u,\"size\":%u}", i ? "," : "",
			 map->lines[i].container, map->lines[i].host, map->lines[i].size);
	text_put(out, ']');
}

static void put_linux(struct text *out, const struct bundle *bundle)
{
	text_add(out, ",\"linux\":{\"namespaces\":[{\"type\":\"%s\"}]",
		 bundle->has_userns ? "user" : "pid");
	put_map(out, "uidMappings", &bundle->uids);
	put_map(out, "gidMappings", &bundle->gids);
	text_add(out, ",\"devices\":[");
	for (size_t i = 0; i < bundle->devices_count; i++) {
		text_add(out, "%s{\"path\":", i ? "," : "");
		json_put_string(out, bundle->devices[i]);
		text_put(out, '}');
	}
	text_put(out, ']');
	if (bundle->mount_label) {
		text_add(out, ",\"mountLabel\":");
		json_put_string(out, bundle->mount_label);
	}
	text_put(out, '}');
}

static void put_bundle(struct text *out, const struct bundle *bundle)
{
	text_add(out,
		 "{\"root\":{\"readonly\":%s,\"path\":", bundle->root_readonly ? "true" : "false");
	json_put_string(out, bundle->root_path);
	text_add(out, "},\"process\":{\"user\":{\"uid\":%u,\"gid\":%u}", bundle->uid, bundle->gid);
	if (bundle->cwd) {
		text_add(out, ",\"cwd\":");
		json_put_string(out, bundle->cwd);
	}
	if (bundle->program) {
		text_add(out, ",\"args\":[");
		json_put_string(out, bundle->program);
		text_put(out, ']');
	}
	if (bundle->search_path) {
		AUTO_TEXT variable = {0};

		text_add(&variable, "PATH=%s", bundle->search_path);
		text_add(out, ",\"env\":[");
		json_put_string(out, variable.text);
		text_put(out, ']');
	}
	text_add(out, "},\"mounts\":[");
	for (size_t i = 0; i < bundle->mounts_count; i++) {
		const struct bundle_mount *mount = &bundle->mounts[i];

		text_add(out, "%s{\"destination\":", i ? "," : "");
		json_put_string(out, mount->destination);
		text_add(out, ",\"type\":\"%s\",\"options\":[\"%s\"]}",
			 mount->is_tmpfs ? "tmpfs" : "bind", mount->is_readonly ? "rro" : "rw");
	}
	text_put(out, ']');
	if (bundle->create_container_hook) {
		text_add(out, ",\"hooks\":{\"createContainer\":[{\"path\":");
		json_put_string(out, bundle->create_container_hook);
		text_add(out, "}]}");
	}
	put_linux(out, bundle);
	text_put(out, ',');
	put_annotations(out, &bundle->annotations);
	text_put(out, '}');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	AUTO_BUNDLE bundle = {0};
	AUTO_BUNDLE padded_bundle = {0};
	AUTO_BUNDLE again = {0};
	AUTO_TEXT padded = {0};
	AUTO_TEXT written = {0};
	struct error error, other_error;
	int r;

	r = parse(text, size, &error, &bundle);
	pad_document(text, size, &padded);
	REQUIRE(parse(padded.text, padded.length, &other_error, &padded_bundle) == r, "%d: %s", r,
		other_error.text);
	if (r < 0)
		return 0;
	require_bundle(&bundle);
	require_same(&bundle, &padded_bundle);
	put_bundle(&written, &bundle);
	REQUIRE(parse(written.text, written.length, &other_error, &again) == 0, "%s: %s",
		other_error.text, written.text);
	require_same(&bundle, &again);
	return 0;
}
