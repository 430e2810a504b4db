/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>

#include "core/error.h"
#include "linux/sys.h"

void host_judge_kernel(struct diagnoses *findings)
{
	const char *lacked = sys_lacks();
	struct utsname name;

	if (uname(&name) < 0)
		strcpy(name.release, "of unknown release");
	if (!lacked) {
		diagnoses_add(findings, VERDICT_OK, "kernel", "kernel",
			      "Linux %s provides everything that the hook needs", name.release);
		return;
	}
	diagnoses_add(findings, VERDICT_PROBLEM, "kernel", "kernel-lacks",
		      "Linux %s lacks %s: the hook refuses every container that asks for it",
		      name.release, lacked);
	diagnoses_fix(
		findings,
		"Linux 5.12 or later is needed. If this kernel is, a filter such as seccomp blocks the call.");
}

/* Tries datagrams first, then a stream, as syslog(3) does. */
static int connect_log(const char *path, int type)
{
	AUTO_FD fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (fd < 0)
		return -errno;
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

void host_judge_log(const char *path, struct diagnoses *findings)
{
	char name[16];
	int r = connect_log(path, SOCK_DGRAM);

	if (r == -EPROTOTYPE)
		r = connect_log(path, SOCK_STREAM);
	if (r == 0) {
		diagnoses_add(findings, VERDICT_OK, "system log", "log", "%s accepts messages",
			      path);
		return;
	}
	diagnoses_add(
		findings, VERDICT_PROBLEM, "system log", "log-absent",
		"%s accepts no messages (%s): with crun, nothing then shows why a container does not start",
		path, error_name(-r, name));
	diagnoses_fix(findings,
		      "Run journald or a syslog daemon, or give containers the annotation "
		      "run.oci.hooks.stderr=FILE.");
}
