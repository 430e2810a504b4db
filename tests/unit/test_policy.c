/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/policy.h"
#include "expect.h"
#include "options_of.h"

#define ID	  "4711"
#define NAMESPACE "io.kubernetes.pod.namespace"

/* Not const, because struct annotations has pointers that it may free. */
struct pairs {
	struct annotation items[5];
};

static struct annotations all(struct pairs *pairs)
{
	struct annotations annotations = {.items = pairs->items};

	while (annotations.count < ARRAY_SIZE(pairs->items) && pairs->items[annotations.count].key)
		annotations.count++;
	return annotations;
}

/* The requests of a policy as text: "/a|+/b", a "+" before a default. */
static void write_requests(const struct policy *policy, char *buffer)
{
	buffer[0] = '\0';
	for (size_t i = 0; i < policy->requests_count; i++) {
		strcat(buffer, i ? "|" : "");
		strcat(buffer, policy->requests[i].origin == FROM_OPTIONS ? "+" : "");
		strcat(buffer, policy->requests[i].entry->path);
	}
}

static struct {
	const char *row;
	struct arguments arguments;
	struct pairs pairs;
	const char *left_alone; /* NULL: the hook acts */
	bool readonly;
	const char *requests;
} decided[] = {
	{"nothing", {{NULL}}, {{{"a", "b"}}}, "no annotation asks for it", false, ""},
	{"true", {{NULL}}, {{{KEY_READONLY, "true"}}}, NULL, true, ""},
	{"false", {{NULL}}, {{{KEY_READONLY, "false"}}}, "its annotation is 'false'", false, ""},
	{"a list alone", {{NULL}}, {{{KEY_TMPFS, "/a;/b"}}}, NULL, false, "/a|/b"},
	{"an empty list alone",
	 {{NULL}},
	 {{{KEY_TMPFS, ""}}},
	 "no annotation asks for it",
	 false,
	 ""},
	{"false and a list",
	 {{NULL}},
	 {{{KEY_READONLY, "false"}, {KEY_TMPFS, "/a"}}},
	 NULL,
	 false,
	 "/a"},
	{"--readonly, unsaid", {{"--readonly"}}, {{{"a", "b"}}}, NULL, true, ""},
	{"--readonly, false",
	 {{"--readonly"}},
	 {{{KEY_READONLY, "false"}}},
	 "its annotation is 'false'",
	 false,
	 ""},
	{"--enforce, unsaid", {{"--enforce"}}, {{{0}}}, NULL, true, ""},
	{"--enforce, true", {{"--enforce"}}, {{{KEY_READONLY, "true"}}}, NULL, true, ""},
	{"defaults",
	 {{"--tmpfs=/tmp", "--tmpfs=/run"}},
	 {{{KEY_READONLY, "true"}, {KEY_TMPFS, "/a"}}},
	 NULL,
	 true,
	 "/a|+/tmp|+/run"},
	{"a default gives way",
	 {{"--tmpfs=/tmp", "--tmpfs=/run"}},
	 {{{KEY_READONLY, "true"}, {KEY_TMPFS, "/run/:ro"}}},
	 NULL,
	 true,
	 "/run|+/tmp"},
	{"no defaults on a writable root",
	 {{"--tmpfs=/tmp"}},
	 {{{KEY_TMPFS, "/a"}}},
	 NULL,
	 false,
	 "/a"},
	{"no defaults where nothing is asked",
	 {{"--tmpfs=/tmp"}},
	 {{{0}}},
	 "no annotation asks for it",
	 false,
	 ""},
	{"--readonly brings defaults",
	 {{"--tmpfs=/tmp", "--readonly"}},
	 {{{0}}},
	 NULL,
	 true,
	 "+/tmp"},
	{"defaults may have what annotations may not",
	 {{"--tmpfs=/tmp:exec", "--forbid=exec", "--deny=/tmp", "--allow=/a"}},
	 {{{KEY_READONLY, "true"}}},
	 NULL,
	 true,
	 "+/tmp"},
	{"a key by name against a default",
	 {{"--tmpfs=/tmp", "--tmpfs=/run"}},
	 {{{"io.kubernetes.container.name", "web"},
	   {KEY_READONLY, "true"},
	   {KEY_TMPFS, "/run"},
	   {KEY_TMPFS "/web", "/tmp:ro;/a"}}},
	 NULL,
	 true,
	 "/tmp|/a|+/run"},
	{"a key for another container against a default",
	 {{"--tmpfs=/tmp"}},
	 {{{"io.kubernetes.container.name", "web"},
	   {KEY_READONLY, "true"},
	   {KEY_TMPFS "/db", "/tmp:ro;/a"}}},
	 NULL,
	 true,
	 "+/tmp"},
	{"false by name keeps the defaults away",
	 {{"--readonly", "--tmpfs=/tmp"}},
	 {{{"io.kubernetes.container.name", "web"},
	   {KEY_READONLY, "true"},
	   {KEY_READONLY "/web", "false"},
	   {KEY_TMPFS, "/a"}}},
	 NULL,
	 false,
	 "/a"},
	{"--enforce and a list alone",
	 {{"--enforce", "--tmpfs=/tmp"}},
	 {{{KEY_TMPFS, "/a"}}},
	 NULL,
	 true,
	 "/a|+/tmp"},
	{"allowed",
	 {{"--allow=/var/**", "--allow=/run"}},
	 {{{KEY_TMPFS, "/run;/var/x/y"}}},
	 NULL,
	 false,
	 "/run|/var/x/y"},
	{"sandbox",
	 {{"--enforce"}},
	 {{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, ID}, {KEY_READONLY, "true"}}},
	 "a pod's sandbox",
	 false,
	 ""},
	{"one that says so and is none",
	 {{"--enforce"}},
	 {{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "4712"}}},
	 NULL,
	 true,
	 ""},
	{"a sandbox's nonsense is not read",
	 {{NULL}},
	 {{{KEY_CONTAINERD_TYPE, "sandbox"},
	   {KEY_CONTAINERD_SANDBOX, ID},
	   {KEY_READONLY, "nonsense"}}},
	 "a pod's sandbox",
	 false,
	 ""},
	{"exempt",
	 {{"--enforce", "--exempt=" NAMESPACE "=^kube-"}},
	 {{{NAMESPACE, "kube-system"},
	   {KEY_READONLY, "nonsense"},
	   {"io.containers.readonlyy", "x"}}},
	 "exempt by --exempt=" NAMESPACE,
	 false,
	 ""},
	{"exempt before sandbox",
	 {{"--exempt=a=1", "--exempt=b=."}},
	 {{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, ID}, {"b", "x"}}},
	 "exempt by --exempt=b",
	 false,
	 ""},
	{"keys with a '=' that are nobody's",
	 {{"--exempt=a=x"}},
	 {{{"b=a", "x"}, {"ab=", "x"}, {"=a", "x"}, {"mode=7", ""}}},
	 "no annotation asks for it",
	 false,
	 ""},
	{"not exempt",
	 {{"--exempt=" NAMESPACE "=^kube-"}},
	 {{{NAMESPACE, "my-kube-"}, {KEY_READONLY, "true"}}},
	 NULL,
	 true,
	 ""},
};

Test(policy, decide)
{
	for (size_t i = 0; i < ARRAY_SIZE(decided); i++) {
		struct annotations annotations = all(&decided[i].pairs);
		AUTO_OPTIONS options = options_of(&decided[i].arguments);
		struct error error = UNSET_ERROR;
		AUTO_POLICY policy = {0};
		AUTO_WISH wish = {0};
		char requests[128];

		expect_success(decided[i].row,
			       policy_decide(&annotations, ID, &options, &error, &wish, &policy),
			       &error);
		write_requests(&policy, requests);
		expect_text(decided[i].row, requests, decided[i].requests);
		expect_number(decided[i].row, policy.readonly, decided[i].readonly);
		expect_text(decided[i].row, policy.left_alone ? policy.left_alone : "",
			    decided[i].left_alone ? decided[i].left_alone : "");
	}
}

static struct {
	struct arguments arguments;
	struct pairs pairs;
	enum status status;
	size_t offset;
	const char *part;
} refused[] = {
	{{{"--enforce"}},
	 {{{KEY_READONLY, "false"}}},
	 STATUS_POLICY,
	 ERROR_NO_OFFSET,
	 KEY_READONLY ": 'false' is forbidden by the operator's --enforce"},
	{{{"--enforce"}},
	 {{{KEY_READONLY, "no"}}},
	 STATUS_ANNOTATION,
	 0,
	 "neither 'true' nor 'false'"},
	{{{"--readonly"}},
	 {{{"io.containers.readonlyy", "x"}}},
	 STATUS_ANNOTATION,
	 ERROR_NO_OFFSET,
	 "no such annotation"},
	/* As runc would write them for other keys. */
	{{{NULL}},
	 {{{KEY_TMPFS, "/run"}, {KEY_TMPFS "=/usr/bin:mode", "0777"}}},
	 STATUS_ANNOTATION,
	 ERROR_NO_OFFSET,
	 KEY_TMPFS "=/usr/bin:mode: the key contains a '=', at which runc cuts it to '" KEY_TMPFS
		   "'; remove this annotation"},
	{{{"--enforce", "--exempt=io.k=^openshift"}},
	 {{{"io.k=openshift-x", ""}, {"io.k", "default"}}},
	 STATUS_ANNOTATION,
	 ERROR_NO_OFFSET,
	 "io.k=openshift-x: the key contains a '=', at which runc cuts it to 'io.k'"},
	{{{"--exempt=a=1", "--exempt=io.k=x"}},
	 {{{"a", "1"}, {"io.k=", "x"}}},
	 STATUS_ANNOTATION,
	 ERROR_NO_OFFSET,
	 "io.k=: the key"},
	{{{"--enforce"}},
	 {{{KEY_CRIO_SANDBOX "=x", ""}}},
	 STATUS_ANNOTATION,
	 ERROR_NO_OFFSET,
	 KEY_CRIO_SANDBOX "=x: the key"},
	{{{"--forbid=exec,dev"}},
	 {{{KEY_TMPFS, "/a; /b:dev"}}},
	 STATUS_POLICY,
	 4,
	 KEY_TMPFS ": entry '/b:dev': 'dev' is forbidden by the operator's --forbid=dev"},
	{{{"--forbid=exec"}},
	 {{{KEY_TMPFS, "/a:exec:noexec"}}},
	 STATUS_POLICY,
	 0,
	 "'exec' is forbidden"},
	{{{"--forbid=seed=copy"}},
	 {{{KEY_TMPFS, "/a:tmpcopyup"}}},
	 STATUS_POLICY,
	 0,
	 "'tmpcopyup' is forbidden by the operator's --forbid=seed=copy"},
	{{{"--forbid=mode"}},
	 {{{KEY_TMPFS, "/a:mode=0777"}}},
	 STATUS_POLICY,
	 0,
	 "'mode=0777' is forbidden"},
	{{{"--deny=/etc"}},
	 {{{KEY_TMPFS, "/a;/etc//:ro"}}},
	 STATUS_POLICY,
	 3,
	 KEY_TMPFS ": entry '/etc//:ro': '/etc' is denied by the operator's --deny=/etc"},
	{{{"--allow=/var/**", "--allow=/tmp"}},
	 {{{KEY_TMPFS, "/var"}}},
	 STATUS_POLICY,
	 0,
	 "entry '/var': '/var' matches no --allow of the operator's, such as /var/**"},
	{{{"--allow=/**", "--deny=/usr/**"}},
	 {{{KEY_TMPFS, "/usr/lib"}}},
	 STATUS_POLICY,
	 0,
	 "'/usr/lib' is denied by the operator's --deny=/usr/**"},
};

/* Whether the state's annotations show that config.json need not be read. */
Test(policy, is_idle)
{
	static struct {
		const char *row;
		struct arguments arguments;
		struct pairs pairs;
		bool is_idle;
	} rows[] = {
		{"nothing", {{NULL}}, {{{0}}}, true},
		{"others' keys", {{NULL}}, {{{"a", "b"}, {KEY_CRIO_NAME, "c"}}}, true},
		{"options that ask for nothing by themselves",
		 {{"--tmpfs=/run", "--exempt=a=b", "--max-size=1m", "--forbid=exec"}},
		 {{{"a", "b"}}},
		 true},
		{"a key", {{NULL}}, {{{KEY_READONLY, "false"}}}, false},
		{"a list", {{NULL}}, {{{"a", "b"}, {KEY_TMPFS, ""}}}, false},
		{"a misspelt key", {{NULL}}, {{{"io.container.read-Only", "true"}}}, false},
		{"--readonly", {{"--readonly"}}, {{{0}}}, false},
		{"--enforce", {{"--enforce"}}, {{{0}}}, false},
		{"--seed-tmpfs", {{"--seed-tmpfs"}}, {{{0}}}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct annotations annotations = all(&rows[i].pairs);
		AUTO_OPTIONS options = options_of(&rows[i].arguments);

		cr_expect(policy_is_idle(&annotations, &options) == rows[i].is_idle, "%s",
			  rows[i].row);
	}
}

/* --seed-tmpfs, which needs a tmpfs of config.json, and leaves podman's containers alone. */
Test(policy, seeds_tmpfs)
{
	static struct {
		const char *row;
		struct arguments arguments;
		struct pairs pairs;
		const char *destination;
		bool is_tmpfs;
		bool seeds_tmpfs;
		const char *left_alone;
	} rows[] = {
		{"no annotation", {{"--seed-tmpfs"}}, {{{0}}}, "/run", true, true, NULL},
		{"no option", {{NULL}}, {{{0}}}, "/run", true, false, "no annotation asks for it"},
		{"false",
		 {{"--seed-tmpfs"}},
		 {{{KEY_READONLY, "false"}}},
		 "/run",
		 true,
		 true,
		 NULL},
		{"another engine's",
		 {{"--seed-tmpfs"}},
		 {{{KEY_MANAGER, "other"}}},
		 "/run",
		 true,
		 true,
		 NULL},
		{"podman's",
		 {{"--seed-tmpfs"}},
		 {{{KEY_MANAGER, "libpod"}}},
		 "/run",
		 true,
		 false,
		 "no annotation asks for it"},
		{"podman's, read-only",
		 {{"--seed-tmpfs", "--readonly"}},
		 {{{KEY_MANAGER, "libpod"}}},
		 "/run",
		 true,
		 false,
		 NULL},
		{"exempt",
		 {{"--seed-tmpfs", "--exempt=a=b"}},
		 {{{"a", "b"}}},
		 "/run",
		 true,
		 false,
		 "exempt by --exempt=a"},
		{"no tmpfs",
		 {{"--seed-tmpfs"}},
		 {{{0}}},
		 "/run",
		 false,
		 false,
		 "config.json has no tmpfs to fill"},
		{"no tmpfs, read-only",
		 {{"--seed-tmpfs", "--readonly"}},
		 {{{0}}},
		 "/run",
		 false,
		 false,
		 NULL},
		{"the runtime's own",
		 {{"--seed-tmpfs"}},
		 {{{0}}},
		 "/dev/shm",
		 true,
		 false,
		 "config.json has no tmpfs to fill"},
		{"it only looks like it", {{"--seed-tmpfs"}}, {{{0}}}, "/device", true, true, NULL},
		/* Where it leads is known only in the container. */
		{"not normal", {{"--seed-tmpfs"}}, {{{0}}}, "/dev/../x", true, true, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct annotations annotations = all(&rows[i].pairs);
		AUTO_OPTIONS options = options_of(&rows[i].arguments);
		struct bundle_mount mounts[] = {
			{.destination = "/sys", .is_tmpfs = true},
			{.destination = rows[i].destination, .is_tmpfs = rows[i].is_tmpfs},
		};
		const struct bundle bundle = {.mounts = mounts, .mounts_count = ARRAY_SIZE(mounts)};
		AUTO_POLICY policy = {0};
		AUTO_WISH wish = {0};
		struct error error = UNSET_ERROR;

		expect_success(rows[i].row,
			       policy_decide(&annotations, ID, &options, &error, &wish, &policy),
			       &error);
		policy_see_mounts(&bundle, &policy);
		cr_expect(policy.seeds_tmpfs == rows[i].seeds_tmpfs, "%s", rows[i].row);
		expect_text(rows[i].row, policy.left_alone ? policy.left_alone : "",
			    rows[i].left_alone ? rows[i].left_alone : "");
	}
}

Test(policy, decide_refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct annotations annotations = all(&refused[i].pairs);
		AUTO_OPTIONS options = options_of(&refused[i].arguments);
		struct policy policy = {.requests_count = 77};
		struct wish wish = {.list.count = 77};
		struct error error = UNSET_ERROR;
		int r = policy_decide(&annotations, ID, &options, &error, &wish, &policy);

		expect_error(refused[i].part, r, &error, refused[i].status, refused[i].offset,
			     refused[i].part);
		expect_number(refused[i].part, policy.requests_count + wish.list.count, 154);
	}
}

Test(policy, globs)
{
	static const struct {
		const char *glob, *path;
		bool matches;
	} rows[] = {
		{"/etc", "/etc", true},
		{"/etc", "/etc/x", false},
		{"/etc", "/etcx", false},
		{"/run/*", "/run/x", true},
		{"/run/*", "/run/.x", true},
		{"/run/*", "/run", false},
		{"/run/*", "/run/x/y", false},
		{"/*", "/x", true},
		{"/*", "/x/y", false},
		{"/*/log", "/var/log", true},
		{"/v?r", "/var", true},
		{"/[ab]", "/b", true},
		{"/[!ab]", "/b", false},
		{"/a[!b]c", "/a/c", false},
		{"/a\\*", "/a*", true},
		{"/a\\*", "/ab", false},
		{"/a\\b", "/ab", true},
		{"/var/**", "/var/x", true},
		{"/var/**", "/var/x/y/z", true},
		{"/var/**", "/var", false},
		{"/var/**", "/variable/x", false},
		{"/var/**", "/x/var/y", false},
		{"/var/**", "/", false},
		{"/var/*/**", "/var/x/y", true},
		{"/var/*/**", "/var/x/y/z", true},
		{"/var/*/**", "/var/x", false},
		{"/*/x/**", "/var/x/y", true},
		{"/*/x/**", "/a/b/x/y", false},
		{"/a\\*/**", "/a*/x", true},
		{"/a\\*/**", "/ab/x", false},
		{"/**", "/x", true},
		{"/**", "/x/.y/z", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char allow[64], deny[64], row[64];
		AUTO_OPTIONS allowing = {0}, denying = {0};
		char text[] = "/e";
		struct tmpfs_entry entry = {.text = text, .path = text};
		struct error error = UNSET_ERROR;

		snprintf(row, sizeof(row), "%s %s", rows[i].glob, rows[i].path);
		snprintf(allow, sizeof(allow), "--allow=%s", rows[i].glob);
		snprintf(deny, sizeof(deny), "--deny=%s", rows[i].glob);
		allowing = options_of(&(struct arguments){{allow}});
		denying = options_of(&(struct arguments){{deny}});
		cr_expect((policy_allows_path(&allowing, &entry, rows[i].path, &error) == 0) ==
				  rows[i].matches,
			  "allow %s", row);
		cr_expect((policy_allows_path(&denying, &entry, rows[i].path, &error) < 0) ==
				  rows[i].matches,
			  "deny %s", row);
	}
}

/* A path that resolves to another directory, and one that no option covers. */
Test(policy, allows_path_reports_the_resolved_path)
{
	AUTO_OPTIONS options = options_of(&(struct arguments){{"--deny=/usr/**"}});
	AUTO_OPTIONS none = options_of(&(struct arguments){{NULL}});
	char text[] = "/lib:ro", lib[] = "/lib";
	struct tmpfs_entry entry = {.text = text, .path = lib, .offset = 5};
	struct error error = UNSET_ERROR;
	int r = policy_allows_path(&options, &entry, "/usr/lib", &error);

	expect_error(
		"/lib", r, &error, STATUS_POLICY, 5,
		"entry '/lib:ro': it resolves to '/usr/lib', which is denied by the operator's --deny=/usr/**");
	expect_success("none", policy_allows_path(&none, &entry, "/usr/lib", &error), &error);
}

/* A glob of many stars is matched against the longest path without a noticeable delay. */
Test(policy, a_costly_glob, .timeout = 20)
{
	AUTO_FREE char *path = repeat('a', 255);
	AUTO_OPTIONS options = options_of(&(struct arguments){{"--deny=/*a*a*a*a*a*a*a*a*b"}});
	char text[] = "/e";
	struct tmpfs_entry entry = {.text = text, .path = text};
	struct error error = UNSET_ERROR;

	path[0] = '/';
	cr_expect(policy_allows_path(&options, &entry, path, &error) == 0);
}
