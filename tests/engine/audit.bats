#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# --audit: the log shows what the hook would do or refuse, and the container is unchanged.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	PREFIX=("$SYSLOG_RUN" "$W/log")
}

teardown()
{
	silent_volume_end
	bundle_end
}

messages()
{
	sed -n 's/^<[0-9]*>.* oci-readonly-hook\[[0-9]*\]: //p' "$W/log"
}

# The container's mount table, without the fields that differ between containers.
mounts_of_container()
{
	cut -d ' ' -f 4- "/proc/$PID/mountinfo" | sed "s|$W|W|g; s|$ID|ID|g; s/ino=[0-9]*//"
}

@test "audit: logs what would be done, and changes nothing" {
	local image

	create
	mounts_of_container >"$W/mounts.without"
	runtime delete --force "$ID"
	rm "$W/hook.status"
	image=$(find "$W/rootfs" -printf '%P %m %u %T@\n' | sort)
	hook_options --audit --enforce --tmpfs=/tmp
	tmpfs '/etc:size=1m;/missing/too;/srv:seed=overlay;/opt:seed=auto'
	create
	mounts_of_container | diff "$W/mounts.without" -
	same "$(find "$W/rootfs" -printf '%P %m %u %T@\n' | sort)" "$image"
	writable /usr
	[[ $(messages) =~ ^audit:\ container=${ID:0:12}\ status=0\ root=ro\ ms=[0-9.]+\ path=/etc\ seed=copy\ size=1048576\ path=/missing/too\ seed=copy\ size=0\ path=/opt\ seed=auto\ size=0\ path=/srv\ seed=overlay\ size=0\ path=/tmp\ seed=copy\ size=0$ ]] ||
		fail "$(messages)"
}

# would_refuse STATUS TEXT...: the container starts, and the log line has the status and each text.
would_refuse()
{
	local status=$1 text

	shift
	rm -f "$W"/hook.{status,err} "$W/log"
	create
	runtime delete --force "$ID"
	same "$(messages | wc -l)" 1
	for text in "audit: container=${ID:0:12} status=$status " "$@"; do
		messages | grep -Fq -- "$text" || fail "not said: $text" "$(messages)"
	done
	grep -q '^<28>' "$W/log" || fail 'not a warning:' "$(cat "$W/log")"
}

@test "audit: logs what would be refused, with its status" {
	hook_options --audit --log-level=error --enforce --max-size=1m --deny=/srv
	annotate "$KEY" perhaps
	would_refuse 65 "$KEY: 'perhaps' is neither"
	annotate "$KEY" false
	would_refuse 77 --enforce
	annotate "$KEY" true
	tmpfs /srv
	would_refuse 77 --deny=/srv
	tmpfs /run:size=2m
	would_refuse 77 --max-size
	tmpfs /etc/passwd
	would_refuse 73 /etc/passwd
	annotate io.containers.read-only true
	would_refuse 65 io.containers.read-only
}

@test "audit: does not log a container that is left alone, and refuses a wrong option" {
	hook_options --audit
	create
	[ ! -s "$W/log" ] || fail "$(cat "$W/log")"
	runtime delete --force "$ID"
	rm "$W/hook.status"
	hook_options --audit --max-size=x
	refused 64 --max-size
	[[ $(messages) != *audit:* ]]
}

@test "audit: a failure without a system log does not stop the container" {
	PREFIX=()
	hook_options --audit
	tmpfs /etc/passwd
	create
}

@test "audit: a volume that never answers does not block the container" {
	silent_volume
	add_mount /vol "$W/volume" bind rw
	hook_options --audit
	tmpfs /vol/x
	create
	messages | grep -q "^audit: container=${ID:0:12} status=71 ${ID:0:12}: the worker has not answered for 10 seconds: ETIMEDOUT" ||
		fail "$(messages)"
}
