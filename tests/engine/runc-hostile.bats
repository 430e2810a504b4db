#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Tests that take too long to run with both runtimes.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	mount -t tmpfs -o mode=755,nr_inodes=0 none "$W/rootfs"
	cp -a "$SUITE/base/." "$W/rootfs"
}

teardown()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	umount -l "$W/rootfs"
	bundle_end
}

@test "a million names of one file are copied" {
	"$TREE_HOSTILE" links 1000000 "$W/rootfs/srv/links"
	tmpfs /srv:nr_inodes=2m
	create
	is_ours /srv
	is /srv/links/0 %h 1000000
	is /srv/links/999999 %h 1000000
	is /srv/links/0 %s 0
	same "$(stat -c %h "$W/rootfs/srv/links/0")" 1000000
}

@test "200,000 names in a directory are copied" {
	"$TREE_HOSTILE" wide 200000 "$W/rootfs/srv/wide"
	tmpfs /srv
	create
	is_ours /srv
	same "$(find "$ROOT/srv/wide" -type f | wc -l)" 200000
}

@test "200,000 names in a directory, too many for the tmpfs, are refused" {
	"$TREE_HOSTILE" wide 200000 "$W/rootfs/srv/wide"
	tmpfs /srv:nr_inodes=150k
	refused 74 'in 200002 inodes'
}
