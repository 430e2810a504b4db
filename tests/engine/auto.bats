#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# seed=auto: a small seed is copied, a large one becomes an overlay; without an overlay, everything is copied.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	PREFIX=("$SYSLOG_RUN" "$W/log")
	LEVELS=()
}

teardown()
{
	local dir

	runtime delete --force "$ID" >/dev/null 2>&1 || true
	for dir in "${LEVELS[@]}"; do
		in_lab umount "$dir"
	done
	bundle_end
}

# took PATH FSTYPE REASON: the filesystem that is mounted there, and the reason in the log.
took()
{
	local seed=copy

	[ "$2" = tmpfs ] || seed=overlay
	[[ $(mount_fs "$1") == "$2 oci-readonly-hook "* ]] || fail "$1: $(mount_fs "$1")"
	grep -q " path=$1 seed=$seed auto=$3 size=" "$W/log" || fail "$1: not $seed by $3" "$(cat "$W/log")"
	if [ "$2" = tmpfs ]; then
		diff -r --no-dereference "$W/rootfs$1" "$ROOT$1"
	fi
}

# files DIRECTORY COUNT: creates COUNT files in the image's directory.
files()
{
	mkdir -p "$W/rootfs$1"
	(cd "$W/rootfs$1" && seq "$2" | xargs touch)
}

@test "auto: copies a small, an empty and a missing directory" {
	readonly_root
	tmpfs '/etc:seed=auto;/srv:seed=auto;/missing/too:seed=auto;/opt'
	create
	took /etc tmpfs small
	took /srv tmpfs small
	is /srv '%a %y' "711 $(stat -c %y "$W/rootfs/srv")"
	is /missing/too %a 1777
	grep -q ' path=/missing/too seed=copy auto=small ' "$W/log"
	grep -q ' path=/opt seed=copy size=' "$W/log" || fail "$(cat "$W/log")"
}

@test "auto: copies 4,096 inodes including the directory, and overlays one more" {
	files /srv/most 4094
	files /opt/more/than/that 4093
	mkdir "$W/rootfs/opt/more/one"
	rm "$W"/rootfs/opt/{escape,loop}
	tmpfs '/srv:seed=auto;/opt:seed=auto'
	create
	took /srv tmpfs small
	took /opt overlay files
	same "$(find "$ROOT/opt" | wc -l)" 4098
	writable /opt/more
}

@test "auto: copies 64 MiB, overlays one page more, and does not count holes" {
	head -c $((64 * 1024 * 1024)) /dev/zero >"$W/rootfs/srv/file"
	head -c $((64 * 1024 * 1024 + 1)) /dev/zero >"$W/rootfs/opt/file"
	truncate -s 1g "$W/rootfs/etc/sparse"
	tmpfs '/srv:seed=auto:size=80m;/opt:seed=auto;/etc:seed=auto'
	create
	took /srv tmpfs small
	took /opt overlay bytes
	is /etc/sparse %s $((1024 * 1024 * 1024))
	grep -q ' path=/etc seed=copy auto=small ' "$W/log" || fail "$(cat "$W/log")"
}

@test "auto: overlays a seed that exceeds size= or nr_inodes=" {
	head -c 2000000 /dev/zero >"$W/rootfs/srv/file"
	files /opt/many 100
	tmpfs '/srv:seed=auto:size=1m;/opt:seed=auto:nr_inodes=50'
	create
	took /srv overlay size
	took /opt overlay size
	is /srv/file %s 2000000
	runtime delete --force "$ID"
	rm "$W"/hook.status "$W/log"
	hook_options --max-size=1m --max-inodes=50
	tmpfs '/srv:seed=auto;/opt:seed=auto'
	create
	took /srv overlay size
	took /opt overlay size
}

@test "auto: does not count files below other entries and kept mounts" {
	mkdir "$W/volume"
	files /srv/volume 5000
	files /srv/entry 5000
	add_mount /srv/volume "$W/volume" bind rw
	tmpfs '/srv:seed=auto;/srv/entry:seed=auto'
	create
	grep -q ' path=/srv seed=copy auto=small ' "$W/log" || fail "$(cat "$W/log")"
	took /srv/entry overlay files
	same "$(ls -A "$ROOT/srv/volume")" ''
}

@test "auto: works in a user namespace" {
	files /srv/many 5000
	chmod a+x "$W" "$SUITE"
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	tmpfs '/srv:seed=auto;/etc:seed=auto'
	create
	if kernel_at_least 6.6; then
		took /srv overlay files
		rm -r "$ROOT/srv/many"
	else
		took /srv tmpfs no-overlay
	fi
	took /etc tmpfs small
}

# levels COUNT: stacks COUNT overlays on the image.
levels()
{
	local level lower=$W/rootfs

	for level in $(seq "$1"); do
		mkdir -p "$W/level$level"/{upper,work}
		in_lab mount -t overlay -o "lowerdir=$lower,upperdir=$W/level$level/upper,workdir=$W/level$level/work" none "$W/rootfs" ||
			skip 'no overlay to be had here'
		LEVELS=("$W/rootfs" "${LEVELS[@]}")
	done
}

@test "auto: copies everything if the kernel allows no further overlay level" {
	files /srv/many 5000
	levels 2
	tmpfs /srv:seed=overlay
	refused 69 /srv seed=copy
	rm "$W"/hook.{status,err} "$W/log"
	tmpfs '/srv:seed=auto'
	create
	[[ $(mount_fs /srv) == 'tmpfs oci-readonly-hook '* ]] || fail "$(mount_fs /srv)"
	grep -q ' path=/srv seed=copy auto=no-overlay size=0 files=5001 ' "$W/log" || fail "$(cat "$W/log")"
	same "$(find "$ROOT/srv/many" -type f | wc -l)" 5000
}

@test "auto: refuses a copy that does not fit if no overlay is possible" {
	head -c 2000000 /dev/zero >"$W/rootfs/srv/file"
	levels 2
	tmpfs '/srv:seed=auto:size=1m'
	refused 74 /srv 'does not fit' 1048576
}
