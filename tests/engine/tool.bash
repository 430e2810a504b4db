# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# oci-readonly on containers whose root is an overlay of the test. Load it after lib.bash, and
# after podman.bash if that is used.

# A copy that users other than root can start.
tool_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	cp "$BUILDDIR/oci-readonly" "$SUITE/oci-readonly"
	chmod 0755 "$SUITE/oci-readonly"
	export TOOL=$SUITE/oci-readonly
	bats_require_minimum_version 1.5.0
}

# podman with the tool, an image whose directories are old, and storage with the upper directories that suggest and learn read.
tool_podman_begin()
{
	tool_begin
	[ -z "$OBSTACLE" ] || return 0
	make_old "$SUITE/base"
	export DRIVER=overlay
	podman_begin
}

# The same with the hooks file examples/learn.json instead of the hook's.
learn_begin()
{
	tool_podman_begin
	[ -z "$OBSTACLE" ] || return 0
	mkdir "$SUITE/learn.d"
	jq --arg path "$TOOL" '.hook.path = $path' "$BATS_TEST_DIRNAME/../../examples/learn.json" >"$SUITE/learn.d/learn.json"
	export HOOKS=$SUITE/learn.d
}

# After bundle_begin: turns the rootfs into an overlay of the image, whose files are old, with the upper directory $W/upper.
overlay_begin()
{
	mv "$W/rootfs" "$W/image"
	make_old "$W/image"
	mkdir "$W/upper" "$W/work" "$W/rootfs"
	in_lab mount -t overlay -o "lowerdir=$W/image,upperdir=$W/upper,workdir=$W/work" overlay "$W/rootfs"
}

# The same as engines mount an image of many layers: with names in their storage.
overlay_relative()
{
	in_lab umount "$W/rootfs"
	mkdir -p "$W/storage/l" "$W/storage/ID/merged" "$W/storage/ID/work"
	mv "$W/upper" "$W/storage/ID/diff"
	ln -s "$W/image" "$W/storage/l/IMAGE"
	in_lab sh -c 'cd "$1" && mount -t overlay -o lowerdir=l/IMAGE,upperdir=ID/diff,workdir=ID/work overlay ID/merged' sh "$W/storage"
	config --arg path "$W/storage/ID/merged" '.root.path = $path'
	in_lab grep -q ',upperdir=ID/diff,' /proc/self/mountinfo
}

overlay_end()
{
	local target

	[ -n "${W:-}" ] || return 0
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	for target in "$W/rootfs" "$W/storage/ID/merged"; do
		if in_lab mountpoint -q "$target"; then
			in_lab umount "$target"
		fi
	done
}

# Waits until the script of running or box has ended.
has_run()
{
	for _ in $(seq 200); do
		[ ! -e "/proc/$PID/root/dev/shm/done" ] || return 0
		sleep 0.05
	done
	fail 'the container does not get that far'
}

# running SCRIPT: starts a container that runs the script and keeps running. Sets $PID to its process.
running()
{
	config --arg script "$1; : >/dev/shm/done; exec sleep 1000" '.process.args = ["/bin/sh", "-c", $script]
		| .process.capabilities[] += ["CAP_MKNOD"]'
	create
	runtime start "$ID"
	has_run
}

# suggests VALUE [OPTION...]: the suggested list of tmpfs for $PID is VALUE. Sets $VALUE.
suggests()
{
	local want=io.containers.readonly=true

	VALUE=$1
	shift
	[ -z "$VALUE" ] || want+=$'\n'"io.containers.readonly.tmpfs=$VALUE"
	run --separate-stderr in_lab "$TOOL" suggest "$@" "$PID"
	same "$status" 0
	same "$output" "$want"
}

# A directory whose path is longer than a path may be.
deepen()
{
	local name

	name=$(printf 'd%.0s' $(seq 200))
	(
		cd "$1" || exit 1
		for _ in $(seq 30); do
			mkdir "$name" && cd -P "$name" || exit 1
		done
	)
}

# box SCRIPT [OPTION...]: a podman container that runs the script and keeps running. Sets $PID to its process.
box()
{
	local script=$1

	shift
	container_options
	podman run --detach --name box "${OPTIONS[@]}" "$@" localhost/orh-test \
		sh -c "$script; : >/dev/shm/done; exec sleep 1000" >"$W/run.log" 2>&1 || fail "$(cat "$W/run.log")"
	PID=$(podman inspect --format '{{.State.Pid}}' box)
	has_run
}

box_end()
{
	podman rm --force --time 0 box >/dev/null 2>&1 || true
}
