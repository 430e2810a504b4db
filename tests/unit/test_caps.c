/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts of a pod's author to exceed the operator's limits: each is refused, or its result is
 * within the limits. */
#include "core/policy_sizes.h"
#include "expect.h"

#define MIB	    (1024ULL * 1024)
#define MEMORY	    (1024 * MIB)
#define EACH	    (64 * MIB)
#define ALL	    (100 * MIB)
#define NAME	    "io.kubernetes.container.name"
#define ENTRIES_MAX (2 * TMPFS_ENTRIES_MAX)

static const char *const arguments[] = {
	"hook",
	"--enforce",
	"--tmpfs=/tmp:size=10m",
	"--max-size=64m",
	"--max-total=100m",
	"--forbid=exec,suid,dev,nr_inodes,noswap,huge,atime,seed=overlay,uid",
	"--deny=/etc",
	"--deny=/usr/**",
	"--exempt=io.kubernetes.pod.namespace=^kube-system$",
};

static struct options operators_options(void)
{
	struct error error = UNSET_ERROR;
	struct options options = {0};

	cr_assert(options_parse(ARRAY_SIZE(arguments), arguments, &error, &options) == 0, "%s",
		  error.text);
	return options;
}

/* Runs both steps of the policy, for a container in which every path can be used. */
static int attempt(const struct annotations *annotations, struct error *error, size_t *ret_count,
		   uint64_t sizes[static ENTRIES_MAX])
{
	AUTO_OPTIONS options = operators_options();
	const struct request *requests[ENTRIES_MAX];
	AUTO_POLICY policy = {0};
	AUTO_WISH wish = {0};
	int r;

	*error = UNSET_ERROR;
	r = policy_decide(annotations, "id", &options, error, &wish, &policy);
	if (r < 0)
		return r;
	cr_assert(policy.readonly && !policy.left_alone && policy.requests_count <= ENTRIES_MAX);
	for (size_t i = 0; i < policy.requests_count; i++)
		requests[i] = &policy.requests[i];
	*ret_count = policy.requests_count;
	return policy_sizes(&options, requests, policy.requests_count, MEMORY, error, sizes);
}

static void expect_within_caps(const char *row, const uint64_t sizes[], size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		cr_expect(sizes[i] && sizes[i] <= EACH && sizes[i] % POLICY_PAGE_SIZE == 0,
			  "'%.300s': tmpfs %zu has %llu bytes", row, i,
			  (unsigned long long)sizes[i]);
		sum += sizes[i];
	}
	cr_expect(sum <= ALL, "'%.300s': %llu bytes together", row, (unsigned long long)sum);
}

/* status 0: allowed, and the first tmpfs has that many bytes. */
static const struct {
	const char *list;
	enum status status;
	uint64_t first;
	const char *part;
} lists[] = {
	/* Within the limits, in various spellings. */
	{"/a:size=64m", 0, EACH, NULL},
	{"/a:size=64M", 0, EACH, NULL},
	{"/a:size=65536K", 0, EACH, NULL},
	{"/a:size=0000000000000000000000000000000000000000064m", 0, EACH, NULL},
	{"/a:size=67108864", 0, EACH, NULL},
	{"/a:size=67108861", 0, EACH, NULL},
	{"/a:size=6%", 0, 64425984, NULL},
	{"/a:size=1t:size=1m", 0, MIB, NULL},
	{"/a", 0, EACH, NULL},
	{"", 0, 10 * MIB, NULL},
	/* For the kernel, size 0 means no limit. */
	{"/a:size=0", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=00", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=0%", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=0g", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=1", STATUS_ANNOTATION, 0, "less than 4096 bytes"},
	{"/a:size=3k", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size", STATUS_ANNOTATION, 0, "value is missing"},
	/* Too much. */
	{"/a:size=67108865", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=65M", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=1g", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=1T", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=7%", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=100%", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=9223372036854775807", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=8388607t", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=1m:size=1g", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=1m,size=65m", STATUS_POLICY, 0, "--max-size"},
	{"/a:size=64m;/b:size=37m", STATUS_POLICY, 0, "--max-total"},
	{"/a:size=64m;/b:size=36m", STATUS_POLICY, 0, "--max-total"},
	{"/a:size=64m;/b:size=26m;/c", STATUS_POLICY, 0, "leaves 0 bytes for 1 tmpfs"},
	{"/a:size=64m;/b:size=26m;/a/c:size=4k", STATUS_POLICY, 0, "--max-total"},
	{"/tmp:size=64m;/b:size=37m", STATUS_POLICY, 0, "--max-total"},
	/* Beyond a number's range, and numbers in the syntax of other parsers. */
	{"/a:size=101%", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=18446744073709551616", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=18446744073709551617", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=9223372036854775808", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=16777216t", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=18014398509481985k", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:size=-1", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=+1m", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size= 1g", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1 g", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=0x7fffffff", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1e9", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1p", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1gb", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1m%", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=%", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=unlimited", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:size=1m=1g", STATUS_ANNOTATION, 0, "not a valid size"},
	{"/a:nr_blocks=1000000", STATUS_ANNOTATION, 0, "no such option"},
	{"/a:SIZE=1g", STATUS_ANNOTATION, 0, "no such option"},
	{"/a:size\\=1g", STATUS_ANNOTATION, 0, "no such option"},
	/* Forbidden options, with every name and in every position. */
	{"/a:exec", STATUS_POLICY, 0, "--forbid=exec"},
	{"/a:exec:noexec", STATUS_POLICY, 0, "--forbid=exec"},
	{"/a,exec", STATUS_ANNOTATION, 0, "write ':'"},
	{"/a,/b:size=1m", STATUS_ANNOTATION, 0, "write ';'"},
	{"/a /b:size=1m", STATUS_ANNOTATION, 0, "write ';'"},
	{"/a:/b:size=1m", STATUS_ANNOTATION, 0, "write ';'"},
	{"/a:rw,exec", STATUS_POLICY, 0, "--forbid=exec"},
	{"/b;/a\n;/c:exec", STATUS_POLICY, 0, "--forbid=exec"},
	{"/a:EXEC", STATUS_ANNOTATION, 0, "no such option"},
	{"/a:exec=", STATUS_ANNOTATION, 0, "takes no value"},
	{"/a: exec", STATUS_ANNOTATION, 0, "blanks are not allowed before"},
	{"/a:relatime", STATUS_POLICY, 0, "--forbid=atime"},
	{"/a:nr_inodes=9007199254740991", STATUS_POLICY, 0, "--forbid=nr_inodes"},
	{"/a:nr_inodes=0", STATUS_ANNOTATION, 0, "out of range"},
	{"/a:huge=never", STATUS_POLICY, 0, "--forbid=huge"},
	{"/a:seed=overlay", STATUS_POLICY, 0, "--forbid=seed=overlay"},
	{"/a:seed=overlay:seed=copy", STATUS_POLICY, 0, "--forbid=seed=overlay"},
	{"/a:noswap", STATUS_POLICY, 0, "--forbid=noswap"},
	{"/a:uid=0", STATUS_POLICY, 0, "--forbid=uid"},
	{"/a:U", STATUS_POLICY, 0, "--forbid=uid"},
	{"/a:uid=5:U:size=1m", STATUS_POLICY, 0, "--forbid=uid"},
	{"/a:gid=5:mode=07777", 0, EACH, NULL},
	/* A denied path in various spellings. */
	{"/etc", STATUS_POLICY, 0, "--deny=/etc"},
	{"//etc", STATUS_POLICY, 0, "--deny=/etc"},
	{"/etc///", STATUS_POLICY, 0, "--deny=/etc"},
	{"/e\\tc", STATUS_POLICY, 0, "--deny=/etc"},
	{"\\/\\e\\t\\c", STATUS_POLICY, 0, "--deny=/etc"},
	{"/\\/etc\\/", STATUS_POLICY, 0, "--deny=/etc"},
	{" \t/etc\r", STATUS_POLICY, 0, "--deny=/etc"},
	{"/usr//lib", STATUS_POLICY, 0, "--deny=/usr/**"},
	{"/./etc", STATUS_ANNOTATION, 0, "not contain '.'"},
	{"/\\./etc", STATUS_ANNOTATION, 0, "not contain '.'"},
	{"/x/../etc", STATUS_ANNOTATION, 0, "not contain '..'"},
	{"/x/\\.\\./etc", STATUS_ANNOTATION, 0, "not contain '..'"},
	{"etc", STATUS_ANNOTATION, 0, "begin with '/'"},
	{"/", STATUS_ANNOTATION, 0, "'/' itself"},
	{"\\//", STATUS_ANNOTATION, 0, "'/' itself"},
	/* The same directory twice, to have one of the two not counted. */
	{"/a:size=64m;/a:size=64m", STATUS_ANNOTATION, 0, "the same path"},
	{"/a:size=64m;//a/:size=64m", STATUS_ANNOTATION, 0, "the same path"},
	{"/a:size=64m;/\\a:size=64m", STATUS_ANNOTATION, 0, "the same path"},
};

Test(caps, lists)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct annotation item = {KEY_TMPFS, lists[i].list};
		struct annotations annotations = {.items = &item, .count = 1};
		uint64_t sizes[ENTRIES_MAX] = {0};
		struct error error;
		size_t count = 0;
		int r = attempt(&annotations, &error, &count, sizes);

		if (lists[i].status) {
			expect_error(lists[i].list, r, &error, lists[i].status, ANYWHERE,
				     lists[i].part);
			continue;
		}
		expect_success(lists[i].list, r, &error);
		expect_number(lists[i].list, sizes[0], lists[i].first);
		expect_within_caps(lists[i].list, sizes, count);
	}
}

/* The maximum number of entries without a size: they share what is left. */
Test(caps, shared_limit)
{
	char list[16 * TMPFS_ENTRIES_MAX] = "";
	struct annotation item = {KEY_TMPFS, list};
	struct annotations annotations = {.items = &item, .count = 1};
	uint64_t sizes[ENTRIES_MAX] = {0};
	struct error error;
	size_t count = 0;

	for (int i = 0; i < TMPFS_ENTRIES_MAX; i++)
		sprintf(list + strlen(list), "/a%d;", i);
	expect_success(list, attempt(&annotations, &error, &count, sizes), &error);
	expect_number(list, count, TMPFS_ENTRIES_MAX + 1);
	expect_within_caps(list, sizes, count);
	strcat(list, "/more");
	expect_error(list, attempt(&annotations, &error, &count, sizes), &error, STATUS_ANNOTATION,
		     ANYWHERE, "one list may have 128 entries");
}

/* Keys: nobody opts out, and the list that is used is the one that is checked. */
static struct {
	const char *row;
	struct annotation items[4];
	enum status status; /* 0: within the limits */
	const char *part;
} keys[] = {
	{"false", {{KEY_READONLY, "false"}}, STATUS_POLICY, "--enforce"},
	{"false by name",
	 {{NAME, "web"}, {KEY_READONLY, "true"}, {KEY_READONLY "/web", "false"}},
	 STATUS_POLICY,
	 KEY_READONLY "/web: 'false' is forbidden"},
	{"true by name",
	 {{NAME, "web"}, {KEY_READONLY, "false"}, {KEY_READONLY "/web", "true"}},
	 0,
	 NULL},
	{"false for another", {{NAME, "web"}, {KEY_READONLY "/db", "false"}}, 0, NULL},
	{"False", {{KEY_READONLY, "False"}}, STATUS_ANNOTATION, "neither"},
	{"0", {{KEY_READONLY, "0"}}, STATUS_ANNOTATION, "neither"},
	{"nothing", {{KEY_READONLY, ""}}, STATUS_ANNOTATION, "neither"},
	{"false and a newline", {{KEY_READONLY, "false\n"}}, STATUS_ANNOTATION, "neither"},
	{"another case", {{"io.containers.readOnly", "false"}}, STATUS_ANNOTATION, "no such"},
	{"an exempt namespace in a key with a '='",
	 {{"io.kubernetes.pod.namespace=kube-system", ""},
	  {"io.kubernetes.pod.namespace", "x"},
	  {KEY_READONLY, "false"}},
	 STATUS_ANNOTATION,
	 "runc cuts it to 'io.kubernetes.pod.namespace'"},
	{"another's sandbox",
	 {{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "other"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
	{"a key of nobody's", {{KEY_READONLY ".max-size", "1g"}}, STATUS_ANNOTATION, "no such"},
	{"too much by name",
	 {{NAME, "web"}, {KEY_TMPFS, "/a:size=1m"}, {KEY_TMPFS "/web", "/a:size=65m"}},
	 STATUS_POLICY,
	 KEY_TMPFS "/web: entry '/a:size=65m'"},
	{"forbidden by name",
	 {{NAME, "web"}, {KEY_TMPFS, "/a"}, {KEY_TMPFS "/web", "/a:exec"}},
	 STATUS_POLICY,
	 KEY_TMPFS "/web: entry '/a:exec'"},
	{"a default, by name",
	 {{NAME, "web"}, {KEY_TMPFS "/web", "/tmp:size=65m"}},
	 STATUS_POLICY,
	 "--max-size"},
	{"an exempt namespace and more",
	 {{"io.kubernetes.pod.namespace", "kube-system\nx"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
	{"more and an exempt namespace",
	 {{"io.kubernetes.pod.namespace", "x\nkube-system"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
	{"an exempt namespace in another key",
	 {{"io.kubernetes.cri.sandbox-namespace", "kube-system"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
	{"a sandbox by type",
	 {{KEY_CRIO_TYPE, "sandbox"}, {KEY_CONTAINERD_TYPE, "sandbox"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
	{"a sandbox in capitals",
	 {{KEY_CRIO_TYPE, "Sandbox"}, {KEY_CRIO_SANDBOX, "id"}, {KEY_READONLY, "false"}},
	 STATUS_POLICY,
	 "--enforce"},
};

Test(caps, keys)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct annotations annotations = {.items = keys[i].items};
		uint64_t sizes[ENTRIES_MAX] = {0};
		struct error error;
		size_t count = 0;
		int r;

		while (annotations.count < ARRAY_SIZE(keys[i].items) &&
		       keys[i].items[annotations.count].key)
			annotations.count++;
		r = attempt(&annotations, &error, &count, sizes);
		if (keys[i].status) {
			expect_error(keys[i].row, r, &error, keys[i].status, ANYWHERE,
				     keys[i].part);
			continue;
		}
		expect_success(keys[i].row, r, &error);
		expect_within_caps(keys[i].row, sizes, count);
	}
}
