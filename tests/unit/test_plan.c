/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/plan_make.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "expect.h"
#include "plan_print.h"

/* A container as runc sets it up: the rootfs bind-mounted onto itself, proc, sysfs, a tmpfs on
 * /dev, files in /etc, and volumes. */
#define ROOT "/c/rootfs"
#define TABLE                                                                                      \
	"1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                   \
	"10 1 0:43 / " ROOT " rw,relatime master:1 - overlay overlay rw\n"                         \
	"11 10 0:43 / " ROOT " rw,nodev,relatime master:1 - overlay overlay rw\n"                  \
	"12 11 0:5 / " ROOT "/proc rw,relatime - proc proc rw\n"                                   \
	"13 11 0:6 / " ROOT "/dev rw,nosuid,strictatime - tmpfs tmpfs rw\n"                        \
	"14 13 0:7 / " ROOT "/dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw\n"            \
	"15 11 8:1 /h " ROOT "/etc/hosts rw,relatime - ext4 /dev/sda1 rw\n"                        \
	"16 11 8:1 /v " ROOT "/data rw,relatime - ext4 /dev/sda1 rw\n"                             \
	"17 11 8:1 /v " ROOT "/var/vol rw,relatime - ext4 /dev/sda1 rw\n"                          \
	"18 17 8:1 /v " ROOT "/var/vol/sub rw,relatime - ext4 /dev/sda1 rw\n"                      \
	"19 11 8:1 /s " ROOT "/shared rw,relatime shared:9 - ext4 /dev/sda1 rw\n"                  \
	"20 19 8:1 /s " ROOT "/shared/in rw,relatime - ext4 /dev/sda1 rw\n"                        \
	"21 12 0:9 / " ROOT "/proc/acpi rw,relatime - tmpfs tmpfs rw\n"                            \
	"22 21 8:1 /v " ROOT "/proc/acpi/vol rw,relatime - ext4 /dev/sda1 rw\n"                    \
	"23 11 8:1 /v " ROOT "/stack/a rw,relatime - ext4 /dev/sda1 rw\n"                          \
	"24 23 0:9 / " ROOT "/stack/a/below rw,relatime - tmpfs tmpfs rw\n"                        \
	"25 23 8:1 /w " ROOT "/stack/a rw,relatime - ext4 /dev/sda1 rw\n"                          \
	"26 25 0:9 / " ROOT "/stack/a/on rw,relatime - tmpfs tmpfs rw\n"                           \
	"40 11 0:70 / " ROOT "/e rw,relatime - tmpfs tmpfs rw\n"                                   \
	"41 40 8:1 /v " ROOT "/e/in rw,relatime - ext4 /dev/sda1 rw\n"                             \
	"42 11 0:71 / " ROOT "/e-ro rw,relatime - tmpfs tmpfs rw\n"                                \
	"43 11 0:72 / " ROOT "/e-dev rw,relatime - tmpfs tmpfs rw\n"                               \
	"44 11 0:9 / " ROOT "/e-seen rw,relatime - tmpfs tmpfs rw\n"                               \
	"45 11 0:73 /part " ROOT "/e-part rw,relatime - tmpfs tmpfs rw\n"                          \
	"46 11 0:74 / " ROOT "/e-link rw,relatime - tmpfs tmpfs rw\n"                              \
	"47 11 0:75 / " ROOT "/e-fs rw,relatime - ramfs tmpfs rw\n"                                \
	"48 11 0:76 / " ROOT "/e-shared rw,relatime shared:8 - tmpfs tmpfs rw\n"                   \
	"49 12 0:77 / " ROOT "/proc/e rw,relatime - tmpfs tmpfs rw\n"

#define ROOT_ID 11
#define M	(UINT64_C(1) << 20)
#define G	(UINT64_C(1) << 30)

/* One case: the request, what its paths resolve to, and the plan as text or a part of the error. */
struct row {
	const char *list;
	const char *defaults; /* one --tmpfs, or NULL */
	const char *deny;
	bool readonly;
	const char *cwd; /* "path" or "path existing-length" */
	struct target targets[4];
	enum status status; /* 0: a plan */
	const char *expected;
};

/* clang-format off */
#define WHOLE(text, mount)                                                                         \
	{                                                                                          \
		.path = (char *)(text), .existing = sizeof(text) - 1, .mount_id = mount            \
	}
#define MOUNTED(text, mount)                                                                       \
	{                                                                                          \
		.path = (char *)(text), .existing = sizeof(text) - 1, .mount_id = mount,           \
		.is_mount_root = true                                                              \
	}
#define MISSING(text, length)                                                                      \
	{                                                                                          \
		.path = (char *)(text), .existing = length, .mount_id = ROOT_ID                    \
	}
#define MISSING_ON(text, length, mount)                                                            \
	{                                                                                          \
		.path = (char *)(text), .existing = length, .mount_id = mount                      \
	}
/* Reached through these links. */
#define LINKED(text, mount, ...)                                                                   \
	{                                                                                          \
		.path = (char *)(text), .existing = sizeof(text) - 1, .mount_id = mount,           \
		.links = (char **)(uintptr_t)(const char *[]){__VA_ARGS__},                        \
		.links_count = ARRAY_SIZE(((const char *[]){__VA_ARGS__}))                         \
	}
/* It could be resolved only this far. */
#define UNRESOLVED(text, mount, number)                                                            \
	{                                                                                          \
		.path = (char *)(text), .err = number, .existing = sizeof(text) - 1,               \
		.mount_id = mount                                                                  \
	}
/* A mount of the hook's earlier run. */
#define OWN(text, mount, size, block)                                                              \
	{                                                                                          \
		.path = (char *)(text), .existing = sizeof(text) - 1, .mount_id = mount,           \
		.is_mount_root = true, .own_size = size, .own_block = block                        \
	}
/* clang-format on */

static const struct row rows[] = {
	{"/run",
	 NULL,
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/run", ROOT_ID)},
	 0,
	 "open /run\ntmpfs for /run: seed=copy\nset the flags of the tmpfs for /run\nmount the tmpfs at /run\n"
	 "make the root read-only\n"},
	{"/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/run", ROOT_ID)},
	 0,
	 "open /run\ntmpfs for /run: seed=copy\nset the flags of the tmpfs for /run\nmount the tmpfs at /run\n"},
	{"", NULL, NULL, true, NULL, {{0}}, 0, "make the root read-only\n"},
	/* The inner path comes first in the list, but the outer one is mounted first. */
	{"/var/lib/app;/var:seed=none",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/var/lib/app", ROOT_ID), WHOLE("/var", ROOT_ID)},
	 0,
	 "open /var\nopen the mount at /var/vol\ntmpfs for /var: seed=none\ntmpfs for /var/lib/app: seed=copy\n"
	 "make directory /var/lib/app inside the tmpfs for /var\n"
	 "make a place for the mount at /var/vol inside the tmpfs for /var\n"
	 "set the flags of the tmpfs for /var\nset the flags of the tmpfs for /var/lib/app\n"
	 "mount the tmpfs at /var\nmount the tmpfs at /var/lib/app\nmove the mount at /var/vol onto the tmpfs\n"},
	/* On a volume below the outer tmpfs: mounted on the volume, which is moved. */
	{"/var;/var/vol/tmp",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/var", ROOT_ID), WHOLE("/var/vol/tmp", 17)},
	 0,
	 "open /var\nopen /var/vol/tmp\nopen the mount at /var/vol\ntmpfs for /var: seed=copy\n"
	 "tmpfs for /var/vol/tmp: seed=copy\nmake a place for the mount at /var/vol inside the tmpfs for /var\n"
	 "set the flags of the tmpfs for /var\nset the flags of the tmpfs for /var/vol/tmp\n"
	 "mount the tmpfs at /var\nmount the tmpfs at /var/vol/tmp\nmove the mount at /var/vol onto the tmpfs\n"},
	/* Mounted files stay in place; missing directories are created, also for the cwd. */
	{"/etc;/new/dir:size=4096:mode=700:uid=5:U",
	 NULL,
	 NULL,
	 true,
	 "/work 1",
	 {WHOLE("/etc", ROOT_ID), MISSING("/new/dir", 4)},
	 0,
	 "make directory /new/dir\nmake directory /work\nopen /etc\nopen /new/dir\nopen the mount at /etc/hosts\n"
	 "tmpfs for /etc: seed=copy\ntmpfs for /new/dir: seed=copy size=4096 mode=0700 uid=1000 gid=1001\n"
	 "make a place for the mount at /etc/hosts inside the tmpfs for /etc\n"
	 "set the flags of the tmpfs for /etc\nset the flags of the tmpfs for /new/dir\n"
	 "mount the tmpfs at /etc\nmount the tmpfs at /new/dir\nmove the mount at /etc/hosts onto the tmpfs\n"
	 "make the root read-only\n"},
	/* On a root that stays writable, the runtime creates the working directory. One
	   below a tmpfs is created there. */
	{"", NULL, NULL, false, "/work 1", {{0}}, 0, ""},
	{"/run",
	 NULL,
	 NULL,
	 false,
	 "/run/work 4",
	 {WHOLE("/run", ROOT_ID)},
	 0,
	 "open /run\ntmpfs for /run: seed=copy\nmake directory /run/work inside the tmpfs for /run\n"
	 "set the flags of the tmpfs for /run\nmount the tmpfs at /run\n"},
	{"/var",
	 NULL,
	 NULL,
	 false,
	 "/var/vol/work 8",
	 {WHOLE("/var", ROOT_ID)},
	 0,
	 "open /var\nopen the mount at /var/vol\ntmpfs for /var: seed=copy\n"
	 "make a place for the mount at /var/vol inside the tmpfs for /var\n"
	 "set the flags of the tmpfs for /var\nmount the tmpfs at /var\nmove the mount at /var/vol onto the tmpfs\n"},
	/* Defaults yield to an annotation for the same directory, and to a mount. */
	{"/var/run:seed=none",
	 "/run",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/run", ROOT_ID), WHOLE("/run", ROOT_ID)},
	 0,
	 "open /run\ntmpfs for /run: seed=none\nset the flags of the tmpfs for /run\nmount the tmpfs at /run\n"
	 "make the root read-only\n"},
	{"", "/data", NULL, true, NULL, {MOUNTED("/data", 16)}, 0, "make the root read-only\n"},
	{"",
	 "/dev/shm",
	 NULL,
	 true,
	 NULL,
	 {MOUNTED("/dev/shm", 14)},
	 0,
	 "make the root read-only\n"},
	{"",
	 "/run:ro;/var/run",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/run", ROOT_ID), WHOLE("/run", ROOT_ID)},
	 0,
	 "open /run\ntmpfs for /run: seed=copy\nset the flags of the tmpfs for /run\nmount the tmpfs at /run\n"
	 "make the root read-only\n"},
	/* --allow and --deny do not apply to the operator's defaults. */
	{"",
	 "/lib",
	 "/usr/**",
	 true,
	 NULL,
	 {WHOLE("/usr/lib", ROOT_ID)},
	 0,
	 "open /usr/lib\ntmpfs for /usr/lib: seed=copy\nset the flags of the tmpfs for /usr/lib\n"
	 "mount the tmpfs at /usr/lib\nmake the root read-only\n"},
	/* A default that is impossible for another reason is refused, like an annotation's entry.
	 */
	{"",
	 "/x",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/", ROOT_ID)},
	 STATUS_PATH,
	 "--tmpfs: /x: it resolves to the root directory"},
	/* A default does not cover or create directories on a mount of the container. */
	{"",
	 "/data/tmp",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/data/tmp", 16)},
	 0,
	 "make the root read-only\n"},
	{"",
	 "/shared/x",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/shared/x", 19)},
	 0,
	 "make the root read-only\n"},
	{"",
	 "/data/new",
	 NULL,
	 true,
	 NULL,
	 {MISSING_ON("/data/new", 5, 16)},
	 0,
	 "make the root read-only\n"},
	/* The same for what cannot be inspected there, and for a file that is mounted. */
	{"",
	 "/data/secret/tmp",
	 NULL,
	 true,
	 NULL,
	 {UNRESOLVED("/data/secret", 16, EACCES)},
	 0,
	 "make the root read-only\n"},
	{"",
	 "/etc/hosts",
	 NULL,
	 true,
	 NULL,
	 {UNRESOLVED("/etc/hosts", 15, ENOTDIR)},
	 0,
	 "make the root read-only\n"},
	{"",
	 "/data/x",
	 NULL,
	 true,
	 NULL,
	 {UNRESOLVED("/data", 16, EMFILE)},
	 STATUS_PATH,
	 "--tmpfs: /data/x: cannot be followed at /data: EMFILE"},
	{"",
	 "/etc/passwd",
	 NULL,
	 true,
	 NULL,
	 {UNRESOLVED("/etc/passwd", ROOT_ID, ENOTDIR)},
	 STATUS_PATH,
	 "--tmpfs: /etc/passwd: it is a file; name its directory"},
	/* An inaccessible path of /proc is refused. */
	{"",
	 "/proc/sys",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/proc/sys", 12)},
	 STATUS_PATH,
	 "kernel filesystem (proc)"},
	/* Below a tmpfs of this plan, the volume is no longer visible. */
	{"/data/app",
	 "/data/app/tmp",
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/data/app", 16), WHOLE("/data/app/tmp", 16)},
	 0,
	 "open /data/app\ntmpfs for /data/app: seed=copy\ntmpfs for /data/app/tmp: seed=copy\n"
	 "make directory /data/app/tmp inside the tmpfs for /data/app\n"
	 "set the flags of the tmpfs for /data/app\nset the flags of the tmpfs for /data/app/tmp\n"
	 "mount the tmpfs at /data/app\nmount the tmpfs at /data/app/tmp\n"},
	{"/var",
	 "/var/vol/tmp",
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/var", ROOT_ID), WHOLE("/var/vol/tmp", 17)},
	 0,
	 "open /var\nopen the mount at /var/vol\ntmpfs for /var: seed=copy\n"
	 "make a place for the mount at /var/vol inside the tmpfs for /var\n"
	 "set the flags of the tmpfs for /var\nmount the tmpfs at /var\nmove the mount at /var/vol onto the tmpfs\n"},
	/* Of two mounts at one path, the upper one is moved, with the mounts on it. */
	{"/stack",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/stack", ROOT_ID)},
	 0,
	 "open /stack\nopen the mount at /stack/a\ntmpfs for /stack: seed=copy\n"
	 "make a place for the mount at /stack/a inside the tmpfs for /stack\n"
	 "set the flags of the tmpfs for /stack\nmount the tmpfs at /stack\n"
	 "move the mount at /stack/a onto the tmpfs\n"},
	/* The engine's tmpfs is replaced, and mounts on it are moved. */
	{"/e",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e", 40)},
	 0,
	 "open /e\nopen the mount at /e/in\ntmpfs for /e: seed=copy\n"
	 "make a place for the mount at /e/in inside the tmpfs for /e\n"
	 "set the flags of the tmpfs for /e\nmount the tmpfs at /e, over the engine's own\n"
	 "move the mount at /e/in onto the tmpfs\n"},
	/* An entry below it is mounted on it, or on its replacement. */
	{"/e/app",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MISSING_ON("/e/app", 2, 40)},
	 0,
	 "make directory /e/app\nopen /e/app\ntmpfs for /e/app: seed=copy\n"
	 "set the flags of the tmpfs for /e/app\nmount the tmpfs at /e/app\n"},
	{"/e",
	 "/e/app",
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e", 40), MISSING_ON("/e/app", 2, 40)},
	 0,
	 "open /e\nopen the mount at /e/in\ntmpfs for /e: seed=copy\ntmpfs for /e/app: seed=copy\n"
	 "make directory /e/app inside the tmpfs for /e\n"
	 "make a place for the mount at /e/in inside the tmpfs for /e\n"
	 "set the flags of the tmpfs for /e\nset the flags of the tmpfs for /e/app\n"
	 "mount the tmpfs at /e, over the engine's own\nmount the tmpfs at /e/app\n"
	 "move the mount at /e/in onto the tmpfs\n"},
	/* A default yields to it. */
	{"", "/e", NULL, true, NULL, {MOUNTED("/e", 40)}, 0, "make the root read-only\n"},
	{"",
	 "/e/app",
	 NULL,
	 true,
	 NULL,
	 {MISSING_ON("/e/app", 2, 40)},
	 0,
	 "make the root read-only\n"},
	/* Refused. */
	{"/etc/passwd",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {UNRESOLVED("/etc/passwd", ROOT_ID, ENOTDIR)},
	 STATUS_PATH,
	 KEY_TMPFS ": /etc/passwd: it is a file; name its directory"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {UNRESOLVED("/etc/hosts", 15, ENOTDIR)},
	 STATUS_PATH,
	 KEY_TMPFS ": /link: it resolves to /etc/hosts, which is a file; name its directory"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {UNRESOLVED("/", ROOT_ID, ELOOP)},
	 STATUS_PATH,
	 "/link: more than 40 symlinks, or a directory that changed meanwhile: ELOOP"},
	{"/data/secret/tmp",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {UNRESOLVED("/data/secret", 16, EACCES)},
	 STATUS_PATH,
	 "/data/secret/tmp: cannot be followed at /data/secret: EACCES"},
	{"/data",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/data", 16)},
	 STATUS_PATH,
	 "/data: it is already a mount of the container"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/data", 16)},
	 STATUS_PATH,
	 "/link: it resolves to /data, which is already a mount"},
	{"/x", NULL, NULL, false, NULL, {WHOLE("/", ROOT_ID)}, STATUS_PATH, "root directory"},
	{"/x", NULL, NULL, false, NULL, {MOUNTED("/dev", 13)}, STATUS_PATH, "device directory"},
	/* A tmpfs that the engine makes read-only or puts a device on after the hook; and a mount
	   that is not a tmpfs of the engine according to config.json, by its filesystem, or because
	   of a later mount. */
	{"/e-ro",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-ro", 42)},
	 STATUS_PATH,
	 "/e-ro: it is a tmpfs that the engine makes read-only (ro): remove the path"},
	{"/e-dev",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-dev", 43)},
	 STATUS_PATH,
	 "/e-dev: it is a tmpfs that the engine puts the device /link/x on: remove one"},
	{"/e-seen",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-seen", 44)},
	 STATUS_PATH,
	 "/e-seen: it is already a mount of the container (tmpfs from tmpfs)"},
	{"/e-part",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-part", 45)},
	 STATUS_PATH,
	 "/e-part: it is already a mount of the container (tmpfs from tmpfs)"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-link", 46)},
	 STATUS_PATH,
	 "/link: it resolves to /e-link, which is already a mount of the container (tmpfs"},
	{"/e-fs",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-fs", 47)},
	 STATUS_PATH,
	 "/e-fs: it is already a mount of the container (ramfs from tmpfs)"},
	{"/e-shared",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/e-shared", 48)},
	 STATUS_PATH,
	 "/e-shared: it is on a mount with shared propagation"},
	{"/proc/e",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/proc/e", 49)},
	 STATUS_PATH,
	 "/proc/e: it is on a kernel filesystem (proc)"},
	{"/dev/shm",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/dev/shm", 14)},
	 STATUS_PATH,
	 "/dev/shm: it is the container's shared memory"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/dev/shm", 13)},
	 STATUS_PATH,
	 "/link: it resolves to /dev/shm, which is the container's shared memory"},
	{"/proc",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MOUNTED("/proc", 12)},
	 STATUS_PATH,
	 "kernel filesystem (proc)"},
	{"/proc/sys",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/proc/sys", 12)},
	 STATUS_PATH,
	 "kernel filesystem (proc)"},
	/* With other mounts on it. */
	{"/proc/acpi/new",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/proc/acpi/new", 21)},
	 STATUS_PATH,
	 "kernel filesystem (proc)"},
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/proc/acpi/vol/x", 22)},
	 STATUS_PATH,
	 "kernel filesystem (proc)"},
	{"/shared/x",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/shared/x", 19)},
	 STATUS_PATH,
	 "/shared/x: it is on a mount with shared propagation (/shared): the host would see"},
	/* The message names a mount outside the root as in the mount table. */
	{"/link",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/x", 1)},
	 STATUS_PATH,
	 "it resolves to /x, which is on a mount with shared propagation (/): the host"},
	{"/run;/var/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/run", ROOT_ID), WHOLE("/run", ROOT_ID)},
	 STATUS_PATH,
	 "/var/run, at 6 in the list: it resolves to /run, and so does /run: leave one"},
	{"/link",
	 NULL,
	 "/etc/**",
	 false,
	 NULL,
	 {WHOLE("/etc/secret", ROOT_ID)},
	 STATUS_POLICY,
	 "/etc/secret"},
	/* Through a link that is hidden. */
	{"/var:seed=none;/var/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/var", ROOT_ID), LINKED("/run", ROOT_ID, "/var/run")},
	 STATUS_PATH,
	 "/var/run: it resolves to /run through a link that /var hides, because it starts empty (seed=none): write /run instead"},
	{"/link/run/app;/link:seed=none",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {LINKED("/run/app", ROOT_ID, "/link", "/var/run"), LINKED("/var", ROOT_ID, "/link")},
	 STATUS_PATH,
	 "/link/run/app: it resolves to /run/app through a link that /link hides"},
	{"/link:seed=none;/var/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {LINKED("/var", ROOT_ID, "/link"), LINKED("/run", ROOT_ID, "/var/run")},
	 STATUS_PATH,
	 "through a link that /link hides"},
	{"/var:seed=none",
	 "/var/run",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/var", ROOT_ID), LINKED("/run", ROOT_ID, "/var/run")},
	 STATUS_PATH,
	 "--tmpfs: /var/run: it resolves to /run through a link that /var hides"},
	/* The link is also hidden if it leads to the same tmpfs. */
	{"/var:seed=none;/var/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/var", ROOT_ID), LINKED("/var/lib/run", ROOT_ID, "/var/run")},
	 STATUS_PATH,
	 "through a link that /var hides"},
	{"/a/run;/var:seed=none",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {LINKED("/run", ROOT_ID, "/a", "/var/run"), WHOLE("/var", ROOT_ID)},
	 STATUS_PATH,
	 "/a/run: it resolves to /run through a link that /var hides"},
	/* A link that leads to a mount of config.json, which may be anywhere. */
	{"/lnk:seed=none",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/lnk", ROOT_ID)},
	 STATUS_PATH,
	 "/lnk: it starts empty (seed=none), and hides a link that leads to the mount at /lnk/token: let it"},
	{"",
	 "/lnk/deep:seed=none",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/lnk/deep", ROOT_ID)},
	 STATUS_PATH,
	 "--tmpfs: /lnk/deep: it starts empty (seed=none), and hides a link that leads to the mount at /lnk/token"},
	{"/data/new",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {MISSING_ON("/data/new", 5, 16)},
	 STATUS_PATH,
	 "/data/new: the image has no such directory, and it cannot be created: EROFS"},
	{"/run:uid=70000",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/run", ROOT_ID)},
	 STATUS_ANNOTATION,
	 "/run, at 1 in the list: uid=70000 is not mapped"},
	{"/etc;/run:uid=7:gid=70000",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/etc", ROOT_ID), WHOLE("/run", ROOT_ID)},
	 STATUS_ANNOTATION,
	 "/run, at 6 in the list: gid=70000 is not mapped"},
	{"",
	 "/run:gid=70000",
	 NULL,
	 true,
	 NULL,
	 {WHOLE("/run", ROOT_ID)},
	 STATUS_ANNOTATION,
	 "--tmpfs: /run: gid=70000 is not mapped"},
	{"/run",
	 NULL,
	 NULL,
	 false,
	 NULL,
	 {WHOLE("/run", 99)},
	 STATUS_BUG,
	 "not in the container's mount table"},
};

/* The mounts of config.json, and what their paths resolve to. */
static const struct bundle_mount given_mounts[] = {
	{.destination = "/dev", .is_tmpfs = true},
	{.destination = "/dev/shm", .is_tmpfs = true},
	{.destination = "/etc/hosts"},
	{.destination = "/data", .is_readonly = true},
	{.destination = "/var/vol"},
	{.destination = "/e", .is_tmpfs = true},
	{.destination = "/e/in"},
	{.destination = "/e-ro", .is_tmpfs = true, .is_readonly = true},
	{.destination = "/e-dev", .is_tmpfs = true},
	{.destination = "/e-seen", .is_tmpfs = true},
	{.destination = "/e-part", .is_tmpfs = true},
	{.destination = "/e-link", .is_tmpfs = true},
	{.destination = "/link"},
	{.destination = "/e-fs", .is_tmpfs = true},
	{.destination = "/e-shared", .is_tmpfs = true, .given = GIVEN_MODE | GIVEN_GID},
	{.destination = "/proc/e", .is_tmpfs = true},
	{.destination = "/gone", .is_tmpfs = true},
	{.destination = "/lnk/token"},
};

static const char *given_devices[] = {"/dev/fuse", "/link/x"};

static const struct target given[] = {
	MOUNTED("/dev", 13),
	MOUNTED("/dev/shm", 14),
	MOUNTED("/etc/hosts", 15),
	MOUNTED("/data", 16),
	MOUNTED("/var/vol", 17),
	MOUNTED("/e", 40),
	MOUNTED("/e/in", 41),
	MOUNTED("/e-ro", 42),
	MOUNTED("/e-dev", 43),
	MOUNTED("/e-seen", 44),
	MOUNTED("/e-part", 45),
	MOUNTED("/e-link", 46),
	/* A later mount on the same directory is on top of it. */
	MOUNTED("/e-link", 46),
	MOUNTED("/e-fs", 47),
	MOUNTED("/e-shared", 48),
	MOUNTED("/proc/e", 49),
	/* A path that can be resolved only so far is not at that place. */
	UNRESOLVED("/e-link", 46, EACCES),
	LINKED("/elsewhere/token", ROOT_ID, "/lnk/deep/link"),
};

static const struct target devices[] = {WHOLE("/dev/fuse", 13), WHOLE("/e-dev/x", 43)};

/* What a row is turned into; valid until the row is done. */
struct fixture {
	struct mounttab table;
	struct tmpfs_list list;
	struct tmpfs_list defaults;
	struct options options;
	struct policy policy;
	struct bundle bundle;
	struct target cwd;
	char cwd_path[64];
	const char *deny[1];
	struct plan_facts facts;
};

static void add_requests(struct fixture *fixture, const struct tmpfs_list *list,
			 enum request_origin origin)
{
	for (size_t i = 0; i < list->count; i++) {
		struct policy *policy = &fixture->policy;

		cr_assert(array_reserve(&policy->requests, &policy->requests_capacity,
					policy->requests_count, sizeof(*policy->requests)) == 0);
		policy->requests[policy->requests_count++] = (struct request){
			&list->entries[i], origin, origin == FROM_ANNOTATION ? KEY_TMPFS : NULL};
	}
}

static void fixture_make(struct fixture *fixture, const struct row *row, const char *table)
{
	static struct id_mapping map = {0, 100000, 65536};
	struct error error;

	*fixture = (struct fixture){0};
	expect_success("table", mounttab_parse(table, strlen(table), &error, &fixture->table),
		       &error);
	expect_success(row->list, tmpfs_list_parse(row->list, &error, &fixture->list), &error);
	if (row->defaults)
		expect_success(row->defaults,
			       tmpfs_list_parse(row->defaults, &error, &fixture->defaults), &error);
	add_requests(fixture, &fixture->list, FROM_ANNOTATION);
	add_requests(fixture, &fixture->defaults, FROM_OPTIONS);
	fixture->policy.readonly = row->readonly;
	fixture->policy.list_key = KEY_TMPFS;
	fixture->deny[0] = row->deny;
	if (row->deny)
		fixture->options.deny = (struct string_list){.items = fixture->deny, .count = 1};
	fixture->bundle.uid = 1000;
	fixture->bundle.gid = 1001;
	fixture->bundle.uids = fixture->bundle.gids = (struct id_map){.lines = &map, .count = 1};
	fixture->bundle.mounts = (struct bundle_mount *)(uintptr_t)given_mounts;
	fixture->bundle.mounts_count = ARRAY_SIZE(given_mounts);
	fixture->bundle.devices = given_devices;
	fixture->bundle.devices_count = ARRAY_SIZE(given_devices);
	/* These are in no other mount namespace. */
	for (size_t i = 0; i < fixture->table.count; i++)
		fixture->table.lines[i].is_private = fixture->table.lines[i].dev >= makedev(0, 60);
	fixture->facts = (struct plan_facts){
		.table = &fixture->table,
		.root_id = ROOT_ID,
		.targets = row->targets,
		.given = given,
		.devices = devices,
		.bundle = &fixture->bundle,
		.total_memory = UINT64_C(8) << 30,
	};
	if (row->cwd) {
		size_t existing = 0;

		cr_assert(sscanf(row->cwd, "%63s %zu", fixture->cwd_path, &existing) == 2);
		fixture->cwd = (struct target){
			.path = fixture->cwd_path, .existing = existing, .mount_id = ROOT_ID};
		fixture->facts.cwd = &fixture->cwd;
	}
}

static void fixture_done(struct fixture *fixture)
{
	policy_done(&fixture->policy);
	tmpfs_list_done(&fixture->list);
	tmpfs_list_done(&fixture->defaults);
	mounttab_done(&fixture->table);
}

static void read_size(const char *text, struct size *ret_size)
{
	if (text)
		cr_assert(size_parse(text, strlen(text), ret_size) == 0, "%s", text);
}

static char *print_plan(const struct plan *plan)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	cr_assert(file);
	for (size_t i = 0; i < plan->ops_count; i++) {
		plan_print_op(plan, &plan->ops[i], file);
		fputc('\n', file);
	}
	fclose(file);
	return text;
}

Test(plan, rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};
		int r;

		fixture_make(&fixture, row, TABLE);
		r = plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan);
		if (row->status) {
			expect_error(row->list, r, &error, row->status, ANYWHERE, row->expected);
		} else {
			AUTO_FREE char *text = NULL;

			expect_success(row->list, r, &error);
			text = print_plan(&plan);
			expect_text(row->list, text, row->expected);
		}
		fixture_done(&fixture);
	}
}

/* The outcome of each request, and its tmpfs. The tmpfs are sorted by path. */
Test(plan, outcomes)
{
	static const struct row row = {.list = "/var/run",
				       .defaults = "/run;/data;/etc",
				       .readonly = true,
				       .targets = {WHOLE("/run", ROOT_ID), WHOLE("/run", ROOT_ID),
						   MOUNTED("/data", 16), WHOLE("/etc", ROOT_ID)}};
	static const enum fate fates[] = {FATE_TMPFS, FATE_TWIN, FATE_YIELDED, FATE_TMPFS};
	struct error error = UNSET_ERROR;
	struct fixture fixture;
	AUTO_PLAN plan = {0};

	fixture_make(&fixture, &row, TABLE);
	expect_success("plan",
		       plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan),
		       &error);
	for (size_t i = 0; i < ARRAY_SIZE(fates); i++)
		expect_number(fixture.policy.requests[i].entry->path, plan.fates[i], fates[i]);
	cr_assert(plan.tmpfs_count == 2);
	expect_number("/etc", plan.tmpfs[0].request, 3);
	expect_number("/run", plan.tmpfs[1].request, 0);
	fixture_done(&fixture);
}

/* The same container after a run: /run is a tmpfs of the hook, and the root is read-only. */
#define AFTER(flags, root_flags)                                                                   \
	"1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                   \
	"11 1 0:43 / " ROOT " " root_flags ",relatime master:1 - overlay overlay rw\n"             \
	"30 11 0:60 / " ROOT "/run " flags ",relatime - tmpfs oci-readonly-hook rw\n"

#define AFTER_BY(filesystem)                                                                       \
	"11 10 0:43 / " ROOT " ro,relatime - overlay overlay rw\n"                                 \
	"30 11 " filesystem " " ROOT                                                               \
	"/run rw,nosuid,nodev,noexec,relatime - tmpfs oci-readonly-hook rw\n"

Test(plan, second_run)
{
	static const struct {
		const char *table;
		const char *list;
		enum status status;
		const char *expected;
		const char *deny;
	} runs[] = {
		{AFTER("rw,nosuid,nodev,noexec", "ro"), "/run", 0, "", NULL},
		{AFTER("rw,nosuid,nodev,noexec", "rw"), "/run", 0, "make the root read-only\n",
		 NULL},
		{AFTER("rw,nosuid,nodev", "ro"), "/run", STATUS_PATH,
		 "/run: it is the hook's mount of an earlier run, but with other flags: the requests of the two runs differ",
		 NULL},
		{AFTER("rw,nosuid,nodev", "ro"), "/var/run", STATUS_PATH,
		 "/var/run: it resolves to /run, which is the hook's mount of an earlier run, but with other flags",
		 NULL},
		{AFTER("rw,nosuid,nodev,noexec", "ro"), "/run;/tmp", STATUS_PATH, "earlier run",
		 NULL},
		/* A mount that is also in the engine's namespace, or that shows only a part of a
		   filesystem, is a volume, even if it has the hook's name. */
		{AFTER_BY("0:50 /"), "/run", STATUS_PATH,
		 "/run: it is already a mount of the container (tmpfs from oci-readonly-hook)",
		 NULL},
		{AFTER_BY("0:60 /v"), "/run", STATUS_PATH,
		 "/run: it is already a mount of the container (tmpfs from oci-readonly-hook)",
		 NULL},
		{AFTER("rw,nosuid,nodev,noexec", "ro"), "/var/run", STATUS_POLICY,
		 KEY_TMPFS ": entry '/var/run': it resolves to '/run', which is denied", "/run"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const struct row row = {.list = runs[i].list,
					.deny = runs[i].deny,
					.readonly = true,

					.targets = {OWN("/run", 30, UINT64_C(4) << 30, 4096),
						    WHOLE("/tmp", ROOT_ID)}};
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};
		int r;

		fixture_make(&fixture, &row, runs[i].table);
		r = plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan);
		if (runs[i].status) {
			expect_error(runs[i].table, r, &error, runs[i].status, ANYWHERE,
				     runs[i].expected);
		} else {
			AUTO_FREE char *text = NULL;

			expect_success(runs[i].table, r, &error);
			text = print_plan(&plan);
			expect_text(runs[i].table, text, runs[i].expected);
		}
		fixture_done(&fixture);
	}
}

/* The same with two mounts. The operator's options for sizes now apply to mounts of an earlier run
 * with other options. */
#define TWO_DONE                                                                                   \
	AFTER("rw,nosuid,nodev,noexec", "ro")                                                      \
	"31 11 0:61 / " ROOT "/tmp rw,nosuid,nodev,noexec,relatime - overlay oci-readonly-hook rw\n"

Test(plan, sizes_of_an_earlier_run)
{
	static const struct {
		const char *list;
		const char *defaults;
		const char *max_size;
		const char *max_total;
		struct target run;
		struct target tmp;
		const char *expected; /* the refusal; NULL: nothing is to be done */
	} runs[] = {
		/* No limit: the default size is accepted. */
		{"/run;/tmp", NULL, NULL, NULL, OWN("/run", 30, 4 * G, 4096),
		 OWN("/tmp", 31, 4 * G, 4096), NULL},
		/* The requested size exceeds a new limit. */
		{"/run:size=2m;/tmp", NULL, "1m", NULL, OWN("/run", 30, 2 * M, 4096),
		 OWN("/tmp", 31, M, 4096),
		 KEY_TMPFS
		 ": entry '/run:size=2m': 2097152 bytes, in whole pages, are more than the operator's --max-size allows: 1048576"},
		{"/run:size=2m;/tmp:size=2m", NULL, NULL, "3m", OWN("/run", 30, 2 * M, 4096),
		 OWN("/tmp", 31, 2 * M, 4096), "--max-total leaves"},
		/* A mount without a requested size, with the size of the first run or the default
		   one. */
		{"/run:size=1m;/tmp", NULL, "1m", NULL, OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, M + 4096, 4096),
		 "/tmp: the hook's mount of an earlier run has 1052672 bytes, and the operator's policy leaves it 1048576 (--max-size)"},
		{"/run:size=1m;/tmp", NULL, NULL, "3m", OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, 4 * G, 4096),
		 "has 4294967296 bytes, and the operator's policy leaves it 2097152 (its share of --max-total)"},
		{"/run:size=1m;/tmp", NULL, NULL, "3m", OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, UINT64_MAX, 4096), "/tmp: "},
		{"/run:size=1m;/tmp", NULL, NULL, NULL, OWN("/run", 30, 2 * M, 4096),
		 OWN("/tmp", 31, 2 * M, 4096), "leaves it 1048576 (size=)"},
		/* With the sizes of a first run with the same options. */
		{"/run:size=1m;/tmp", NULL, "2m", NULL, OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, 2 * M, 4096), NULL},
		{"/run:size=25%;/tmp", NULL, "50%", NULL, OWN("/run", 30, 2 * G, 4096),
		 OWN("/tmp", 31, 4 * G, 4096), NULL},
		{"/run:size=10000;/tmp", NULL, NULL, "10m", OWN("/run", 30, 12288, 4096),
		 OWN("/tmp", 31, 10 * M - 12288, 4096), NULL},
		/* With a kernel whose pages are larger than the policy's. One page more is too
		   much. */
		{"/run:size=4k;/tmp", NULL, "100k", NULL, OWN("/run", 30, 65536, 65536),
		 OWN("/tmp", 31, 131072, 65536), NULL},
		{"/run:size=64k;/tmp", NULL, "100k", NULL, OWN("/run", 30, 65536, 65536),
		 OWN("/tmp", 31, 196608, 65536),
		 "/tmp: the hook's mount of an earlier run has 196608 bytes"},
		/* The shares are those of the first run: a default that is left out counts in
		   neither. */
		{"/var/run;/tmp", "/run", NULL, "2m", OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, M, 4096), NULL},
		{"/var/run;/tmp", "/run:exec", NULL, "2m", OWN("/run", 30, M, 4096),
		 OWN("/tmp", 31, M, 4096), NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const struct row row = {.list = runs[i].list,
					.defaults = runs[i].defaults,
					.readonly = true,
					.targets = {runs[i].run, runs[i].tmp, runs[i].run}};
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};
		int r;

		fixture_make(&fixture, &row, TWO_DONE);
		read_size(runs[i].max_size, &fixture.options.max_size);
		read_size(runs[i].max_total, &fixture.options.max_total);
		r = plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan);
		if (runs[i].expected) {
			expect_error(runs[i].list, r, &error, STATUS_POLICY, ANYWHERE,
				     runs[i].expected);
		} else {
			expect_success(runs[i].list, r, &error);
			expect_number(runs[i].list, plan.ops_count, 0);
			if (r == 0 && runs[i].defaults)
				expect_number(runs[i].list, plan.fates[2], FATE_TWIN);
		}
		fixture_done(&fixture);
	}
}

#define OWN_INODES(text, mount, inodes)                                                            \
	((struct target){.path = (char *)(text),                                                   \
			 .existing = sizeof(text) - 1,                                             \
			 .mount_id = mount,                                                        \
			 .is_mount_root = true,                                                    \
			 .own_size = M,                                                            \
			 .own_block = 4096,                                                        \
			 .own_inodes = inodes})

Test(plan, inodes_of_an_earlier_run)
{
	static const struct {
		const char *list;
		uint64_t max_inodes;
		uint64_t own;
		const char *expected;
	} runs[] = {
		{"/run;/tmp", 0, 5000, NULL},
		{"/run;/tmp", 5000, 5000, NULL},
		{"/run:nr_inodes=5000;/tmp", 5000, 5000, NULL},
		{"/run:nr_inodes=5001;/tmp", 5000, 5001, "--max-inodes allows: 5000"},
		{"/run;/tmp", 4999, 5000,
		 "/run: the hook's mount of an earlier run has 5000 inodes, and the operator's policy leaves it 4999 (--max-inodes)"},
		{"/run:nr_inodes=10;/tmp", 0, 5000, "leaves it 10 (nr_inodes=)"},
		{"/run;/tmp", 5000, UINT64_MAX, "/run: "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const struct row row = {.list = runs[i].list,
					.readonly = true,
					.targets = {OWN_INODES("/run", 30, runs[i].own),
						    OWN_INODES("/tmp", 31, 1)}};
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};
		int r;

		fixture_make(&fixture, &row, TWO_DONE);
		fixture.options.max_inodes = runs[i].max_inodes;
		r = plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan);
		if (runs[i].expected)
			expect_error(runs[i].list, r, &error, STATUS_POLICY, ANYWHERE,
				     runs[i].expected);
		else
			expect_success(runs[i].list, r, &error);
		fixture_done(&fixture);
	}
}

/* A program on a noexec tmpfs cannot be executed, unless it does not exist there or is on another
 * mount. */
Test(plan, program)
{
	static const struct {
		const char *list;
		const char *program;
		size_t on;
		struct target targets[2];
	} runs[] = {
		{"/run", "/run/app", 0, {WHOLE("/run", ROOT_ID)}},
		{"/run:seed=overlay", "/run/app", 0, {WHOLE("/run", ROOT_ID)}},
		{"/srv;/var", "/var/app", 1, {WHOLE("/srv", ROOT_ID), WHOLE("/var", ROOT_ID)}},
		{"/run:exec", "/run/app", PLAN_NOWHERE, {WHOLE("/run", ROOT_ID)}},
		{"/run:seed=none", "/run/app", PLAN_NOWHERE, {WHOLE("/run", ROOT_ID)}},
		{"/run", "/runner", PLAN_NOWHERE, {WHOLE("/run", ROOT_ID)}},
		{"/var", "/var/vol/app", PLAN_NOWHERE, {WHOLE("/var", ROOT_ID)}},
		{"/etc", "/etc/hosts", PLAN_NOWHERE, {WHOLE("/etc", ROOT_ID)}},
		{"/var;/var/lib:exec",
		 "/var/lib/app",
		 PLAN_NOWHERE,
		 {WHOLE("/var", ROOT_ID), WHOLE("/var/lib", ROOT_ID)}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const struct row row = {.list = runs[i].list,
					.targets = {runs[i].targets[0], runs[i].targets[1]}};
		const struct target program = {.path = (char *)(uintptr_t)runs[i].program,
					       .existing = strlen(runs[i].program),
					       .mount_id = ROOT_ID};
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};

		fixture_make(&fixture, &row, TABLE);
		fixture.facts.program = &program;
		expect_success(
			runs[i].list,
			plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan),
			&error);
		expect_number(runs[i].list, plan.program_on, runs[i].on);
		fixture_done(&fixture);
	}
}

/* --seed-tmpfs: which of config.json's tmpfs are filled in place, and around what. */
Test(plan, fills)
{
	static const struct {
		struct row row;
		const char *read_only; /* the mount there is */
		const char *expected;
		const char *error;
	} runs[] = {
		/* Not those of /dev and /proc, nor volumes, nor what only looks like a tmpfs. */
		{{.list = ""},
		 NULL,
		 "open the engine's tmpfs at /e\nopen the engine's tmpfs at /e-ro\n"
		 "open the engine's tmpfs at /e-dev\nopen the engine's tmpfs at /e-shared\n"
		 "fill the engine's tmpfs at /e around in\nfill the engine's tmpfs at /e-ro\n"
		 "fill the engine's tmpfs at /e-dev around x\n"
		 "fill the engine's tmpfs at /e-shared mode gid\n",
		 NULL},
		/* An entry that replaces one, one below one, and others beside them; and the root.
		 */
		{{.list = "/e;/e-dev/new;/run",
		  .readonly = true,
		  .targets = {MOUNTED("/e", 40), MISSING_ON("/e-dev/new", 6, 43),
			      WHOLE("/run", ROOT_ID)}},
		 NULL,
		 "open the engine's tmpfs at /e-ro\nopen the engine's tmpfs at /e-dev\n"
		 "open the engine's tmpfs at /e-shared\nmake directory /e-dev/new\n"
		 "open /e\nopen /e-dev/new\nopen /run\nopen the mount at /e/in\n"
		 "tmpfs for /e: seed=copy\ntmpfs for /e-dev/new: seed=copy\ntmpfs for /run: seed=copy\n"
		 "make a place for the mount at /e/in inside the tmpfs for /e\n"
		 "set the flags of the tmpfs for /e\nset the flags of the tmpfs for /e-dev/new\n"
		 "set the flags of the tmpfs for /run\n"
		 "fill the engine's tmpfs at /e-ro\n"
		 "fill the engine's tmpfs at /e-dev around new, x\n"
		 "fill the engine's tmpfs at /e-shared mode gid\n"
		 "mount the tmpfs at /e, over the engine's own\nmount the tmpfs at /e-dev/new\n"
		 "mount the tmpfs at /run\nmove the mount at /e/in onto the tmpfs\n"
		 "make the root read-only\n",
		 NULL},
		{{.list = ""},
		 NULL,
		 NULL,
		 "--seed-tmpfs: /gone: cannot be followed at /e-link: EACCES"},
		{{.list = ""},
		 ROOT "/e-dev",
		 NULL,
		 "--seed-tmpfs: /e-dev: its tmpfs is read-only already, and cannot be filled: EROFS"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};
		int r;

		fixture_make(&fixture, &runs[i].row, TABLE);
		fixture.policy.seeds_tmpfs = true;
		/* The last two: one that cannot be resolved, and one that does not matter here. */
		if (i != 2)
			fixture.bundle.mounts_count -= 2;
		/* Nor the runtime's own, whatever their place in the table. */
		for (size_t k = 0; k < fixture.table.count; k++) {
			struct mount_line *line = &fixture.table.lines[k];

			line->is_private |= strncmp(line->target, ROOT "/dev", 12) == 0;
			if (runs[i].read_only && !strcmp(line->target, runs[i].read_only))
				line->flags |= FLAG_RO;
		}
		r = plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan);
		if (runs[i].error) {
			expect_error("fills", r, &error, STATUS_PATH, ANYWHERE, runs[i].error);
		} else {
			AUTO_FREE char *text = NULL;

			expect_success("fills", r, &error);
			text = print_plan(&plan);
			expect_text("fills", text, runs[i].expected);
		}
		fixture_done(&fixture);
	}
}

/* A link stays visible in a copy, in a tmpfs that is not empty inside one that is, and on a volume.
 * Paths without a link lose nothing. */
Test(plan, kept_links)
{
	const struct row kept[] = {
		{.list = "/var;/var/run",
		 .targets = {WHOLE("/var", ROOT_ID), LINKED("/run", ROOT_ID, "/var/run")}},
		{.list = "/var:seed=none;/var/lib;/var/lib/run",
		 .targets = {WHOLE("/var", ROOT_ID), WHOLE("/var/lib", ROOT_ID),
			     LINKED("/run", ROOT_ID, "/var/lib/run")}},
		{.list = "/var:seed=none;/var/lib/self",
		 .targets = {WHOLE("/var", ROOT_ID), LINKED("/var/lib", ROOT_ID, "/var/lib/self")}},
		{.list = "/var:seed=none;/var/vol/run",
		 .targets = {WHOLE("/var", ROOT_ID), LINKED("/run", ROOT_ID, "/var/vol/run")}},
		{.list = "/link:seed=none;/link/lib;/var/tmp",
		 .targets = {LINKED("/var", ROOT_ID, "/link"), LINKED("/var/lib", ROOT_ID, "/link"),
			     WHOLE("/var/tmp", ROOT_ID)}},
		{.list = "/var/run;/run:seed=none",
		 .targets = {WHOLE("/var/run", ROOT_ID), WHOLE("/run", ROOT_ID)}},
		/* A copy keeps a link that leads to a mount. */
		{.list = "/lnk", .targets = {WHOLE("/lnk", ROOT_ID)}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		struct error error = UNSET_ERROR;
		struct fixture fixture;
		AUTO_PLAN plan = {0};

		fixture_make(&fixture, &kept[i], TABLE);
		expect_success(
			kept[i].list,
			plan_make(&fixture.policy, &fixture.options, &fixture.facts, &error, &plan),
			&error);
		fixture_done(&fixture);
	}
}

/* The message names who can fix it: the author of the annotation, or the operator if it is a
 * default. */
Test(plan, whose_error)
{
	struct tmpfs_entry entry = {.path = repeat('p', 300)};
	static const struct {
		enum request_origin origin;
		const char *key;
		const char *behind; /* the path as far as it is shown */
		const char *before;
	} rows_of_errors[] = {
		{FROM_OPTIONS, NULL, ": it is a file", "--tmpfs: "},
		{FROM_ANNOTATION, KEY_TMPFS, ": it is a file", KEY_TMPFS ": "},
		{FROM_ANNOTATION, KEY_TMPFS "/web", ": it is a file", KEY_TMPFS "/web: "},
		{FROM_OPTIONS, NULL, NULL, ""},
		{FROM_ANNOTATION, KEY_TMPFS, NULL, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows_of_errors); i++) {
		struct request request = {&entry, rows_of_errors[i].origin, rows_of_errors[i].key};
		const char *behind = rows_of_errors[i].behind;
		char before[ERROR_TEXT_MAX];
		struct error error;
		int r = behind ? error_set(&error, STATUS_PATH, EROFS, "%" NAME_SHOWN "%s",
					   entry.path, behind)
			       : error_memory(&error);

		memcpy(before, error.text, sizeof(before));
		expect_number("value", (unsigned)-request_error(&request, &error), (unsigned)-r);
		expect_text("text", error.text + strlen(rows_of_errors[i].before), before);
		cr_expect(!strncmp(error.text, rows_of_errors[i].before,
				   strlen(rows_of_errors[i].before)),
			  "%s", error.text);
	}
	free(entry.path);
}

Test(plan, whose_error_truncates)
{
	struct tmpfs_entry entry = {.path = (char *)"p"};
	struct request request = {&entry, FROM_OPTIONS, NULL};
	struct error error = {.text = ""};

	memset(error.text, 'p', sizeof(error.text) - 1);
	request_error(&request, &error);
	expect_number("length", strlen(error.text), sizeof(error.text) - 1);
	cr_expect(!strncmp(error.text, "--tmpfs: p", 10), "%s", error.text);
}
