#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly learn as the hook of an ordinary user's podman.

load lib
load podman
load tool

setup_file()
{
	suite_begin
	user_begin
	learn_begin
}

teardown_file() { podman_end; }

# podman's pause process, which keeps the user's mount namespace, in which /dev/log is another test's.
end_pause()
{
	local file

	for file in "$SUITE"/p/overlay.tmp/pause.pid "$SUITE"/p/xdg/libpod/tmp/pause.pid; do
		[ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
		rm -f "$file"
	done
}

setup()
{
	podman_test_begin
	end_pause
	PODMAN_PREFIX=("$SYSLOG_RUN" "$W/log")
}

teardown()
{
	PODMAN_PREFIX=()
	end_pause
	podman_test_end
}

# lived OPTION...: runs a container of that image that writes where its users may write.
lived()
{
	container_options
	podman run --rm "${OPTIONS[@]}" "$@" localhost/orh-test sh -c '
		echo 1 >/run/service.pid; sleep 0.3; rm /run/service.pid
		mkdir -m 0700 /var/lib/app/private && echo x >/var/lib/app/private/x && chown -R 7:8 /var/lib/app/private
		mkdir -m 0750 /opt/new && chown 5:6 /opt/new'
}

lessons()
{
	grep -q " image=localhost/orh-test:latest layer=[0-9a-f]* result=complete .*$1\$" "$W/log" || fail "$(cat "$W/log")"
}

@test "a rootless container is logged" {
	lived
	lessons '.tmpfs=/opt/new:mode\\x3d0750:uid\\x3d5:gid\\x3d6;/run;/tmp;/var/lib/app'
}

@test "a rootless container in another user namespace is logged with its own ids" {
	lived --uidmap 0:1:1000 --gidmap 0:1:1000
	lessons '.tmpfs=/opt/new:mode\\x3d0750:uid\\x3d5:gid\\x3d6;/run;/tmp;/var/lib/app'
}
