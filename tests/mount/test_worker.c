/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole worker on a container of the test: a process with a mount namespace that contains a
 * rootfs. */
#include "hook/worker.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/memory.h"
#include "linux/facts.h"
#include "linux/libmount.h"
#include "linux/sys.h"
#include "sandbox.h"

#define ROOT SANDBOX "/root"

/* What the container's process does before it reports that it is ready. */
static void build_container(void)
{
	MUST(unshare(CLONE_NEWNS));
	make_dirs(SANDBOX "/lower/etc");
	make_dirs(SANDBOX "/lower/var/lib/app");
	make_text(SANDBOX "/lower/etc/motd", "image");
	make_text(SANDBOX "/lower/etc/hosts", "");
	make_text(SANDBOX "/lower/var/lib/app/state", "image");
	make_text(SANDBOX "/hosts", "mounted");
	make_dirs(ROOT);
	MUST(mount(SANDBOX "/lower", ROOT, NULL, MS_BIND, NULL));
	MUST(mount(ROOT, ROOT, NULL, MS_BIND, NULL));
	MUST(mount(SANDBOX "/hosts", ROOT "/etc/hosts", NULL, MS_BIND, NULL));
}

struct box {
	pid_t pid;
	struct container container;
};

static struct box box_open(void)
{
	struct box box = {.container = CONTAINER_NONE};
	struct error error;

	box.pid = child_begin(build_container);
	cr_assert(container_open(box.pid, &error, &box.container) == 0, "%s", error.text);
	return box;
}

static void box_close(struct box *box)
{
	container_done(&box->container);
	kill(box->pid, SIGKILL);
	waitpid(box->pid, NULL, 0);
}

static bool is_audit;

static int run(const struct box *box, const char *list, bool readonly, struct error *error,
	       struct outcome *outcome)
{
	AUTO_TMPFS_LIST entries = {0};
	AUTO_POLICY policy = {.readonly = readonly};
	struct options options = {.audit = is_audit};
	struct bundle bundle = {.root_path = (char *)ROOT, .cwd = "/work"};
	struct worker_request request = {.container = &box->container,
					 .policy = &policy,
					 .options = &options,
					 .bundle = &bundle};

	cr_assert(tmpfs_list_parse(list, error, &entries) == 0, "%s", error->text);
	for (size_t i = 0; i < entries.count; i++) {
		cr_assert(array_reserve(&policy.requests, &policy.requests_capacity, i,
					sizeof(*policy.requests)) == 0);
		policy.requests[policy.requests_count++] =
			(struct request){&entries.entries[i], FROM_ANNOTATION, KEY_TMPFS};
	}
	return worker_run(&request, error, outcome);
}

static struct mounttab table_of(const struct box *box)
{
	AUTO_FREE char *text = NULL;
	struct mounttab table = {0};
	struct error error;
	size_t length;

	cr_assert(libmount_load(&error) == 0, "%s", error.text);
	cr_assert(container_mountinfo(&box->container, &error, &text, &length) == 0, "%s",
		  error.text);
	cr_assert(mounttab_parse(text, length, &error, &table) == 0, "%s", error.text);
	return table;
}

static const struct mount_line *topmost(const struct mounttab *table, const char *target)
{
	const struct mount_line *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		if (!strcmp(table->lines[i].target, target) &&
		    !mounttab_is_covered(table, &table->lines[i]))
			found = &table->lines[i];
	}
	return found;
}

static bool reads(const struct box *box, const char *path, const char *text)
{
	char name[128];
	char found[64] = "";
	AUTO_FD fd = -EBADF;

	snprintf(name, sizeof(name), "/proc/%d/root" ROOT "%s", (int)box->pid, path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, found, sizeof(found) - 1) >= 0 && !strcmp(found, text);
}

Test(worker, audit, .init = sandbox_enter)
{
	struct box box = box_open();
	struct outcome outcome;
	struct error error;
	AUTO_MOUNTTAB before = table_of(&box);
	AUTO_MOUNTTAB after = {0};

	is_audit = true;
	cr_assert(run(&box, "/var:seed=auto;/new", true, &error, &outcome) == 0, "%s", error.text);
	cr_expect(outcome.is_audit && outcome.count == 2 && outcome.root_readonly &&
		  !outcome.already);
	cr_expect_str_eq(outcome.tmpfs[0].path, "/new");
	cr_expect(outcome.tmpfs[0].filled.seed == SEED_COPY &&
		  outcome.tmpfs[1].filled.seed == SEED_AUTO);
	after = table_of(&box);
	cr_expect(after.count == before.count);
	cr_expect(!(topmost(&after, ROOT)->flags & FLAG_RO));
	cr_expect(access(SANDBOX "/lower/new", F_OK) < 0, "a directory was made");
	cr_expect(run(&box, "/etc/motd", false, &error, &outcome) < 0 &&
		  error.status == STATUS_PATH);
	box_close(&box);
}

Test(worker, complete, .init = sandbox_enter)
{
	struct box box = box_open();
	struct outcome outcome;
	struct error error;
	AUTO_MOUNTTAB table = {0};

	cr_assert(run(&box, "/var/lib/app;/etc:size=1m;/var:seed=none;/new", true, &error,
		      &outcome) == 0,
		  "%s", error.text);
	cr_expect(outcome.count == 4 && outcome.root_readonly && !outcome.already);
	table = table_of(&box);
	cr_assert(topmost(&table, ROOT));
	cr_expect(topmost(&table, ROOT)->flags & FLAG_RO);
	cr_assert(topmost(&table, ROOT "/etc"));
	cr_expect_str_eq(topmost(&table, ROOT "/etc")->source, MOUNT_SOURCE);
	cr_assert(topmost(&table, ROOT "/etc/hosts"));
	cr_expect(topmost(&table, ROOT "/etc/hosts")->parent == topmost(&table, ROOT "/etc")->id);
	cr_expect(topmost(&table, ROOT "/var/lib/app")->parent == topmost(&table, ROOT "/var")->id);
	cr_expect(reads(&box, "/etc/motd", "image"));
	cr_expect(reads(&box, "/etc/hosts", "mounted"));
	cr_expect(reads(&box, "/var/lib/app/state", "image"));
	box_close(&box);
}

Test(worker, twice, .init = sandbox_enter)
{
	struct box box = box_open();
	struct outcome outcome;
	struct error error;
	AUTO_MOUNTTAB first = {0};
	AUTO_MOUNTTAB second = {0};

	cr_assert(run(&box, "/etc", true, &error, &outcome) == 0, "%s", error.text);
	first = table_of(&box);
	cr_assert(run(&box, "/etc", true, &error, &outcome) == 0, "%s", error.text);
	cr_expect(outcome.already);
	second = table_of(&box);
	cr_expect(first.count == second.count);
	for (size_t i = 0; i < first.count; i++)
		cr_expect(first.lines[i].id == second.lines[i].id &&
			  first.lines[i].flags == second.lines[i].flags);
	box_close(&box);
}

/* A refusal leaves the container's mount table unchanged. */
Test(worker, refused_leaves_nothing, .init = sandbox_enter)
{
	static const struct {
		const char *list;
		enum status status;
	} rows[] = {
		{"/etc/motd", STATUS_PATH},
		{"/etc;/var:size=4096;/etc/hosts", STATUS_PATH},
		{"/var;/etc:nr_inodes=2", STATUS_SEED},
		/* One tmpfs has no room for another's directory, or for a mount point. */
		{"/var:seed=none:nr_inodes=1;/var/lib/app", STATUS_SEED},
		{"/etc:seed=none:nr_inodes=1", STATUS_SEED},
	};
	struct box box = box_open();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_MOUNTTAB before = table_of(&box);
		AUTO_MOUNTTAB after = {0};
		struct outcome outcome;
		struct error error;

		cr_expect(run(&box, rows[i].list, true, &error, &outcome) < 0, "%s", rows[i].list);
		cr_expect(error.status == rows[i].status, "%s: %s", rows[i].list, error.text);
		after = table_of(&box);
		cr_expect(before.count == after.count, "%s", rows[i].list);
		for (size_t line = 0; line < before.count; line++)
			cr_expect(before.lines[line].id == after.lines[line].id &&
				  before.lines[line].flags == after.lines[line].flags);
	}
	box_close(&box);
}

Test(worker, same_namespace, .init = sandbox_enter)
{
	struct container container = CONTAINER_NONE;
	struct error error;

	cr_expect(container_open(getpid(), &error, &container) < 0 && error.status == STATUS_INPUT);
	cr_expect(strstr(error.text, "mount namespace"), "%s", error.text);
}

Test(worker, process_is_gone, .init = sandbox_enter)
{
	struct box box = box_open();
	struct container container = CONTAINER_NONE;
	struct outcome outcome;
	struct error error;

	kill(box.pid, SIGKILL);
	/* First a zombie, then gone. */
	cr_assert(waitid(P_PID, (id_t)box.pid, &(siginfo_t){0}, WEXITED | WNOWAIT) == 0);
	cr_expect(container_open(box.pid, &error, &container) < 0 && error.status == STATUS_INPUT,
		  "%s", error.text);
	waitpid(box.pid, NULL, 0);
	cr_expect(container_open(box.pid, &error, &container) < 0 && error.status == STATUS_INPUT,
		  "%s", error.text);
	cr_expect(strstr(error.text, "gone"), "%s", error.text);
	/* It was there when it was opened. */
	cr_expect(run(&box, "/etc", true, &error, &outcome) < 0 && error.status == STATUS_INPUT,
		  "%s", error.text);
	container_done(&box.container);
}

/* listmount and statmount report what mountinfo reports. */
Test(worker, both_tables_agree, .init = sandbox_enter)
{
	struct container container = CONTAINER_NONE;
	struct rootfs rootfs = {.fd = -EBADF};
	AUTO_MOUNTTAB listed = {0};
	AUTO_MOUNTTAB parsed = {0};
	AUTO_FREE char *text = NULL;
	struct error error;
	uint64_t unique;
	size_t length;
	size_t below = 0;

	make_dirs(ROOT);
	MUST(mount("root", ROOT, "tmpfs", MS_NODEV, "mode=755"));
	for (int i = 0; i < 200; i++) {
		static const unsigned long flags[] = {0,
						      MS_RDONLY,
						      MS_NOSUID | MS_NODEV,
						      MS_NOEXEC | MS_NOATIME,
						      MS_STRICTATIME,
						      MS_NODIRATIME};

		make_dirs(at("root/a b\t\\%d", i));
		MUST(mount(i % 5 ? "so urce" : "", at("root/a b\t\\%d", i), "tmpfs", flags[i % 6],
			   NULL));
		MUST(mount(NULL, at("root/a b\t\\%d", i), NULL, i % 7 ? MS_PRIVATE : MS_SHARED,
			   NULL));
	}
	cr_assert(rootfs_open(ROOT, &error, &rootfs) == 0, "%s", error.text);
	if (sys_unique_mount_id(rootfs.fd, &unique) < 0)
		cr_skip_test("this kernel has no statmount (Linux 6.8)");
	/* Without mountinfo and without libmount. */
	cr_assert(facts_read_table(&container, &rootfs, &error, &listed) == 0, "%s", error.text);
	container.mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	cr_assert(container_mountinfo(&container, &error, &text, &length) == 0, "%s", error.text);
	cr_assert(!libmount_is_loaded() && libmount_load(&error) == 0, "%s", error.text);
	cr_assert(mounttab_parse(text, length, &error, &parsed) == 0, "%s", error.text);
	for (size_t i = 0; i < parsed.count; i++) {
		const struct mount_line *line = &parsed.lines[i];
		const struct mount_line *other = mounttab_find(&listed, line->id);

		if (strncmp(line->target, ROOT, strlen(ROOT)) != 0)
			continue;
		below++;
		cr_assert(other, "%s", line->target);
		cr_expect(other->parent == line->parent && other->flags == line->flags &&
				  other->is_shared == line->is_shared &&
				  !strcmp(other->target, line->target) &&
				  !strcmp(other->fstype, line->fstype) &&
				  !strcmp(other->source, line->source),
			  "%s", line->target);
	}
	cr_expect(below == 201 && listed.count == 201);
	close_fd(&rootfs.fd);
	container_done(&container);
}
