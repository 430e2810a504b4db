#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# An image that declares a volume on a path that an annotation names.

load lib
load podman

setup_file()
{
	suite_begin
	podman_begin
	import_image localhost/orh-volume --change 'VOLUME /srv'
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

@test "a path on an image's volume is refused, and works with --image-volume=ignore" {
	local script='grep -c " /srv " /proc/mounts; grep -o "^oci-readonly-hook /srv [^ ]*" /proc/mounts; stat -c %a /srv; touch /srv/x'

	ENTRIES=/srv:size=1m
	ask localhost/orh-volume sh -c "$script"
	[[ $output =~ 'exit '(status|code:)' 73' ]] || fail "$output"
	ask --image-volume=ignore localhost/orh-volume sh -c "$script"
	same "$output" $'1\noci-readonly-hook /srv tmpfs\n711'
	# If the annotation names another path, the volume stays as podman mounted it.
	ENTRIES=/run
	ask localhost/orh-volume sh -c 'touch /srv/x /run/x && grep -c oci-readonly-hook /proc/mounts; touch /x 2>&1'
	same "$output" $'1\ntouch: /x: Read-only file system'
}
