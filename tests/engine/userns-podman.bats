#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# podman started by root, with a user namespace for the container and an imported image.

load lib
load podman

setup_file()
{
	suite_begin
	[ -z "$OBSTACLE" ] || return 0
	user_begin
	# --userns=auto takes its ids from the subordinate ids of this user. root starts podman.
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n[storage.options]\nroot-auto-userns-user = "%s"\n' \
		"$SUITE/p/none" "$SUITE/p/none.run" "$ORH_USER" >"$SUITE/storage.conf"
	export CONTAINERS_STORAGE_CONF=$SUITE/storage.conf
	export ORH_USER=
	podman_begin
	DRIVER=overlay import_image
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

uidmap()
{
	ask --uidmap "0:$HOST_IDS:65536" --user 7:8 localhost/orh-test sh -c "$OWNERS"
	owners_hold 7:8
	root_writes --uidmap "0:$HOST_IDS:65536"
}

auto()
{
	ask --userns=auto --user 7:8 localhost/orh-test sh -c "$OWNERS"
	owners_hold 7:8
	root_writes --userns=auto
}

@test "--uidmap, vfs: owners are the container's ids, and root can write to both kinds of seed" { uidmap; }

@test "--uidmap, overlay: owners are the container's ids, and root can write to both kinds of seed" { DRIVER=overlay uidmap; }

@test "--userns=auto, vfs: owners are the container's ids, and root can write to both kinds of seed" { auto; }

@test "--userns=auto, overlay: owners are the container's ids, and root can write to both kinds of seed" { DRIVER=overlay auto; }

@test "--userns=auto: a uid= beyond the container's ids is refused" {
	ENTRIES=/run:uid=5000
	ask --userns=auto:size=2000 localhost/orh-test true
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	[ "$RUNTIME" = crun ] || [[ $output == *'uid=5000 is not mapped'* ]] || fail "$output"
	ENTRIES=/run:uid=1999
	ask --userns=auto:size=2000 localhost/orh-test stat -c %u /run
	same "$output" 1999
}

# The first container has no /dev/shm: on a busy machine, podman 4.3 fails to unmount its own for a container with --uidmap, with or
# without a hook, and then cannot remove the container.
@test "--userns=container: another container's user namespace is joined" {
	local options=()

	[ -z "$LAB_PID" ] || options=(--cgroups=disabled)
	podman run --detach --interactive --name first --network none --ipc none --uidmap "0:$HOST_IDS:65536" \
		--ulimit "nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)" \
		--ulimit "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)" "${options[@]}" localhost/orh-test sleep 100 >"$W/log" 2>&1
	ENTRIES='/run:uid=5;/srv:seed=overlay'
	ask --userns container:first localhost/orh-test sh -c 'stat -c %u /run /srv; touch /run/x /srv/x && stat -c %u /run/x; touch /x 2>&1'
	same "$output" $'5\n0\n0\ntouch: /x: Read-only file system'
	ENTRIES=/run:uid=70000
	ask --userns container:first localhost/orh-test true
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	podman rm --force --time 0 first >"$W/log" 2>&1 || fail "$(cat "$W/log")"
}

@test "--uidmap and --rootfs: a directory that belongs to the container's root is protected" {
	cp -a "$SUITE/base" "$W/rootfs"
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	ask --uidmap "0:$HOST_IDS:65536" --rootfs "$W/rootfs" sh -c 'stat -c "%n %a %u:%g" /etc/app.conf /run /srv
		touch /etc/x /run/x /srv/x /var/lib/app/x && touch /x 2>&1'
	same "$output" $'/etc/app.conf 640 0:0\n/run 755 5:6\n/srv 711 0:0\ntouch: /x: Read-only file system'
	[ ! -e "$W/rootfs/etc/x" ] && [ ! -e "$W/rootfs/srv/x" ]
}

# podman has options that give a volume to the container's user. The mount that crun made is the one that moves.
@test "--uidmap: volumes with U and idmap below a tmpfs stay" {
	local ids='65534:65534'

	# podman 4.3's request has no effect with runc.
	[ "$RUNTIME" = runc ] || ids=0:0
	mkdir "$W/v"
	: >"$W/v/file"
	ENTRIES='/etc;/srv:seed=overlay'
	ask --uidmap "0:$HOST_IDS:65536" --user 7:8 -v "$W/v:/etc/idmap:idmap" -v "orh-$BATS_TEST_NUMBER:/srv/v:U" localhost/orh-test sh -c '
		stat -c "%n %u:%g" /etc/idmap/file /srv/v; touch /srv/v/x && stat -c %u:%g /srv/v/x; grep -c " /etc/idmap " /proc/mounts'
	podman volume rm --force "orh-$BATS_TEST_NUMBER" >"$W/log" 2>&1
	same "$output" "/etc/idmap/file $ids"$'\n/srv/v 7:8\n7:8\n1'
}

# Here, a device is a bind mount of the host's. crun then reports "bundle": "/", and keeps a copy of config.json elsewhere.
@test "--uidmap and --device: works although crun reports / as the bundle" {
	mkdir "$W/hooks.d"
	# shellcheck disable=SC2153 # the runner sets it
	printf '#!/bin/sh\n/usr/bin/tee "%s" | "%s"\n' "$W/state.json" "$HOOK" >"$W/hook"
	chmod 0755 "$W/hook"
	jq --arg hook "$W/hook" '.hook.path = $hook' "$SUITE/hooks.d/oci-readonly-hook.json" >"$W/hooks.d/hook.json"
	HOOKS=$W/hooks.d
	ENTRIES='/etc;/run:uid=5'
	ask --uidmap "0:$HOST_IDS:65536" --device /dev/zero localhost/orh-test \
		sh -c 'head -c 2 /dev/zero | wc -c; stat -c %u /etc /run; touch /x 2>&1'
	same "$output" $'2\n0\n5\ntouch: /x: Read-only file system'
	echo "# the bundle is $(jq -r .bundle "$W/state.json" | sed 's|^/.*/|.../|')" >&3
}
