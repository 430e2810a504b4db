/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines that learn logs, and the result of many such lines. */
#include <errno.h>
#include <json-c/json_tokener.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/json.h"
#include "expect.h"
#include "tool/image.h"
#include "tool/learned.h"
#include "tool/lesson.h"
#include "tool/value.h"

#define TRUE "io.containers.readonly=true"
#define LIST "io.containers.readonly.tmpfs="

Test(lesson, write_and_read)
{
	static const struct {
		const char *image;
		const char *layer;
		const char *list;
		const char *reason;
		bool is_cut;
	} rows[] = {
		{"docker.io/library/nginx:1", "abc", "/run;/tmp", NULL, false},
		{"a b=c\\d\"e\nf\033", NULL, "/a\\ b:mode=0750:uid=5;/x", NULL, false},
		{NULL, "abc", "", NULL, true},
		{NULL, NULL, NULL, "its root has no upper directory", false},
		{"\\x41", NULL, "", NULL, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_LESSON read = {0};
		struct lesson lesson = {
			.image = (char *)rows[i].image,
			.layer = (char *)rows[i].layer,
			.list = (char *)rows[i].list,
			.reason = (char *)rows[i].reason,
			.is_cut = rows[i].is_cut,
		};
		char line[512];

		cr_assert(lesson_write(&lesson, line, sizeof(line)) == 0);
		cr_expect(!strpbrk(line, "\n\033"), "%s", line);
		expect_number(line, (unsigned)lesson_read(line, strlen(line), &read), 1);
		expect_text(line, read.image ? read.image : "-",
			    rows[i].image ? rows[i].image : "-");
		expect_text(line, read.layer ? read.layer : "-",
			    rows[i].layer ? rows[i].layer : "-");
		expect_text(line, read.list ? read.list : "-", rows[i].list ? rows[i].list : "-");
		expect_text(line, read.reason ? read.reason : "-",
			    rows[i].reason ? rows[i].reason : "-");
		expect_number(line, read.is_cut, rows[i].is_cut);
	}
}

Test(lesson, too_long)
{
	AUTO_FREE char *list = repeat('/', LESSON_LENGTH_MAX);
	struct lesson lesson = {.list = list};
	char line[LESSON_LENGTH_MAX];

	expect_number("long", (unsigned)-lesson_write(&lesson, line, sizeof(line)), E2BIG);
}

Test(lesson, ignores_other_lines)
{
	static const char *const lines[] = {
		"",
		"result=complete",
		"result=complete io.containers.readonly=false",
		"result=partly " TRUE,
		"result=none",
		"result=none reason=x " TRUE,
		TRUE " " LIST "/run",
		"container=1 status=0 result",
		"result=complete\t" TRUE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_LESSON lesson = {0};

		expect_number(lines[i], (unsigned)lesson_read(lines[i], strlen(lines[i]), &lesson),
			      0);
	}
}

/* A text form of all images: "NAME RUNS LIST|". */
static void describe(struct learned *learned, char text[static 1024])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < learned->count; i++) {
		AUTO_FREE char *value = NULL;
		struct error error = UNSET_ERROR;

		expect_success("value", value_write(&learned->images[i].needs, &error, &value),
			       &error);
		used += (size_t)snprintf(text + used, 1024 - used, "%s %zu %s|",
					 learned->images[i].name, learned->images[i].runs, value);
	}
}

Test(learned, images)
{
	static const struct {
		const char *lines;
		const char *images;
		size_t ignored;
	} rows[] = {
		{"", "", 0},
		{"image=a result=complete " TRUE "\n", "a 1 |", 0},
		{"image=a result=complete " TRUE " " LIST "/run;/var/lib/x\n"
		 "image=b result=complete " TRUE " " LIST "/tmp\n"
		 "image=a result=complete " TRUE " " LIST "/tmp;/var/lib/x/y\n",
		 "a 2 /run;/tmp;/var/lib/x|b 1 /tmp|", 0},
		/* With a date and a tag, and without a newline at the end. */
		{"Nov 28 12:00:00 host oci-readonly-learn[1]: container=1 layer=l result=cut " TRUE,
		 "l 1 |", 0},
		{"result=complete " TRUE, "(unknown image) 1 |", 0},
		/* What one run needs is in the result. */
		{"image=a result=complete " TRUE " " LIST "/x:exec\n"
		 "image=a result=complete " TRUE " " LIST "/x\n"
		 "image=a result=complete " TRUE " " LIST "/y:mode\\x3d0750:uid\\x3d5\n",
		 "a 3 /x:exec;/y:mode=0750:uid=5|", 0},
		{"image=a result=complete " TRUE " " LIST "/run/a\n"
		 "image=a result=complete " TRUE " " LIST "/run/b\n",
		 "a 2 /run|", 0},
		{"image=a result=none reason=x\n", "a 0 |", 0},
		/* Lines of other programs, and forged ones. */
		{"something\n\nimage=a result=complete " TRUE " " LIST "relative\n", "a 0 |", 2},
		{"image=a result=complete " TRUE " " LIST "/usr/bin;/etc;/bin\n", "a 1 /etc|", 0},
		{"image=a result=complete " TRUE " " LIST "/a\\x5c\\x0ab\n", "a 1 |", 0},
		{"image=a result=complete " TRUE " " LIST "/\n", "a 0 |", 1},
		{"image=a result=complete " TRUE " " LIST "/x\\x00y\n", "a 1 /xx00y|", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_LEARNED learned = {0};
		struct error error = UNSET_ERROR;
		char text[1024];

		expect_success(rows[i].lines,
			       learned_read(rows[i].lines, strlen(rows[i].lines), &error, &learned),
			       &error);
		describe(&learned, text);
		expect_text(rows[i].lines, text, rows[i].images);
		expect_number(rows[i].lines, learned.ignored, rows[i].ignored);
	}
}

#define STORED "[{\"id\":\"c1\",\"metadata\":\"{\\\"image-name\\\":\\\"x:1\\\"}\"}]"

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

/* Each engine's files. storage is two directories above the bundle, and run is podman's run root.
 */
Test(image, name)
{
	static const struct {
		const char *file;
		const char *text;
		const char *name;
	} rows[] = {
		{"storage/containers.json", STORED, "x:1"},
		{"storage/volatile-containers.json", STORED, "x:1"},
		{"run/volatile-containers.json", STORED, "x:1"},
		{"run/c1/userdata/config.v2.json", "{\"Config\":{\"Image\":\"y\"}}", "y"},
		{"run/containers.json", STORED, "-"},
		{"storage/containers.json", "[{\"id\":\"c2\",\"metadata\":\"{}\"}]", "-"},
		{"storage/containers.json", "[", "-"},
	};
	char dir[] = "/tmp/orh-image.XXXXXX";
	char path[512];
	char text[1024];

	cr_assert(mkdtemp(dir));
	snprintf(path, sizeof(path), "mkdir -p %s/storage %s/run/c1/userdata", dir, dir);
	cr_assert(system(path) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct state state = {.id = "c1"};
		AUTO_JSON *document = NULL;
		struct bundle bundle = {0};
		AUTO_FREE char *name = NULL;

		snprintf(text, sizeof(text), "%s/storage/c1/userdata", dir);
		state.bundle = text;
		snprintf(path, sizeof(path),
			 "{\"mounts\":[{\"destination\":\"/etc/hostname\",\"source\":"
			 "\"%s/run/c1/userdata/hostname\"}]}",
			 dir);
		document = json_tokener_parse(path);
		bundle.document = document;
		snprintf(path, sizeof(path), "%s/%s", dir, rows[i].file);
		write_text(path, rows[i].text);
		name = image_name(&state, &bundle);
		expect_text(rows[i].file, name ? name : "-", rows[i].name);
		cr_assert(unlink(path) == 0);
	}
	snprintf(path, sizeof(path), "rm -r %s", dir);
	cr_expect(system(path) == 0);
}
