#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly suggest on an ordinary user's containers, called by the user and by root.

load lib
load podman
load tool

setup_file()
{
	suite_begin
	user_begin
	tool_podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown()
{
	box_end
	podman_test_end
}

# With a directory that only one of the subordinate ids may enter.
SERVICE='
	echo 1 >/run/service.pid
	mkdir -m 0700 /var/lib/app/private && echo x >/var/lib/app/private/x && chown -R 7:8 /var/lib/app/private
	mkdir -m 0750 /opt/new && chown 5:6 /opt/new && echo x >/opt/new/x
	touch /srv/x && rm /srv/x'

# both VALUE: root and the user get the same suggestion.
both()
{
	local root_stderr

	suggests "$1"
	root_stderr=$stderr
	run --separate-stderr as_user "$TOOL" suggest "$PID"
	[ "$status" = 0 ] || fail "$stderr"
	same "$output" "io.containers.readonly=true"$'\n'"io.containers.readonly.tmpfs=$1"
	same "$stderr" "$root_stderr"
}

@test "a rootless container on overlay storage" {
	box "$SERVICE"
	both '/opt/new:mode=0750:uid=5:gid=6;/run;/srv;/tmp;/var/lib/app'
}

@test "a rootless container in another user namespace" {
	box "$SERVICE" --uidmap 0:1:1000 --gidmap 0:1:1000
	both '/opt/new:mode=0750:uid=5:gid=6;/run;/srv;/tmp;/var/lib/app'
}
