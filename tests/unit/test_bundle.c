/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/bundle.h"
#include "expect.h"

#define BUNDLE_DIR "/run/b"

static int parse(const char *text, struct error *error, struct bundle *ret_bundle)
{
	*error = UNSET_ERROR;
	return bundle_parse(text, strlen(text), BUNDLE_DIR, error, ret_bundle);
}

Test(bundle, all_members)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.2\","
		"\"process\":{\"user\":{\"uid\":1000,\"gid\":100,\"additionalGids\":[1]},\"cwd\":\"/srv\","
		"\"env\":[\"a=b\",\"PATH=/first\",1,\"PATH=/bin:/usr/bin\",\"PATHS=/x\"],\"args\":[\"app\",\"x\"]},"
		"\"root\":{\"path\":\"rootfs\",\"readonly\":true},"
		"\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\"},{\"destination\":\"/data/\",\"options\":[]},"
		"{\"destination\":\"/a\",\"options\":[\"bind\",\"rw\",\"ro\"]},{\"destination\":\"/b\",\"options\":[\"rro\"]},"
		"{\"destination\":\"/c\",\"options\":[\"ro\",\"rw\",1,null]},{\"destination\":\"/d\",\"options\":null},"
		"{\"destination\":\"/e\",\"type\":\"tmpfs\",\"options\":[\"size=1m\"]},"
		"{\"destination\":\"/f\",\"type\":\"tmpfs\",\"options\":[\"rbind\"]},"
		"{\"destination\":\"/g\",\"type\":\"tmpfs\",\"options\":[\"mode=755\",\"gid=1\"]},"
		"{\"destination\":\"/h\",\"type\":\"tmpfs\",\"options\":[\"size=1m,uid=5\",\"xgid=1\",\"model\"]}],"
		"\"hooks\":{\"prestart\":[],\"createContainer\":[{\"path\":\"/bin/one\"},{\"path\":\"/bin/two\"}]},"
		"\"annotations\":{\"k\":\"v\"},"
		"\"linux\":{\"mountLabel\":\"system_u:object_r:container_file_t:s0:c1,c2\","
		"\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}],"
		"\"gidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":1},{\"containerID\":1,\"hostID\":100000,\"size\":10}],"
		"\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"user\"}],"
		"\"devices\":[{\"path\":\"/dev/fuse\",\"type\":\"c\"},{\"path\":\"/run/x\"}]}}";
	AUTO_BUNDLE bundle = {0};
	struct error error;

	expect_success(text, parse(text, &error, &bundle), &error);
	expect_text("root.path", bundle.root_path, BUNDLE_DIR "/rootfs");
	cr_expect(bundle.root_readonly);
	expect_text("cwd", bundle.cwd, "/srv");
	expect_text("program", bundle.program, "app");
	expect_text("PATH", bundle.search_path, "/bin:/usr/bin");
	expect_number("uid", bundle.uid, 1000);
	expect_number("gid", bundle.gid, 100);
	expect_text("label", bundle.mount_label, "system_u:object_r:container_file_t:s0:c1,c2");
	expect_number("uids", bundle.uids.count, 1);
	expect_number("gids", bundle.gids.count, 2);
	expect_number("gids[1]", bundle.gids.lines[1].host, 100000);
	cr_expect(bundle.has_userns);
	expect_number("mounts", bundle.mounts_count, 10);
	for (size_t i = 0; i < 10; i++) {
		expect_number(bundle.mounts[i].destination, bundle.mounts[i].is_readonly,
			      i == 2 || i == 3);
		expect_number(bundle.mounts[i].destination, bundle.mounts[i].is_tmpfs,
			      i == 6 || i > 7);
		expect_number(bundle.mounts[i].destination, bundle.mounts[i].given,
			      i == 8   ? GIVEN_MODE | GIVEN_GID
			      : i == 9 ? GIVEN_UID
				       : 0);
	}
	expect_text("mounts[1]", bundle.mounts[1].destination, "/data/");
	expect_number("devices", bundle.devices_count, 2);
	expect_text("devices[1]", bundle.devices[1], "/run/x");
	expect_text("hook", bundle.create_container_hook, "/bin/one");
	expect_text("annotation", annotations_get(&bundle.annotations, "k"), "v");
}

Test(bundle, required_members)
{
	static const char *const rows[] = {
		"{\"root\":{\"path\":\"r\"}}",
		"{\"root\":{\"path\":\"r\",\"readonly\":null},\"process\":null,\"mounts\":null,\"hooks\":null,"
		"\"annotations\":null,\"linux\":null}",
		"{\"root\":{\"path\":\"r\"},\"process\":{},\"mounts\":[],\"hooks\":{},\"annotations\":{},\"linux\":{}}",
		"{\"root\":{\"path\":\"r\"},\"process\":{\"user\":{},\"cwd\":null},"
		"\"hooks\":{\"createContainer\":[]},\"linux\":{\"mountLabel\":\"\",\"uidMappings\":[],"
		"\"gidMappings\":null,\"devices\":null,\"namespaces\":[{\"type\":\"mount\"}]}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_BUNDLE bundle = {0};
		struct error error;

		expect_success(rows[i], parse(rows[i], &error, &bundle), &error);
		cr_expect(!bundle.root_readonly && !bundle.has_userns);
		cr_expect(!bundle.cwd && !bundle.mount_label && !bundle.create_container_hook);
		cr_expect(!bundle.uid && !bundle.gid && !bundle.mounts_count &&
			  !bundle.devices_count);
		cr_expect(!bundle.uids.count && !bundle.gids.count && !bundle.annotations.count);
	}
}

Test(bundle, root_path)
{
	static const struct {
		const char *path, *joined;
	} rows[] = {
		{"rootfs", BUNDLE_DIR "/rootfs"},
		{"/abs/root", "/abs/root"},
		{"./rootfs", BUNDLE_DIR "/./rootfs"},
		{"../x", BUNDLE_DIR "/../x"},
		{"/", "/"},
		{"//x/", "//x/"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_BUNDLE bundle = {0};
		struct error error;
		char text[128];

		snprintf(text, sizeof(text), "{\"root\":{\"path\":\"%s\"}}", rows[i].path);
		expect_success(text, parse(text, &error, &bundle), &error);
		expect_text(text, bundle.root_path, rows[i].joined);
	}
}

Test(bundle, root_path_at_and_past_the_limit)
{
	static const struct {
		const char *start;
		size_t fill; /* up to the limit */
	} rows[] = {{"/", 4094}, {"", 4095 - sizeof(BUNDLE_DIR)}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t more = 0; more < 2; more++) {
			AUTO_FREE char *fill = repeat('r', rows[i].fill + more);
			AUTO_BUNDLE bundle = {0};
			struct error error;
			char text[5000];
			int r;

			snprintf(text, sizeof(text), "{\"root\":{\"path\":\"%s%s\"}}",
				 rows[i].start, fill);
			r = parse(text, &error, &bundle);
			if (!more)
				expect_success("at the limit", r, &error);
			else
				expect_error("past the limit", r, &error, STATUS_INPUT,
					     ERROR_NO_OFFSET,
					     "config.json: root.path: longer than 4095 bytes");
		}
}

#define ROOT "\"root\":{\"path\":\"r\"}"

Test(bundle, refuses)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{"", "config.json: empty"},
		{"[]", "config.json: not a JSON object"},
		{"{", "config.json: not JSON"},
		{"{}", "config.json: root: missing"},
		{"{\"root\":\"r\"}", "config.json: root: must be an object, and is a string"},
		{"{\"root\":{}}", "config.json: root.path: missing"},
		{"{\"root\":{\"path\":1}}", "config.json: root.path: must be a string"},
		{"{\"root\":{\"path\":\"\"}}", "config.json: root.path: is empty"},
		{"{\"root\":{\"path\":\"r\\u0000\"}}", "config.json: at byte 19: NUL"},
		{"{\"root\":{\"path\":\"r\",\"readonly\":\"true\"}}",
		 "config.json: root.readonly: must be true or false, and is a string"},
		{"{" ROOT ",\"process\":[]}", "config.json: process: must be an object"},
		{"{" ROOT ",\"process\":{\"cwd\":\"x\"}}",
		 "config.json: process.cwd: 'x' is not an absolute path"},
		{"{" ROOT ",\"process\":{\"cwd\":1}}",
		 "config.json: process.cwd: must be a string"},
		{"{" ROOT ",\"process\":{\"user\":\"root\"}}",
		 "config.json: process.user: must be an object"},
		{"{" ROOT ",\"process\":{\"user\":{\"uid\":-1}}}",
		 "config.json: process.user.uid: must be from 0 to 4294967294, and is -1"},
		{"{" ROOT ",\"process\":{\"user\":{\"uid\":4294967295}}}",
		 "config.json: process.user.uid: must be from"},
		{"{" ROOT ",\"process\":{\"user\":{\"gid\":\"0\"}}}",
		 "config.json: process.user.gid: must be a whole number"},
		{"{" ROOT ",\"process\":{\"user\":{\"gid\":1.5}}}",
		 "config.json: process.user.gid: must be a whole number"},
		{"{" ROOT ",\"mounts\":{}}", "config.json: mounts: must be an array"},
		{"{" ROOT ",\"mounts\":[1]}", "config.json: mounts[0]: must be an object"},
		{"{" ROOT ",\"mounts\":[{\"destination\":\"/a\",\"options\":\"ro\"}]}",
		 "config.json: mounts[0].options: must be an array"},
		{"{" ROOT ",\"mounts\":[{\"destination\":\"/a\"},{}]}",
		 "config.json: mounts[1].destination: missing"},
		{"{" ROOT ",\"hooks\":[]}", "config.json: hooks: must be an object"},
		{"{" ROOT ",\"hooks\":{\"createContainer\":{}}}",
		 "config.json: hooks.createContainer: must be an array"},
		{"{" ROOT ",\"hooks\":{\"createContainer\":[{}]}}",
		 "config.json: hooks.createContainer[0].path: missing"},
		{"{" ROOT ",\"annotations\":{\"a\":{}}}",
		 "config.json: annotations: 'a' must be a string"},
		{"{" ROOT ",\"linux\":7}", "config.json: linux: must be an object"},
		{"{" ROOT ",\"linux\":{\"mountLabel\":7}}",
		 "config.json: linux.mountLabel: must be a string"},
		{"{" ROOT ",\"linux\":{\"namespaces\":[{}]}}",
		 "config.json: linux.namespaces[0].type: missing"},
		{"{" ROOT ",\"linux\":{\"namespaces\":[null]}}",
		 "config.json: linux.namespaces[0]: must be an object, and is null"},
		{"{" ROOT ",\"annotations\":[]}", "config.json: annotations: "},
		{"{" ROOT ",\"linux\":{\"uidMappings\":{}}}", "config.json: linux.uidMappings: "},
		{"{" ROOT ",\"linux\":{\"gidMappings\":[1]}}",
		 "config.json: linux.gidMappings[0]: "},
		{"{" ROOT ",\"linux\":{\"namespaces\":{}}}", "config.json: linux.namespaces: "},
		{"{" ROOT ",\"hooks\":{\"createContainer\":[1]}}",
		 "config.json: hooks.createContainer[0]: "},
		{"{" ROOT ",\"linux\":{\"uidMappings\":[{\"hostID\":0,\"size\":1}]}}",
		 "config.json: linux.uidMappings[0].containerID: missing"},
		{"{" ROOT
		 ",\"linux\":{\"gidMappings\":[{\"containerID\":0,\"hostID\":4294967296,\"size\":1}]}}",
		 "config.json: linux.gidMappings[0].hostID: must be from"},
		{"{" ROOT ",\"linux\":{\"gidMappings\":[{\"containerID\":0,\"hostID\":1}]}}",
		 "config.json: linux.gidMappings[0].size: missing"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bundle bundle = {.uid = 77};
		struct error error;
		int r = parse(rows[i].text, &error, &bundle);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
		expect_number(rows[i].text, bundle.uid, 77);
	}
}

/* An array of count elements at and past each limit. */
Test(bundle, limits)
{
	static const struct {
		const char *start, *element, *end;
		size_t max;
		const char *part;
	} rows[] = {
		{"{" ROOT ",\"mounts\":[", "{\"destination\":\"/\"}", "]}", 65536,
		 "config.json: mounts: 65537 elements; 65536 are allowed"},
		{"{" ROOT ",\"linux\":{\"uidMappings\":[",
		 "{\"containerID\":0,\"hostID\":0,\"size\":1}", "]}}", 340,
		 "config.json: linux.uidMappings: 341 elements; 340 are allowed"},
		{"{" ROOT ",\"linux\":{\"gidMappings\":[",
		 "{\"containerID\":0,\"hostID\":0,\"size\":1}", "]}}", 340,
		 "config.json: linux.gidMappings: 341 elements; 340 are allowed"},
		{"{" ROOT ",\"linux\":{\"namespaces\":[", "{\"type\":\"x\"}", "]}}", 1024,
		 "config.json: linux.namespaces: 1025 elements; 1024 are allowed"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t count = rows[i].max; count <= rows[i].max + 1; count++) {
			size_t step = strlen(rows[i].element) + 1;
			AUTO_FREE char *text = malloc(strlen(rows[i].start) + count * step + 4);
			AUTO_BUNDLE bundle = {0};
			struct error error;
			char *end;
			int r;

			cr_assert(text);
			end = stpcpy(text, rows[i].start);
			for (size_t n = 0; n < count; n++)
				end = stpcpy(stpcpy(end, n ? "," : ""), rows[i].element);
			stpcpy(end, rows[i].end);
			r = parse(text, &error, &bundle);
			if (count == rows[i].max)
				expect_success(rows[i].part, r, &error);
			else
				expect_error(rows[i].part, r, &error, STATUS_INPUT, ERROR_NO_OFFSET,
					     rows[i].part);
		}
}

Test(bundle, a_length_past_the_limit)
{
	AUTO_FREE char *text = repeat(' ', CONFIG_LENGTH_MAX + 1);
	struct error error = UNSET_ERROR;
	AUTO_BUNDLE bundle = {0};
	struct bundle none;

	memcpy(text, "{" ROOT "}", strlen("{" ROOT "}"));
	expect_success("at", bundle_parse(text, CONFIG_LENGTH_MAX, "/", &error, &bundle), &error);
	expect_text("at", bundle.root_path, "/r");
	expect_error("past", bundle_parse(text, CONFIG_LENGTH_MAX + 1, "/", &error, &none), &error,
		     STATUS_INPUT, ERROR_NO_OFFSET, "config.json: longer than 16777216 bytes");
}

Test(bundle, id_map_has)
{
	struct id_mapping lines[] = {
		{.container = 0, .host = 1000, .size = 1},
		{.container = 1, .host = 100000, .size = 10},
		{.container = 4294967290, .host = 5, .size = 4294967295},
		{.container = 50, .host = 5, .size = 0},
	};
	struct id_map map = {.lines = lines, .count = ARRAY_SIZE(lines)};
	struct id_map none = {0};
	static const struct {
		uint32_t id;
		bool has;
	} rows[] = {{0, true},		 {1, true},	     {10, true},
		    {11, false},	 {50, false},	     {49, false},
		    {4294967289, false}, {4294967290, true}, {4294967294, true}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char row[16];

		snprintf(row, sizeof(row), "%u", rows[i].id);
		expect_number(row, id_map_has(&map, rows[i].id), rows[i].has);
		expect_number(row, id_map_has(&none, rows[i].id), true);
	}
}

Test(bundle, done_twice)
{
	struct error error;
	struct bundle bundle = {0};

	expect_success("",
		       parse("{" ROOT ",\"mounts\":[{\"destination\":\"/\"}]}", &error, &bundle),
		       &error);
	bundle_done(&bundle);
	bundle_done(&bundle);
}
