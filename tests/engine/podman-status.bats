#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly status for the containers of an ordinary user.

load lib
load podman

setup_file()
{
	suite_begin
	[ -z "$OBSTACLE" ] || return 0
	cp "$BUILDDIR/oci-readonly" "$SUITE/oci-readonly"
	user_begin
	podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown() { podman_clear; podman_test_end; }

# begin OPTION...: starts a container, and sets $ID and $PID.
begin()
{
	container_options
	ID=$(podman run -d "${OPTIONS[@]}" "$@" localhost/orh-test sleep 1000)
	PID=$(podman inspect -f '{{.State.Pid}}' "$ID")
}

@test "status shows the user's own container with its id" {
	begin --annotation "$KEY=true" --annotation "$LIST_KEY=/run:size=1m;/srv:seed=overlay:size=2m"
	run as_user "$SUITE/oci-readonly" status --json
	same "$status" 0
	same "$(jq -r --argjson pid "$PID" '.containers[] | select(.pid == $pid) | [.id, .root.readonly] | tostring' <<<"$output")" "[\"$ID\",true]"
	same "$(jq -r --argjson pid "$PID" '.containers[] | select(.pid == $pid) | .mounts[] | select(.hook) |
		"\(.path) \(.type) \(.size)"' <<<"$output" | sort)" $'/run tmpfs 1048576\n/srv overlay 2097152'
	run as_user "$SUITE/oci-readonly" status "$PID"
	same "$status" 0
	[[ $output == *"container ${ID:0:12}, process $PID: root read-only"* ]]
}

# The directory belongs to one of the caller's subordinate ids.
@test "status measures a tmpfs below a directory that the user may not enter" {
	begin --annotation "$LIST_KEY=/var/lib/closed/in:size=1m;/var/lib/closed:mode=700:uid=7:size=2m"
	run as_user "$SUITE/oci-readonly" status --json "$PID"
	same "$status" 0
	same "$(jq -r '.containers[0].mounts[] | select(.hook) | "\(.path) \(.size)"' <<<"$output" | sort)" \
		$'/var/lib/closed 2097152\n/var/lib/closed/in 1048576'
}

@test "status does not show another user's container, and cannot read it" {
	begin --annotation "$KEY=true"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$SUITE/oci-readonly" status --json
	same "$status" 0
	same "$(jq --argjson pid "$PID" '[.containers[] | select(.pid == $pid)] | length' <<<"$output")" 0
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$SUITE/oci-readonly" status "$PID"
	same "$status" 3
	[[ $output == *"process $PID: cannot be inspected"* ]]
}
