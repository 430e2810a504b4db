# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A container that uses every feature, and its result in a form in which two runs can be compared.

# all_of_it: each kind of seed, a volume to keep, nested paths, and a directory that the image lacks.
all_of_it()
{
	: >"$W/hosts"
	add_mount /etc/hosts "$W/hosts" rbind ro
	readonly_root
	tmpfs '/etc;/var;/var/lib/app:seed=none;/srv;/opt:seed=overlay;/missing/too'
}

# The container's mountinfo without the numbers of mounts.
table()
{
	sed -E "s|^[0-9]+ [0-9]+ [0-9]+:[0-9]+ ||; s|/proc/self/fd/[0-9]+|FD|g; s|self/fd/[0-9]+|FD|g; s|$W|W|g; s|,huge=within_size||" \
		"/proc/$PID/mountinfo" | grep -v ' - cgroup'
}
