/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what a container wrote to the annotation. tests/suggest has podman's output for real
 * services: NAME.json of the stopped container, NAME.running.json while it ran and after it was
 * used; noise-*.json is what podman writes for a container that does nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "core/path.h"
#include "expect.h"
#include "linux/input.h"
#include "tool/decide.h"
#include "tool/diff.h"
#include "tool/value.h"

static void add_file(const char *name, struct record *record)
{
	const char *source = getenv("srcdir");
	AUTO_FREE char *text = NULL;
	struct diff_count count;
	struct error error = UNSET_ERROR;
	char path[512];
	size_t length;

	snprintf(path, sizeof(path), "%s/tests/suggest/%s.json", source ? source : ".", name);
	cr_assert(input_read_file(AT_FDCWD, path, DIFF_LENGTH_MAX, &text, &length) == 0, "%s",
		  path);
	expect_success(name, diff_read(text, length, &error, record, &count), &error);
	expect_number(name, count.ignored, 0);
}

static void expect_value(const char *row, struct record *record, const char *value)
{
	AUTO_NEEDS needs = {0};
	AUTO_FREE char *found = NULL;
	struct error error = UNSET_ERROR;

	cr_assert(decide_needs(record, NULL, 0, &needs) == 0);
	expect_success(row, value_write(&needs, &error, &found), &error);
	expect_text(row, found, value);
}

/* The same without what is always offered. */
static void expect_needed(const char *row, struct record *record, const char *value)
{
	AUTO_NEEDS needs = {0};
	AUTO_FREE char *found = NULL;
	struct error error = UNSET_ERROR;
	size_t count = 0;

	cr_assert(decide_needs(record, NULL, 0, &needs) == 0);
	for (size_t i = 0; i < needs.count; i++) {
		if (needs.items[i].offer)
			free_ptr(&needs.items[i].path);
		else
			needs.items[count++] = needs.items[i];
	}
	needs.count = count;
	expect_success(row, value_write(&needs, &error, &found), &error);
	expect_text(row, found, value);
}

Test(suggest, services)
{
	static const struct {
		const char *name;
		const char *value;
	} rows[] = {
		{"memcached", "/run;/tmp"},
		{"nginx", "/run;/tmp;/var/lib/nginx;/var/log/nginx"},
		{"postgres", "/run;/tmp;/var/lib/postgresql"},
		{"mariadb", "/run;/tmp;/var/lib/mysql"},
		{"phpfpm", "/run;/tmp;/var/lib/php;/var/log"},
		{"postfix", "/run;/tmp;/var/lib/postfix;/var/mail;/var/spool/postfix"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD stopped = {0};
		AUTO_RECORD running = {0};
		AUTO_RECORD both = {0};
		char name[64];

		snprintf(name, sizeof(name), "%s.running", rows[i].name);
		add_file(rows[i].name, &stopped);
		expect_value(rows[i].name, &stopped, rows[i].value);
		add_file(name, &running);
		expect_value(name, &running, rows[i].value);
		add_file(rows[i].name, &both);
		add_file(name, &both);
		expect_value("both", &both, rows[i].value);
	}
}

Test(suggest, engines)
{
	static const struct {
		const char *name;
		const char *value;
	} rows[] = {
		{"noise-plain", "/run;/tmp"},
		{"noise-systemd", "/run;/tmp"},
		{"noise-tmpfs", "/run;/tmp"},
		{"noise-user", "/run;/tmp"},
		{"noise-volmissing", "/run;/tmp"},
		/* Similar paths that are not the engine's. */
		{"noise-useradd", "/etc;/home;/run;/tmp"},
		{"noise-del", "/etc;/run;/srv;/tmp;/var/lib"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};

		add_file(rows[i].name, &record);
		expect_value(rows[i].name, &record, rows[i].value);
	}
}

/* Adds the lines of a diff; "M /path" is a mount point instead. */
static void add_lines(const char *lines, struct record *record)
{
	AUTO_FREE char *copy = strdup(lines);
	struct error error = UNSET_ERROR;
	struct diff_count count;

	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
		if (line[0] != 'M') {
			expect_success(line, diff_read(line, strlen(line), &error, record, &count),
				       &error);
			expect_number(line, count.read, 1);
			continue;
		}
		record->has_mounts = true;
		cr_assert(record_add_mount(record, line + 2) == 0);
	}
}

/* Without what is offered for every diff. */
Test(suggest, diffs)
{
	static const struct {
		const char *lines;
		const char *value;
	} rows[] = {
		/* A file needs its directory; in a service's directory, that whole directory. */
		{"C /var/lib/app/db", "/var/lib/app"},
		{"C /var/lib/app/a/b/c", "/var/lib/app"},
		{"A /var/cache/app/x\nC /var/cache/app", "/var/cache/app"},
		{"D /var/spool/app/q/1", "/var/spool/app"},
		{"C /var/log/app/x.log", "/var/log/app"},
		{"C /var/log/x.log", "/var/log"},
		{"C /etc/app/x.conf", "/etc/app"},
		{"C /etc/x.conf", "/etc"},
		{"C /etc/adjtime", "/etc"},
		{"A /root/.cache\nA /root/.cache/x", "/root"},
		{"C /srv/www/data/x", "/srv/www"},
		{"C /home/app/x", "/home/app"},
		{"A /var/tmp/x", "/var/tmp"},
		/* A bare directory: something was created and removed. */
		{"C /var/lib/ldap", "/var/lib/ldap"},
		{"C /srv", "/srv"},
		{"C /var/log", "/var/log"},
		{"C /data", "/data"},
		{"C /app/cache", "/app/cache"},
		{"C /app/db.sqlite3", "/app"},
		{"C /etc", ""},
		{"C /", ""},
		/* A missing path needs the nearest directory above it that the image has. */
		{"C /var/lib\nA /var/lib/app\nA /var/lib/app/a\nA /var/lib/app/b", "/var/lib"},
		{"A /app/x/y/z\nA /app/x/y\nA /app/x", "/app"},
		{"A /opt/app\nA /opt/app/a\nA /opt/app/b", "/opt"},
		{"A /data\nA /data/a\nA /data/b", "/data:mode=0755"},
		{"A /var/db\nA /var/db/a\nA /var/db/b", "/var/db:mode=0755"},
		{"A /file", ""},
		{"A /var/file", ""},
		{"D /old", ""},
		{"D /var/lib/apt", "/var/lib"},
		/* Mount points, guessed or known. */
		{"A /mnt/x", ""},
		{"A /srv/data\nA /srv/data/x", ""},
		{"A /var/lib/app", ""},
		{"A /var/lib/app\nM /var/lib/app", ""},
		{"A /data\nA /data/x\nM /elsewhere", "/data:mode=0755"},
		{"A /data\nA /data/a\nA /data/b\nM /data/a\nM /data/b", ""},
		{"A /data\nA /data/a\nA /data/b\nM /data/a", "/data:mode=0755"},
		{"C /var/lib/app/x\nM /var/lib/app", ""},
		/* Never programs. */
		{"C /usr/lib/x", ""},
		{"A /lib64/x", ""},
		{"C /library/x.y", "/library"},
		{"C /usr\nC /usr/local/bin/x\nC /sbin/x\nC /bin\nA /boot/x", ""},
		/* The engine's files. */
		{"A /.dockerenv\nC /etc/hosts\nC /etc/hostname\nC /etc/resolv.conf\nC /etc\nA "
		 "/etc/mtab",
		 ""},
		{"C /dev\nA /dev/x\nC /proc\nC /sys/x\nA /run/secrets\nA /run/secrets/x", ""},
		{"C /etc/passwd\nC /etc/group", ""},
		{"A /var/log/journal\nC /var/log", ""},
		{"A /var/log/journal\nC /var/log\nA /var/log/journal/1", "/var/log"},
		/* One parent for many siblings, unless it would cover too much. */
		{"C /var/log/a/x\nC /var/log/b/x\nC /var/log/c/x", "/var/log"},
		{"C /var/log/a/x\nC /var/log/b/x", "/var/log/a;/var/log/b"},
		{"C /etc/a/x\nC /etc/b/x\nC /etc/c/x", "/etc"},
		{"C /var/lib/a/x\nC /var/lib/b/x\nC /var/lib/c/x",
		 "/var/lib/a;/var/lib/b;/var/lib/c"},
		{"C /w/h/s/a/x.a\nC /w/h/s/b/x.a\nC /w/h/s/c/d/x.a\nC /w/h/s/e/x.a", "/w/h/s"},
		{"C /app/a/x.a\nC /app/b/x.a\nC /app/c/x.a", "/app/a;/app/b;/app/c"},
		/* A path below another one needs no entry. */
		{"C /app/a/x.a\nC /app/a/b/c/x.a\nC /app/a-b/x.a", "/app/a;/app/a-b"},
		/* Written so that the hook reads the same path. */
		{"C /app/a b/x.a", "/app/a\\ b"},
		{"C /app/a;b:c\\d/x.a", "/app/a\\;b\\:c\\\\d"},
		{"C /app/a,b/x.a", "/app"},
		{"C /app/a\"b/x.a", "/app"},
		{"C /app/\033[31m/x.a", "/app"},
		{"C /app/\xff/x.a", "/app"},
		{"C /\xff/x.a", ""},
		/* The same path twice. */
		{"A /app/x\nA /app/x\nA /app/x/y.z\nC /app/x", "/app/x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};

		add_lines(rows[i].lines, &record);
		expect_needed(rows[i].lines, &record, rows[i].value);
	}
}

/*
 * Adds the entries of an upper directory, one per line: "KIND TYPE MODE UID:GID PATH". The kind
 * "T" is a directory of the image that was modified.
 */
static void add_layer(const char *lines, struct record *record)
{
	AUTO_FREE char *copy = strdup(lines);

	record->has_layer = record->has_mounts = true;
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
		struct trace trace = {.has_owner = true};
		char kind, type;
		int at = 0;

		cr_assert(sscanf(line, "%c %c %o %u:%u %n", &kind, &type, &trace.mode, &trace.uid,
				 &trace.gid, &at) == 5,
			  "%s", line);
		trace.path = line + at;
		trace.is_touched = kind == 'T';
		trace.kind = kind == 'A'   ? TRACE_ADDED
			     : kind == 'D' ? TRACE_DELETED
					   : TRACE_CHANGED;
		trace.type = type == 'd' ? TRACE_DIRECTORY : type == 'f' ? TRACE_FILE : TRACE_OTHER;
		cr_assert(record_add(record, &trace) == 0);
	}
}

Test(suggest, layers)
{
	static const struct {
		const char *lines;
		const char *value;
	} rows[] = {
		{"T d 0755 0:0 /\nC d 0755 0:0 /etc\nA l 0777 0:0 /etc/mtab", ""},
		{"T d 0755 0:0 /\nT d 0755 0:0 /etc\nA l 0777 0:0 /etc/mtab", "/etc"},
		{"T d 1777 0:0 /tmp", "/tmp"},
		{"C d 0755 0:0 /run\nA f 0755 0:0 /run/.containerenv", ""},
		{"T d 0755 0:0 /run\nA f 0755 0:0 /run/.containerenv", "/run"},
		{"C d 0755 0:0 /run\nC d 0755 33:33 /run/php\nA s 0660 33:33 /run/php/s",
		 "/run/php"},
		{"C d 0755 0:0 /run\nA d 0755 33:33 /run/app\nA s 0660 33:33 /run/app/s", "/run"},
		{"C d 0755 0:0 /run\nT d 0755 33:33 /run/a\nT d 0755 33:33 /run/b", "/run"},
		/* What the image lacks, with its mode and owner. */
		{"A d 0700 33:34 /var/lib/app\nA f 0600 33:34 /var/lib/app/x",
		 "/var/lib/app:mode=0700:uid=33:gid=34"},
		{"A d 02755 0:0 /data\nA f 0600 33:34 /data/x", "/data:mode=2755"},
		{"A d 0755 0:0 /srv/x", "/srv/x:mode=0755"},
		{"A f 0644 0:0 /var/lib/x", "/var/lib"},
		{"A f 0644 0:0 /x", ""},
		{"A d 0755 0:0 /usr/x", ""},
		{"A d 0755 0:0 /run/sshd", "/run"},
		{"A d 0755 5:5 /var/log/app\nA f 0644 5:5 /var/log/app/x", "/var/log"},
		{"D c 0000 0:0 /var/lib/apt", "/var/lib"},
		/* Executable files, but no others, and none that existed before. */
		{"C d 1777 0:0 /tmp\nA f 0755 0:0 /tmp/x.so", "/tmp:exec"},
		{"C d 1777 0:0 /tmp\nA f 0644 0:0 /tmp/x.so", "/tmp"},
		{"C d 1777 0:0 /tmp\nA s 0777 0:0 /tmp/socket", "/tmp"},
		{"C d 0755 0:0 /run\nA f 0755 0:0 /run/.containerenv\nA f 0644 0:0 /run/x", "/run"},
		{"C d 0755 0:0 /etc/cron.daily\nC f 0755 0:0 /etc/cron.daily/x\nA f 0644 0:0 /etc/x",
		 "/etc:exec"},
		/* podman's --user writes in place; useradd replaces the file. */
		{"C f 0644 0:0 /etc/passwd\nC f 0644 0:0 /etc/group", ""},
		{"A f 0644 0:0 /etc/passwd", "/etc"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};

		add_layer(rows[i].lines, &record);
		expect_needed(rows[i].lines, &record, rows[i].value);
	}
}

/* The runtime, not the program, creates the working directory. */
Test(suggest, cwd)
{
	AUTO_RECORD record = {.cwd = strdup("/work/dir")};

	add_layer("A d 0755 0:0 /work\nA d 0755 0:0 /work/dir", &record);
	expect_needed("cwd", &record, "");
}

Test(suggest, offers_nothing_on_a_mount)
{
	AUTO_RECORD record = {0};

	add_lines("M /tmp\nM /run\nC /tmp\nC /var/lib/app/x", &record);
	expect_value("mounts", &record, "/var/lib/app");
}

Test(suggest, include)
{
	static const char *const include[] = {"/usr/local/app/logs"};
	AUTO_RECORD record = {0};
	AUTO_NEEDS needs = {0};

	add_lines("A /usr/local/app/logs/x.log\nC /usr/local/app/bin/x.sh", &record);
	cr_assert(decide_needs(&record, include, ARRAY_SIZE(include), &needs) == 0);
	cr_expect(needs_find(&needs, "/usr/local/app/logs"));
	cr_expect(!needs_find(&needs, "/usr/local/app/bin"));
	expect_number("left out", needs.left_out_count, 1);
	expect_text("left out", needs.left_out[0].path, "/usr/local/app/bin");
}

/* For any number of directories, the hook accepts the result. */
Test(suggest, crowds)
{
	AUTO_RECORD record = {0};
	char line[64];

	for (unsigned i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "C /app/%u/x.a", i);
		add_lines(line, &record);
		snprintf(line, sizeof(line), "C /usr/%u/x.a", i);
		add_lines(line, &record);
	}
	expect_value("crowds", &record, "/app;/run;/tmp");
}

Test(suggest, too_many)
{
	AUTO_RECORD record = {0};
	AUTO_NEEDS needs = {0};
	AUTO_FREE char *value = NULL;
	struct error error = UNSET_ERROR;
	char line[64];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(line, sizeof(line), "C /var/lib/%u/x", i);
		add_lines(line, &record);
	}
	cr_assert(decide_needs(&record, NULL, 0, &needs) == 0);
	expect_error("too many", value_write(&needs, &error, &value), &error, STATUS_ANNOTATION,
		     ANYWHERE, "128");
}

static void add_trace(struct record *record, enum trace_kind kind, mode_t mode)
{
	const struct trace trace = {
		.path = (char *)"/srv/x",
		.kind = kind,
		.type = mode ? TRACE_FILE : TRACE_UNKNOWN,
		.has_owner = mode != 0,
		.mode = mode,
		.uid = 5,
		.gid = 6,
	};

	cr_assert(record_add(record, &trace) == 0);
}

/* As in a layer of fuse-overlayfs, which marks a deleted entry beside the one that replaced it. */
Test(record, traces_of_one_path)
{
	AUTO_RECORD record = {0};

	add_trace(&record, TRACE_DELETED, 0);
	add_trace(&record, TRACE_ADDED, 0644);
	add_trace(&record, TRACE_ADDED, 0755);
	record_sort(&record);
	expect_number("traces", record.count, 1);
	expect_number("kind", record.traces[0].kind, TRACE_CHANGED);
	expect_number("type", record.traces[0].type, TRACE_FILE);
	cr_expect(record.traces[0].has_owner && record.traces[0].uid == 5 &&
		  record.traces[0].gid == 6);
	expect_number("mode", record.traces[0].mode & 0111, 0111);
}

Test(record, paths)
{
	AUTO_RECORD record = {0};

	expect_number("mount", (unsigned)-record_add_mount(&record, "x"), EINVAL);
	expect_number("mount", (unsigned)-record_add_mount(&record, "/a/../b"), EINVAL);
	expect_number("kept", (unsigned)-record_add_kept(&record, "x", false), EINVAL);
	expect_number("kept", (unsigned)-record_add_kept(&record, "/", false), EINVAL);
	expect_number("mount", (unsigned)-record_add_mount(&record, "/"), 0);
	expect_number("mounts", record.mounts.count, 0);
	expect_number("kept", record.kept_count, 0);
}
