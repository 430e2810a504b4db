#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# A tmpfs of the engine at a listed path: an annotation's entry replaces it, and an operator's default yields to it.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }

teardown()
{
	if [ -n "${VOLUME:-}" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		in_lab umount -l "$VOLUME"
	fi
	bundle_end
}

@test "an entry replaces the engine's tmpfs, with the image's files and only the entry's options" {
	readonly_root
	engine_tmpfs /run rw nosuid nodev size=64k mode=0700
	engine_tmpfs /srv rw nosuid nodev noexec mode=1777
	tmpfs '/run:exec:size=1m;/srv'
	create
	is_ours /run /srv
	same "$(our_mounts)" 2
	has_option /run size=1024k nosuid nodev
	lacks_option /run noexec
	same "$(cat "$ROOT/run/app/pid")" pid
	is /run/app '%a %u:%g' '2750 33:44'
	is /run '%a' 755
	is /srv '%a %y' "$(stat -c '%a %y' "$W/rootfs/srv")"
	writable /run
	not_writable /usr
}

@test "mounts on the engine's tmpfs move onto the hook's" {
	mkdir -p "$W/volume/sub"
	echo secret >"$W/secret"
	engine_tmpfs /run rw nosuid nodev
	add_mount /run/secrets/token "$W/secret" bind ro
	add_mount /run/volume "$W/volume" rbind rw
	tmpfs /run
	create
	is_ours /run
	same "$(mounts_at /run/secrets/token)" 1
	same "$(mounts_at /run/volume)" 1
	same "$(cat "$ROOT/run/secrets/token")" secret
	same "$(cat "$ROOT/run/app/pid")" pid
	touch "$ROOT/run/volume/sub/x"
	[ -e "$W/volume/sub/x" ]
}

@test "the container sees the entry's tmpfs, also after the runtime has finished" {
	readonly_root
	engine_tmpfs /run rw nosuid nodev mode=0700
	tmpfs '/run:noexec:size=1m'
	inside 'grep " /run " /proc/mounts | tail -n 1 | cut -d " " -f 1-3; grep " /run " /proc/mounts | tail -n 1 | grep -o noexec
		cat /run/app/pid; touch /run/x && echo written; touch /usr/x'
	same "$output" $'oci-readonly-hook /run tmpfs\nnoexec\npid\nwritten\ntouch: /usr/x: Read-only file system'
}

@test "each kind of seed replaces the engine's tmpfs" {
	local seed

	for seed in copy none overlay; do
		again
		config 'del(.mounts[] | select(.destination == "/run"))'
		engine_tmpfs /run rw nosuid nodev
		tmpfs "/run:seed=$seed"
		create
		case $seed in
		none) [ ! -e "$ROOT/run/app" ] ;;
		*) same "$(cat "$ROOT/run/app/pid")" pid ;;
		esac
		same "$(mount_fs /run | cut -d ' ' -f 2)" oci-readonly-hook
	done
}

@test "a link, nested entries and a second run work on the engine's tmpfs" {
	engine_tmpfs /run rw nosuid nodev
	tmpfs '/var/run:size=1m;/run/app;/run/new/dir'
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	is_ours /run /run/app /run/new/dir
	same "$(our_mounts)" 3
	same "$(cat "$ROOT/run/app/pid")" pid
}

@test "an entry below the engine's tmpfs is mounted on it" {
	engine_tmpfs /run rw nosuid nodev
	tmpfs '/run/app;/run/new'
	create
	is_ours /run/app /run/new
	same "$(mount_fs /run | cut -d ' ' -f 2)" tmpfs
	same "$(cat "$ROOT/run/app/pid")" pid
}

@test "an operator's default on or below the engine's tmpfs yields" {
	engine_tmpfs /run rw nosuid nodev
	hook_options --readonly --tmpfs=/run --tmpfs=/run/app --tmpfs=/srv
	create
	is_ours /srv
	same "$(our_mounts)" 1
	same "$(mount_fs /run | cut -d ' ' -f 2)" tmpfs
}

@test "73: a volume mounted on the engine's tmpfs is left alone, even if it is a tmpfs" {
	host_tmpfs
	engine_tmpfs /run rw nosuid nodev
	add_mount /var/run "$W/volume" bind rprivate
	tmpfs /run
	refused 73 "/run: it is already a mount of the container (tmpfs from tmpfs)"
	again
	tmpfs /var/run
	refused 73 "/var/run: it resolves to /run, which is already a mount of the container (tmpfs from tmpfs)"
	in_lab test -e "$W/volume/precious"
}

@test "73: a tmpfs of the host is a volume, even if config.json gives it the type tmpfs" {
	host_tmpfs
	jq --arg source "$W/volume" \
		'.mounts += [{destination: "/srv", type: "tmpfs", source: $source, options: ["bind", "rprivate"]}]' \
		"$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	tmpfs /srv
	refused 73 "/srv: it is already a mount of the container (tmpfs from tmpfs)"
}

@test "73: the engine's tmpfs is read-only or contains a device" {
	engine_tmpfs /run ro nosuid nodev
	tmpfs /run
	refused 73 '/run: it is a tmpfs that the engine makes read-only (ro)'
	again
	config 'del(.mounts[] | select(.destination == "/run"))'
	engine_tmpfs /run rw nosuid
	config '.linux.devices = [{path: "/var/run/device", type: "c", major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0}]'
	refused 73 '/run: it is a tmpfs that the engine puts the device /var/run/device on'
}

@test "73: the runtime's tmpfs on /dev and /dev/shm cannot be replaced" {
	tmpfs /dev
	refused 73 "/dev: it is the container's device directory"
	again
	tmpfs /dev/shm
	refused 73 "/dev/shm: it is the container's shared memory"
}
