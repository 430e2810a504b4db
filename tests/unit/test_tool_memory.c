/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A subcommand of oci-readonly that runs out of memory says so, and prints nothing wrong. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "expect.h"
#include "failing_memory.h"
#include "linux/input.h"
#include "tool/arguments.h"
#include "tool/commands.h"
#include "tool/output.h"

#define WORDS_MOST 16
#define TEXT_MOST  (1 << 20)

struct
try {
	const char *line;  /* the subcommand and its arguments, separated by blanks */
	const char *input; /* a file for its standard input; NULL: text */
	const char *text;  /* NULL: none */
	/* The output may differ, if the exit status still says that something is wrong: doctor
	 * treats a file that it has no memory for like one that it cannot read. */
	bool may_differ;
	/* Of the run in which nothing fails. */
	char *wanted;
	int status;
};

static int captured[2] = {-EBADF, -EBADF};

static int open_input(const struct try *try)
{
	int fd = try->input ? open(try->input, O_RDONLY | O_CLOEXEC)
			    : memfd_create("input", MFD_CLOEXEC);

	cr_assert(fd >= 0, "%s", try->input ? try->input : try->line);
	if (try->text)
		cr_assert(write(fd, try->text, strlen(try->text)) > 0 &&
			  lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static char *captured_text(int index)
{
	char *text = NULL;
	size_t length;

	cr_assert(lseek(captured[index], 0, SEEK_SET) == 0);
	cr_assert(input_read(captured[index], TEXT_MOST, &text, &length) == 0);
	return text;
}

/* Runs the subcommand with its standard streams in files. */
static int run(const struct try *try, char **ret_output, char **ret_remarks)
{
	AUTO_FREE char *line = strdup(try->line);
	char *argv[WORDS_MOST];
	struct arguments arguments = {.argv = argv};
	const char *name = strtok(line, " ");
	AUTO_FD input = open_input(try);
	int saved[] = {dup(0), dup(1), dup(2)};
	int status;

	while ((argv[arguments.argc] = strtok(NULL, " ")))
		arguments.argc++;
	for (size_t i = 0; i < commands_count; i++)
		if (!strcmp(commands[i]->name, name))
			arguments.command = commands[i];
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		close_fd(&captured[i]);
		captured[i] = memfd_create("captured", MFD_CLOEXEC);
		dup2(captured[i], i + 1);
	}
	dup2(input, 0);
	failing.is_on = true;
	status = output_end(arguments.command->run(&arguments));
	failing.is_on = false;
	fflush(NULL);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	*ret_output = captured_text(0);
	*ret_remarks = captured_text(1);
	return status;
}

/* Either nothing is different, or the exit status says that it failed, and a remark why. */
static void run_short_of_memory(void *data)
{
	const struct try *try = data;
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *remarks = NULL;
	int status = run(try, &output, &remarks);

	if (status == try->status && (try->may_differ || !strcmp(output, try->wanted)))
		return;
	cr_expect(status == TOOL_UNREADABLE &&
			  (strstr(remarks, "out of memory") || strstr(remarks, "ENOMEM")),
		  "%s: allocation %zu%s: status %d, '%s', '%s'", try->line, failing.nth,
		  failing.is_lasting ? " and later" : "", status, output, remarks);
}

static void try_all(struct try *tries, size_t count)
{
	const char *source = getenv("srcdir");
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	cr_assert(before >= 0 && chdir(source ? source : ".") == 0);
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *remarks = NULL;

		failing.nth = FAILING_MEMORY_MOST;
		tries[i].status = run(&tries[i], &tries[i].wanted, &remarks);
		cr_expect(tries[i].status == TOOL_OK || tries[i].status == TOOL_FINDING,
			  "%s: %d: %s", tries[i].line, tries[i].status, remarks);
		fail_each_allocation(tries[i].line, run_short_of_memory, &tries[i]);
		free(tries[i].wanted);
	}
	cr_assert(fchdir(before) == 0);
	close(before);
}

Test(memory, suggest)
{
	struct try tries[] = {
		{.line = "suggest", .input = "tests/suggest/nginx.json"},
		{.line = "suggest --explain", .input = "tests/suggest/postfix.json"},
		{.line = "suggest --format=kube --include=/usr",
		 .input = "tests/suggest/noise-useradd.json"},
	};

	try_all(tries, ARRAY_SIZE(tries));
}

Test(memory, check)
{
	static const char config[] =
		"{\"process\":{\"cwd\":\"/srv/a\",\"args\":[\"app\"],\"env\":[\"PATH=/bin\"]},"
		"\"root\":{\"path\":\"rootfs\"},"
		"\"annotations\":{\"io.containers.readonly\":\"true\","
		"\"io.containers.readonly.tmpfs\":\"/run:uid=5;/srv;/var/lib\"},"
		"\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\"},"
		"{\"destination\":\"/run/v\",\"type\":\"bind\"},"
		"{\"destination\":\"/tmp\",\"type\":\"tmpfs\",\"options\":[\"size=1m\"]}],"
		"\"linux\":{\"uidMappings\":[{\"containerID\":0,\"hostID\":9,\"size\":9}],"
		"\"gidMappings\":[{\"containerID\":0,\"hostID\":9,\"size\":9}],"
		"\"namespaces\":[{\"type\":\"user\"}],\"devices\":[{\"path\":\"/dev/fuse\"}]}}";
	struct try tries[] = {
		{.line = "check --annotation=io.containers.readonly=true "
			 "--annotation=io.containers.readonly.tmpfs=/run;/tmp:size=64m "
			 "-- --tmpfs=/var/tmp --allow=/run/** --allow=/tmp --exempt=a=b"},
		{.line = "check --annotation=io.containers.readonly=True "
			 "--annotation=io.containers.readonly.tmpfs=/run;/tmp:siez=1m;/a/../b"},
		{.line = "check --config tests/golden/crio/config.json"},
		{.line = "check --json --config tests/golden/crio/config.json"},
		{.line = "check --config tests/golden/crio/config.json --rootfs tests/golden"},
		{.line = "check --config -", .text = config},
		{.line = "check --pod examples/kubernetes/deployment.yaml"},
		{.line = "check --json --pod examples/podman/web.yaml"},
		{.line = "check --hooks-file examples/enforced.json --pod "
			 "examples/kubernetes/pod.yaml"},
	};

	try_all(tries, ARRAY_SIZE(tries));
}

Test(memory, learned)
{
	static const char lines[] =
		"image=a result=complete io.containers.readonly=true "
		"io.containers.readonly.tmpfs=/run;/x:exec\n"
		"image=b result=complete io.containers.readonly=true\n"
		"image=a result=cut io.containers.readonly=true io.containers.readonly.tmpfs=/tmp\n"
		"something else\n";
	struct try tries[] = {
		{.line = "suggest --learned", .text = lines},
		{.line = "suggest --learned --format=podman", .text = lines},
	};

	try_all(tries, ARRAY_SIZE(tries));
}

Test(memory, flags)
{
	struct try tries[] = {
		{.line = "flags",
		 .text = "[{\"Config\":{\"Labels\":{\"io.containers.readonly\":\"true\","
			 "\"io.containers.readonly.tmpfs\":\"/run;/tmp:size=1m\"}}}]"},
		{.line = "flags",
		 .text = "[{\"Config\":{\"Labels\":{\"io.containers.readonly\":\"yes\","
			 "\"io.containers.readonly.tmpfs\":\"/run;/tmp:siez=1m\"}}}]"},
	};

	try_all(tries, ARRAY_SIZE(tries));
}

/* A tree with each engine and two hooks files, both with a fault. */
static void make_tree(const char *tree)
{
	static const char script[] =
		"set -e; t=%s; cd \"${srcdir:-.}\"; umask 022\n"
		"mkdir -p $t/usr/bin $t/usr/share/containers/oci/hooks.d $t/etc/containerd "
		"$t/etc/containers/oci/hooks.d $t/etc/crio/crio.conf.d $t/etc/docker "
		"$t/var/lib/dpkg\n"
		"for name in podman crio containerd dockerd runc crun; do\n"
		"install -m 0755 /dev/null $t/usr/bin/$name\n"
		"done\n"
		"cp examples/containerd/config-v2.toml $t/etc/containerd/config.toml\n"
		"cp examples/docker/daemon.json $t/etc/docker\n"
		"cp examples/cri-o/50-hooks.conf $t/etc/crio/crio.conf.d\n"
		"cp examples/opt-in.json "
		"$t/usr/share/containers/oci/hooks.d/oci-readonly-hook.json\n"
		"sed s/createRuntime/prestart/ examples/enforced.json "
		">$t/etc/containers/oci/hooks.d/other.json\n"
		"printf 'Package: podman\\nStatus: install ok installed\\nVersion: 4.3.1\\n\\n' "
		">$t/var/lib/dpkg/status\n";
	char command[sizeof(script) + 64];

	snprintf(command, sizeof(command), script, tree);
	cr_assert(system(command) == 0);
}

Test(memory, doctor)
{
	char tree[] = "/var/tmp/orh-memory.XXXXXX";
	char lines[2][64];
	char command[64];
	struct try tries[] = {
		{.line = lines[0], .may_differ = true},
		{.line = lines[1], .may_differ = true},
	};

	need_failing_memory();
	cr_assert(mkdtemp(tree), "no directory of the test's own");
	make_tree(tree);
	snprintf(lines[0], sizeof(lines[0]), "doctor --root %s", tree);
	snprintf(lines[1], sizeof(lines[1]), "doctor --json --root %s", tree);
	try_all(tries, ARRAY_SIZE(tries));
	expect_number("doctor", (unsigned)tries[0].status, TOOL_FINDING);
	snprintf(command, sizeof(command), "rm -rf %s", tree);
	cr_expect(system(command) == 0);
}
