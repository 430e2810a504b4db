/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oci-readonly check predicts the hook: from only config.json and a directory, it makes the
 * recorded decisions of tests/golden, and it reports the core's errors with their positions.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "core/plan_make.h"
#include "golden.h"
#include "linux/sys.h"
#include "need_openat2.h"
#include "tool/judge.h"

#define ROOT_TEMPLATE "golden-XXXXXX"

/* --- the recorded decisions --- */

/* Creates the parent directories of a path below a directory. */
static void make_above(int root, const char *path)
{
	char above[256];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(above, sizeof(above), "%.*s", (int)(slash - path - 1), path + 1);
		mkdirat(root, above, 0755);
	}
}

/* One line of crio/rootfs or of a case. If a path occurs twice, the first line counts. */
static void make_node(int root, const char *line)
{
	char kind, path[128], to[128];
	int r = 0;

	if (*line == '#' || !*line)
		return;
	cr_assert(sscanf(line, "%c %127s %127[^\n]", &kind, path, to) >= (*line == 'l' ? 3 : 2),
		  "%s", line);
	make_above(root, path);
	if (kind == 'd')
		r = mkdirat(root, path + 1, 0755);
	else if (kind == 'l')
		r = symlinkat(to, root, path + 1);
	else
		r = mknodat(root, path + 1, S_IFREG | 0644, 0);
	cr_assert(r == 0 || errno == EEXIST, "%s: %s", line, strerror(errno));
}

static void make_image(int root, struct json_object *change)
{
	struct json_object *more = json_object_object_get(change, "rootfs");
	AUTO_FREE char *text = golden_text("crio/rootfs");
	char *rest = text;
	char *line;

	for (size_t i = 0; i < json_array_count(more); i++)
		make_node(root, json_object_get_string(json_object_array_get_idx(more, i)));
	while ((line = strsep(&rest, "\n")))
		make_node(root, line);
}

static void remove_image(const char *directory)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf ./%s", directory);
	cr_assert(system(command) == 0);
}

static void make_subject(struct json_object *change, struct subject *subject)
{
	AUTO_JSON *config = golden_json("crio/config.json");
	AUTO_JSON *state = golden_json("crio/state.json");
	struct json_object *annotations = json_object_object_get(config, "annotations");
	struct json_object *mounts = json_object_object_get(change, "mounts");
	struct error error = UNSET_ERROR;
	int r;

	golden_merge(annotations, json_object_object_get(change, "annotations"));
	golden_merge(json_object_object_get(config, "process"),
		     json_object_object_get(change, "process"));
	golden_add_mounts(config, mounts);
	json_object_object_add(json_object_object_get(config, "linux"), "devices",
			       json_object_get(json_object_object_get(change, "devices")));
	r = subject_set_config(subject, config, &error);
	expect_success("config.json", r, &error);
	subject->id = strdup(json_object_get_string(json_object_object_get(state, "id")));
	for (size_t i = 0; i < subject->bundle.annotations.count; i++)
		cr_assert(written_add(&subject->annotations,
				      subject->bundle.annotations.items[i].key,
				      subject->bundle.annotations.items[i].value, NULL, NULL) == 0);
}

static char *judge_case(struct json_object *change, int root)
{
	AUTO_OPTIONS options = {0};
	AUTO_SUBJECT subject = {0};
	AUTO_FINDINGS findings = {0};
	AUTO_VERDICT verdict = {0};
	struct rootfs image = {.fd = root};
	struct judge judge = {.options = &options, .image = &image, .total_memory = GOLDEN_MEMORY};
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	cr_assert(file && sys_file_id(root, &image.id) == 0);
	golden_options(change, &options);
	make_subject(change, &subject);
	cr_assert(judge_subject(&judge, &subject, &findings, &verdict) == 0);
	cr_expect(verdict.is_refused == (findings.mistakes > 0));
	golden_print(&options, verdict.is_refused ? -1 : 0, &verdict.error, &verdict.wish,
		     &verdict.policy, &verdict.plan, file);
	fclose(file);
	free((char *)(uintptr_t)subject.id);
	return text;
}

static char *judge_name(const char *name)
{
	AUTO_JSON *change = golden_json(name);
	char directory[] = ROOT_TEMPLATE;
	AUTO_FD root = -EBADF;
	char *text;

	cr_assert(mkdtemp(directory), "%s", strerror(errno));
	root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(root >= 0);
	make_image(root, change);
	text = judge_case(change, root);
	remove_image(directory);
	return text;
}

/* Removes " (FSTYPE from SOURCE)", because config.json does not contain a volume's filesystem. */
static void forget_volume(char *text)
{
	static const char before[] = "already a mount of the container";
	char *start = strstr(text, before);
	char *end;

	if (!start)
		return;
	start += sizeof(before) - 1;
	end = strchr(start, ')');
	cr_assert(end, "%s", text);
	memmove(start, end + 1, strlen(end));
}

Test(tool_golden, cases)
{
	struct dirent **entries = NULL;
	int count;

	need_openat2();
	count = scandir(golden_directory(), &entries, golden_is_case, alphasort);
	cr_assert(count >= GOLDEN_CASES_AT_LEAST, "%d cases", count);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *found = judge_name(entries[i]->d_name);
		AUTO_FREE char *wanted = NULL;
		char expected[256];

		golden_expected_name(entries[i]->d_name, expected);
		wanted = golden_text(expected);
		forget_volume(found);
		forget_volume(wanted);
		expect_text(entries[i]->d_name, found, wanted);
		free(entries[i]);
	}
	free(entries);
}

/* --- errors of annotations --- */

/* Lists with each kind of mistake that the grammar and the policy know. */
static const char *const lists[] = {
	"/run;/tmp:ro",
	"run",
	"/run;tmp",
	"/",
	"/a/../b",
	"/run/./x",
	"/run;/run",
	"/run:",
	"/run:size=",
	"/run;/tmp:size=x",
	"/run;/tmp:siez=1m",
	"/run,/tmp",
	"/run /tmp",
	"/run:/tmp",
	"/tmp:64m",
	"/tmp:size=64m:mode=9",
	"/tmp:uid=root",
	"/tmp:inodes=4k",
	"/tmp:mpol=bind",
	"/tmp:seed=other",
	"/tmp:huge=maybe",
	"/a\\",
	"  ;/run ;\n/b:x",
	"/tmp:exec",
	"/etc/x",
	"/tmp:size=1g",
	"/dev",
	"/proc/x",
	"/sys",
};

/* The core's message, found in the hook's order. */
static int ask_core(const struct judge *judge, const struct subject *subject,
		    const struct annotations *annotations, struct error *error)
{
	AUTO_POLICY policy = {0};
	AUTO_SCENE scene = {0};
	AUTO_PLAN plan = {0};
	AUTO_WISH wish = {0};
	int r;

	r = policy_decide(annotations, "", judge->options, error, &wish, &policy);
	if (r == 0)
		r = scene_make(&subject->bundle, &policy, NULL, judge->total_memory, error, &scene);
	return r == 0 ? plan_make(&policy, judge->options, &scene.facts, error, &plan) : r;
}

/* Expects that both refuse the list, with the same message. */
static bool agree(const struct judge *judge, const char *list)
{
	struct annotation annotation = {.key = KEY_TMPFS, .value = list};
	struct annotations annotations = {.items = &annotation, .count = 1};
	AUTO_JSON *config = subject_config();
	AUTO_SUBJECT subject = {.id = ""};
	AUTO_FINDINGS findings = {0};
	AUTO_VERDICT verdict = {0};
	struct error error = UNSET_ERROR;
	struct error wanted = UNSET_ERROR;
	int r;

	expect_success(list, subject_set_config(&subject, config, &error), &error);
	cr_assert(written_add(&subject.annotations, KEY_TMPFS, list, NULL, NULL) == 0);
	r = ask_core(judge, &subject, &annotations, &wanted);
	cr_assert(judge_subject(judge, &subject, &findings, &verdict) == 0);
	expect_number(list, verdict.is_refused, r < 0);
	expect_number(list, findings.mistakes > 0, r < 0);
	if (r == 0 || !findings.mistakes)
		return false;
	expect_text(list, findings.items[0].text, wanted.text);
	expect_number(list, (unsigned)findings.items[0].status, wanted.status);
	cr_expect(findings.items[0].excerpt, "%s: no place", list);
	if (wanted.offset != ERROR_NO_OFFSET)
		expect_number(list, findings.items[0].start, strlen(KEY_TMPFS "=") + wanted.offset);
	return true;
}

Test(tool_golden, errors)
{
	static const char *const argv[] = {"hook", "--forbid=exec", "--deny=/etc/**",
					   "--max-size=64m"};
	AUTO_OPTIONS options = {0};
	struct judge judge = {.options = &options, .total_memory = GOLDEN_MEMORY};
	struct error error = UNSET_ERROR;
	size_t refused = 0;

	expect_success("options", options_parse(ARRAY_SIZE(argv), argv, &error, &options), &error);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		refused += agree(&judge, lists[i]);
	cr_expect(refused > ARRAY_SIZE(lists) / 2 && refused < ARRAY_SIZE(lists));
}

/* Finds one mistake after the other, each at its position. */
Test(tool_golden, all_mistakes)
{
	static const char list[] = "/run;/tmp:siez=1m;/a/../b;/proc/x;/var:size=1g";
	static const size_t places[] = {10, 21, 26, 34};
	static const char *const argv[] = {"hook", "--max-size=64m"};
	AUTO_OPTIONS options = {0};
	struct judge judge = {.options = &options, .total_memory = GOLDEN_MEMORY};
	AUTO_JSON *config = subject_config();
	AUTO_SUBJECT subject = {.id = ""};
	AUTO_FINDINGS findings = {0};
	AUTO_VERDICT verdict = {0};
	struct error error = UNSET_ERROR;

	expect_success("options", options_parse(ARRAY_SIZE(argv), argv, &error, &options), &error);
	expect_success(list, subject_set_config(&subject, config, &error), &error);
	cr_assert(written_add(&subject.annotations, KEY_TMPFS, list, NULL, NULL) == 0);
	cr_assert(written_add(&subject.annotations, KEY_READONLY, "True", NULL, NULL) == 0);
	cr_assert(judge_subject(&judge, &subject, &findings, &verdict) == 0);
	cr_assert(findings.count == ARRAY_SIZE(places) + 1, "%zu", findings.count);
	cr_expect(strstr(findings.items[0].text, "'True' is neither"));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		expect_number(findings.items[i + 1].text, findings.items[i + 1].start,
			      strlen(KEY_TMPFS "=") + places[i]);
	/* What remains can be planned. */
	cr_expect(verdict.plan.tmpfs_count == 1);
}
