/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool/format.h"

#include "expect.h"

#define VALUE "/a\\ b:exec;/c'$d%e"

Test(format, all)
{
	static const struct {
		const char *name;
		const char *list;
		const char *text;
	} rows[] = {
		{"annotations", "", "io.containers.readonly=true\n"},
		{"annotations", VALUE,
		 "io.containers.readonly=true\nio.containers.readonly.tmpfs=" VALUE "\n"},
		{"podman", "", "--annotation 'io.containers.readonly=true'\n"},
		{"podman", VALUE,
		 "--annotation 'io.containers.readonly=true' --annotation "
		 "'io.containers.readonly.tmpfs=/a\\ b:exec;/c'\\''$d%e'\n"},
		{"quadlet", VALUE,
		 "[Container]\nAnnotation=\"io.containers.readonly=true\"\n"
		 "Annotation=\"io.containers.readonly.tmpfs=/a\\\\ b:exec;/c'$$d%%e\"\n"},
		{"compose", VALUE,
		 "annotations:\n  io.containers.readonly: \"true\"\n"
		 "  io.containers.readonly.tmpfs: \"/a\\\\ b:exec;/c'$$d%e\"\n"},
		{"kube", VALUE,
		 "metadata:\n  annotations:\n    io.containers.readonly: \"true\"\n"
		 "    io.containers.readonly.tmpfs: \"/a\\\\ b:exec;/c'$d%e\"\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[512] = "";
		FILE *file = fmemopen(text, sizeof(text), "w");

		format_print(file, rows[i].name, rows[i].list);
		fclose(file);
		expect_text(rows[i].name, text, rows[i].text);
	}
}
