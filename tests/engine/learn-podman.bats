#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly learn as podman's hook, with examples/learn.json.

load lib
load podman
load tool

TOP=io.containers.readonly

setup_file()
{
	suite_begin
	learn_begin
}

teardown_file() { podman_end; }

setup()
{
	podman_test_begin
	PODMAN_PREFIX=("$SYSLOG_RUN" "$W/log")
}

teardown()
{
	PODMAN_PREFIX=()
	box_end
	podman_test_end
}

SERVICE='echo 1 >/run/service.pid; sleep 0.3; rm /run/service.pid; echo x >/var/lib/app/x; mkdir -m 0750 /opt/new'

# lessons LIST: exactly one line was logged, for localhost/orh-test, with that list.
lessons()
{
	grep 'oci-readonly-learn\[' "$W/log" >"$W/lessons" || fail "nothing was logged: $(cat "$W/log")"
	same "$(wc -l <"$W/lessons")" 1
	[[ $(cat "$W/lessons") =~ ' image=localhost/orh-test:latest layer='[0-9a-f]+" result=complete $TOP=true $TOP.tmpfs="(.*)$ ]] ||
		fail "$(cat "$W/lessons")"
	same "${BASH_REMATCH[1]}" "$1"
}

# podman 5 leaves the end of a container to conmon, which may continue after podman has ended.
UNTIL_LOGGED='log=$1; shift; "$@"; status=$?; for _ in $(seq 200); do [ ! -s "$log" ] || break; sleep 0.1; done; exit "$status"'

@test "a container that ends is logged" {
	container_options
	PODMAN_PREFIX+=(sh -c "$UNTIL_LOGGED" sh "$W/log")
	podman run "${OPTIONS[@]}" --name box localhost/orh-test sh -c "$SERVICE"
	PODMAN_PREFIX=("$SYSLOG_RUN" "$W/log")
	podman rm box
	lessons '/opt/new:mode\x3d0750;/run;/tmp;/var/lib/app'
}

@test "a container that is run with --rm is logged" {
	container_options
	podman run --rm "${OPTIONS[@]}" localhost/orh-test sh -c "$SERVICE"
	lessons '/opt/new:mode\x3d0750;/run;/tmp;/var/lib/app'
}

@test "a container with --user, volumes and tmpfs needs only /tmp" {
	mkdir "$W/volume"
	container_options
	podman run --rm "${OPTIONS[@]}" --user 1234 --volume "$W/volume:/data/deep" --tmpfs /scratch localhost/orh-test true
	lessons /tmp
}

@test "with --uidmap, owners are logged as the container's ids" {
	container_options
	podman run --rm "${OPTIONS[@]}" --uidmap "0:$HOST_IDS:65536" localhost/orh-test \
		sh -c 'mkdir -m 0750 /opt/new && chown 5:6 /opt/new'
	grep -q ' io.containers.readonly.tmpfs=/opt/new:mode\\x3d0750:uid\\x3d5:gid\\x3d6;/tmp$' "$W/log" || fail "$(cat "$W/log")"
}

@test "a root on vfs is logged as having no upper directory" {
	export DRIVER=vfs
	PODMAN_PREFIX=()
	import_image
	PODMAN_PREFIX=("$SYSLOG_RUN" "$W/log")
	container_options
	podman run --rm "${OPTIONS[@]}" localhost/orh-test true
	grep -q ' result=none reason=its.x20root.x20has.x20no.x20upper.x20directory$' "$W/log" || fail "$(cat "$W/log")"
}

@test "a container that the hook made read-only keeps its list" {
	cp "$SUITE/hooks.d/oci-readonly-hook.json" "$HOOKS/"
	container_options
	podman run --rm "${OPTIONS[@]}" --annotation "$KEY=true" --annotation "$LIST_KEY=/run;/var/lib/app" localhost/orh-test \
		sh -c 'echo 1 >/run/service.pid; echo x >/var/lib/app/x'
	rm "$HOOKS/oci-readonly-hook.json"
	lessons '/run;/tmp;/var/lib/app'
}
