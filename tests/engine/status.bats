#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly status for running containers.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	TOOL=$BUILDDIR/oci-readonly
	bundle_begin
}

teardown()
{
	silent_volume_end
	bundle_end
}

# usage PATH FIELD...: prints fields of one mount from --json, one per line.
usage()
{
	local path=$1

	shift
	"$TOOL" status --json "$PID" | jq -r --arg path "$path" \
		'.containers[0].mounts[] | select(.path == $path) | .[$ARGS.positional[]] | tostring' --args "$@"
}

@test "status: shows the root, the hook's tmpfs and overlays, and the tmpfs of config.json" {
	readonly_root
	tmpfs '/run:size=64k;/srv:seed=overlay:size=1m:nr_inodes=50;/tmp:ro:size=2m'
	config '.mounts += [{destination: "/opt", type: "tmpfs", source: "tmpfs", options: ["size=1m"]}]'
	create
	run "$TOOL" status --json "$PID"
	same "$status" 0
	same "$(jq -c '.containers[0] | [.pid, .root.readonly]' <<<"$output")" "[$PID,true]"
	same "$(jq -r '.containers[0].mounts | map(.path) | sort | join(" ")' <<<"$output")" '/opt /run /srv /tmp'
	same "$(usage /run type hook readonly size full error)" $'tmpfs\ntrue\nfalse\n65536\nfalse\nnull'
	same "$(usage /srv type hook size inodes)" $'overlay\ntrue\n1048576\n50'
	same "$(usage /opt type hook size)" $'tmpfs\nfalse\n1048576'
	same "$(usage /tmp readonly)" true
}

@test "status: shows a writable root" {
	tmpfs /run
	create
	same "$("$TOOL" status --json "$PID" | jq .containers[0].root.readonly)" false
	run "$TOOL" status "$PID"
	[[ $output == *"process $PID: root writable"* ]]
}

@test "status: the numbers are those of statfs, for an overlay those of its upper layer" {
	readonly_root
	tmpfs '/run:size=1m;/srv:seed=overlay:size=1m'
	create
	dd if=/dev/zero of="$ROOT/run/x" bs=4k count=10 status=none
	dd if=/dev/zero of="$ROOT/srv/x" bs=4k count=20 status=none
	for path in /run /srv; do
		same "$(usage "$path" used files)" "$(stat -f -c '%b %f %S %c %d' "$ROOT$path" | awk '{ print ($1 - $2) * $3; print $4 - $5 }')"
	done
	[ "$(usage /srv used)" -ge 81920 ]
}

@test "status: marks a mount that is nearly full, by space or by files" {
	readonly_root
	tmpfs '/run:size=1m;/srv:size=1m:nr_inodes=10;/tmp:size=1m'
	create
	dd if=/dev/zero of="$ROOT/run/x" bs=4k count=231 status=none
	touch "$ROOT"/srv/{1,2,3,4,5,6,7,8}
	same "$(usage /run full)" true
	same "$(usage /srv full)" true
	same "$(usage /tmp full)" false
	run "$TOOL" status "$PID"
	same "$(grep -c '^!' <<<"$output")" 2
	grep -q '^! .* /run$' <<<"$output"
	grep -q '^! .* /srv$' <<<"$output"
}

@test "status: lines fit 80 columns and narrow terminals" {
	readonly_root
	tmpfs '/run;/srv:seed=overlay'
	create
	COLUMNS=80 "$TOOL" status "$PID" >"$W/wide"
	COLUMNS=40 "$TOOL" status "$PID" >"$W/narrow"
	same "$(awk 'length($0) > 80' "$W/wide")" ''
	same "$(awk 'length($0) > 40' "$W/narrow")" ''
	grep -q 'PATH$' "$W/wide"
	grep -qx '  /srv (hook overlay)' "$W/narrow"
}

@test "status: uses colours only on a terminal, and escapes control characters in names" {
	readonly_root
	tmpfs $'/run/\e[31mred'
	create
	run "$TOOL" status "$PID"
	[[ $output != *$'\e'* ]]
	[[ $output == *'/run/\x1b[31mred' ]]
	"$TOOL" status --json "$PID" >"$W/json"
	same "$(jq -r '.containers[0].mounts[0].path' "$W/json")" $'/run/\e[31mred'
}

@test "status: shows each container of the host once, and no kernel thread" {
	readonly_root
	tmpfs /run
	create
	"$TOOL" status --json >"$W/all"
	same "$(jq -c --argjson pid "$PID" '[.containers[] | select(.pid == $pid)] | length' "$W/all")" 1
	for pid in $(jq '.containers[].pid' "$W/all"); do
		# The process may have ended meanwhile.
		[ -r "/proc/$pid/exe" ] || [ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status"
	done
}

@test "status: reports a process that cannot be read" {
	run "$TOOL" status 2147483647
	same "$status" 3
	same "$output" 'oci-readonly status: process 2147483647: it is gone: ENOENT'
	run "$TOOL" status $$
	same "$status" 3
	[[ $output == *"process $$: it is in no container"* ]]
	run "$TOOL" status --json 2147483647
	same "$status" 3
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$TOOL" status 1
	same "$status" 3
	[[ $output == *'process 1: cannot be inspected'*EACCES ]] || [[ $output == *'process 1: cannot be inspected'*EPERM ]]
}

@test "status: refuses a wrong command line" {
	for arguments in --bogus 'x' '0' '-- -1' '12x'; do
		# shellcheck disable=SC2086
		run "$TOOL" status $arguments
		same "$status" 2
	done
	run "$TOOL" status --help
	same "$status" 0
}

@test "status: a host without containers, and without /proc" {
	# A PID namespace without any other process.
	run unshare --pid --fork --mount --mount-proc "$TOOL" status
	same "$status" 0
	same "$output" 'oci-readonly status: no container found'
	# shellcheck disable=SC2016
	run unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$0" status' "$TOOL"
	same "$status" 3
	same "$output" 'oci-readonly status: /proc: not a proc filesystem'
}

@test "status: a mount that hides the hook's is not mistaken for it" {
	readonly_root
	tmpfs '/run/app:size=1m;/srv:size=1m'
	create
	nsenter -t "$PID" -m -- /bin/mount -t tmpfs -o size=9m over /run
	same "$("$TOOL" status --json "$PID" | jq -r '.containers[0].mounts | map([.path, .hook, .size]) | sort | tostring')" \
		'[["/run",false,9437184],["/srv",true,1048576]]'
}

# A mount of the container that only resembles the hook's.
@test "status: a bind mount with the hook's source name is not the hook's" {
	readonly_root
	tmpfs '/srv:size=1m'
	mkdir "$W/host"
	mount -t tmpfs oci-readonly-hook "$W/host"
	add_mount /opt "$W/host" rbind rw
	create
	run "$TOOL" status --json "$PID"
	umount -l "$W/host"
	same "$status" 0
	same "$(jq -r '.containers[0].mounts | map(.path) | join(" ")' <<<"$output")" /srv
}

@test "status: gives up on a filesystem that never answers" {
	readonly_root
	tmpfs '/var/lib/app:size=1m'
	mkdir "$W/rootfs/volume"
	silent_volume
	add_mount /volume "$W/volume" bind
	create
	nsenter -t "$PID" -m -- /bin/mount -o bind /volume /var
	run timeout 60 "$TOOL" status --json "$PID"
	silent_volume_end
	same "$status" 3
	[[ $output == *'/var/lib/app: cannot be inspected: ETIMEDOUT'* ]]
}

@test "status: leaves out a container that ends meanwhile, unless it was named" {
	local named found

	readonly_root
	tmpfs '/var/lib/app:size=1m'
	mkdir "$W/rootfs/volume"
	silent_volume
	add_mount /volume "$W/volume" bind
	create
	nsenter -t "$PID" -m -- /bin/mount -o bind /volume /var
	"$TOOL" status --json "$PID" >"$W/named" 2>&1 &
	named=$!
	"$TOOL" status --json >"$W/found.json" 2>"$W/found.log" &
	found=$!
	# Both have found the container, and wait for the volume.
	sleep 0.7
	runtime delete --force "$ID"
	status=0
	wait "$named" || status=$?
	same "$status" 3
	wait "$found" || true
	silent_volume_end
	grep -F "process $PID: " "$W/named"
	! grep -F "process $PID: " "$W/found.log" || return 1
	same "$(jq --argjson pid "$PID" '[.containers[] | select(.pid == $pid)] | length' "$W/found.json")" 0
}
