#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The memory cgroup, with runc alone: crun runs without cgroups here.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

memory_file()
{
	local v1

	v1=$(awk -F : '$2 ~ /(^|,)memory(,|$)/ { print $3 }' "/proc/$PID/cgroup")
	if [ -n "$v1" ]; then
		echo "/sys/fs/cgroup/memory$v1/memory.usage_in_bytes"
	else
		echo "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$PID/cgroup")/memory.current"
	fi
}

@test "the seed is charged to the container's memory cgroup" {
	head -c 33554432 /dev/urandom >"$W/rootfs/srv/file"
	config '.linux.resources.memory.limit = 268435456'
	tmpfs /srv
	create
	file=$(memory_file)
	[ -r "$file" ] || skip 'no memory cgroup'
	[ "$(cat "$file")" -ge 33554432 ] || fail "$(cat "$file")"
}

@test "a seed over the container's memory limit" {
	head -c 67108864 /dev/urandom >"$W/rootfs/srv/file"
	config '.linux.resources.memory.limit = 16777216 | .linux.resources.memory.swap = 16777216'
	tmpfs /srv
	refused 74 memory limit
}
