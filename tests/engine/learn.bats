#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly learn at the end of containers. tests/learn contains what engines gave a poststop hook: the relevant parts of state
# and config.json. The tests create the engines' storage, and write to it as a service does.

load lib
load tool

LEARN=$BATS_TEST_DIRNAME/../learn
TOP=io.containers.readonly

setup_file()
{
	RUNTIME=none
	suite_begin
	tool_begin
}

teardown_file() { suite_end; }

setup()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	mkdir "$W"
	host_mounts >"$W/mounts.before"
}

teardown()
{
	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	awk -v w="$W/" 'index($5, w) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r target; do
		umount "$target"
	done
	nothing_left
	rm -rf --one-file-system "$W"
}

# sample NAME: copies its files, with the host's paths moved below $W/host. Sets $MERGED to the container's root.
sample()
{
	local host=$W/host dir

	mkdir -p "$host"
	jq --arg host "$host" '.bundle |= $host + .' "$LEARN/$1/state.json" >"$W/state.json"
	BUNDLE=$(jq -r .bundle "$W/state.json")
	ID=$(jq -r .id "$W/state.json")
	[ -e "$LEARN/$1/config.json" ] || return 0
	mkdir -p "$BUNDLE"
	jq --arg host "$host" '(.mounts[].source |= $host + .) | if .root.path[:1] == "/" then .root.path |= $host + . else . end' \
		"$LEARN/$1/config.json" >"$BUNDLE/config.json"
	MERGED=$(jq -r .root.path "$BUNDLE/config.json")
	[ "${MERGED:0:1}" = / ] || MERGED=$BUNDLE/$MERGED
	mkdir -p "$MERGED"
}

# storage [INIT]: creates storage as podman, CRI-O and Docker lay it out. Sets $UPPER and $HOME_DIR. The image's layer is LAYER.
storage()
{
	HOME_DIR=$(dirname "$(dirname "$MERGED")")
	UPPER=${MERGED%/merged}/diff
	mkdir -p "$HOME_DIR/l" "$HOME_DIR/LAYER" "$UPPER" "${MERGED%/merged}/work"
	cp -a "$SUITE/base" "$HOME_DIR/LAYER/diff"
	find "$HOME_DIR/LAYER/diff" -depth -type d -exec touch -d '2020-01-01' {} +
	ln -s ../LAYER/diff "$HOME_DIR/l/SHORT"
	LOWER=l/SHORT
	if [ "${1:-}" = init ]; then
		mkdir -p "$HOME_DIR/CONTAINER-init/diff"
		ln -s ../CONTAINER-init/diff "$HOME_DIR/l/INIT"
		LOWER=l/INIT:l/SHORT
	fi
	printf %s "$LOWER" >"${MERGED%/merged}/lower"
}

mount_absolute()
{
	mount -t overlay -o "lowerdir=${LOWER//l\//$HOME_DIR/l/},upperdir=$UPPER,workdir=${UPPER%/diff}/work" overlay "$MERGED"
}

# How engines mount more layers than fit into a page of options.
mount_relative()
{
	local id=${UPPER%/diff}

	id=${id##*/}
	(cd "$HOME_DIR" && mount -t overlay -o "lowerdir=$LOWER,upperdir=$id/diff,workdir=$id/work" overlay "$MERGED")
}

# What the engine creates in the root, and what the container of the samples does some time later.
engine_writes() { touch "$MERGED/etc/hostname" "$MERGED/etc/resolv.conf" "$MERGED/run/.containerenv"; }

service_writes()
{
	sleep 0.3
	echo 1 >"$MERGED/run/x.pid"
	mkdir "$MERGED/tmp/d" && rmdir "$MERGED/tmp/d"
	echo bye >"$MERGED/var/lib/app/at-exit"
	rm "$MERGED/run/x.pid"
}

container_lives()
{
	engine_writes
	service_writes
}

# learn: sets $LINE to the logged line, without date and tag, or to "" if nothing was logged.
learn()
{
	rm -f "$W/log"
	run "$SYSLOG_RUN" "$W/log" "$TOOL" learn <"$W/state.json"
	same "$status" 0
	same "$output" ''
	LINE=$(cat "$W/log" 2>/dev/null)
	[ -z "$LINE" ] || [[ $LINE =~ ^'<30>'.*' oci-readonly-learn['[0-9]+']: ' ]] || fail "$LINE"
	LINE=${LINE#*\]: }
}

# learned IMAGE LAYER LIST: exactly this is logged.
learned()
{
	learn
	same "$LINE" "container=${ID:0:12} image=$1 layer=$2 result=complete $TOP=true $TOP.tmpfs=$3"
}

@test "CRI-O 1.26: the overlay that is still mounted is read" {
	sample crio-1.26
	storage
	mount_absolute
	container_lives
	learned localhost/bb:latest LAYER '/run;/tmp;/var/lib/app'
}

@test "CRI-O 1.32: the overlay is unmounted already, and found in the storage" {
	sample crio-1.32
	storage
	mount_absolute
	container_lives
	umount "$MERGED"
	learned localhost/bb:latest LAYER '/run;/tmp;/var/lib/app'
}

@test "containerd: the overlay at the bundle's rootfs is read" {
	sample containerd
	mkdir -p "$W/host/snapshots/1/fs" "$W/host/snapshots/3/fs" "$W/host/snapshots/3/work"
	cp -a "$SUITE/base/." "$W/host/snapshots/1/fs"
	find "$W/host/snapshots/1/fs" -depth -type d -exec touch -d '2020-01-01' {} +
	mount -t overlay -o "lowerdir=$W/host/snapshots/1/fs,upperdir=$W/host/snapshots/3/fs,workdir=$W/host/snapshots/3/work" \
		overlay "$MERGED"
	container_lives
	learned docker.io/library/bb:latest 1 '/run;/tmp;/var/lib/app'
}

@test "Docker: the image's name is in config.v2.json, and the container's init layer is not logged" {
	local dir

	sample docker
	storage init
	mount_absolute
	container_lives
	dir=$(dirname "$(jq -r '.mounts[] | select(.destination == "/etc/hostname").source' "$BUNDLE/config.json")")
	mkdir -p "$dir"
	echo '{"Config": {"Image": "debian:12"}, "Image": "sha256:1234"}' >"$dir/config.v2.json"
	learned debian:12 LAYER '/run;/tmp;/var/lib/app'
}

@test "relative layers of a long mount are found below the storage" {
	sample docker
	storage init
	mount_relative
	container_lives
	learn
	same "$LINE" "container=${ID:0:12} layer=LAYER result=complete $TOP=true $TOP.tmpfs=/run;/tmp;/var/lib/app"
}

@test "an idle container needs only /tmp" {
	sample crio-1.26
	storage
	mount_absolute
	engine_writes
	learned localhost/bb:latest LAYER '/tmp'
}

@test "a container that had tmpfs still needs them" {
	sample crio-1.26
	storage
	mount_absolute
	jq --arg key "$TOP" '.annotations += {($key): "true", ($key + ".tmpfs"): "/var/lib/app:size=1m:exec;/opt/x:mode=0750:uid=5"}' \
		"$BUNDLE/config.json" >"$W/config.new"
	mv "$W/config.new" "$BUNDLE/config.json"
	engine_writes
	learned localhost/bb:latest LAYER '/opt/x:mode\x3d0750:uid\x3d5;/tmp;/var/lib/app:exec'
}

@test "with --uidmap, owners are logged as the container's ids" {
	sample crio-1.26
	storage
	mount_absolute
	jq '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' \
		"$BUNDLE/config.json" >"$W/config.new"
	mv "$W/config.new" "$BUNDLE/config.json"
	engine_writes
	mkdir -m 0750 "$MERGED/srv/new" && chown 100005:100006 "$MERGED/srv/new"
	learned localhost/bb:latest LAYER '/srv/new:mode\x3d0750:uid\x3d5:gid\x3d6;/tmp'
}

@test "a root without an upper directory is logged as such" {
	sample crio-1.26
	rmdir "$MERGED"
	jq --arg path "$W/plain" '.root.path = $path' "$BUNDLE/config.json" >"$W/config.new"
	mv "$W/config.new" "$BUNDLE/config.json"
	cp -a "$SUITE/base" "$W/plain"
	learn
	same "$LINE" "container=${ID:0:12} image=localhost/bb:latest result=none reason=its\\x20root\\x20has\\x20no\\x20upper\\x20directory"
}

@test "a list that is too long for the log is logged as such" {
	local list i

	sample crio-1.26
	storage
	mount_absolute
	list=$(for i in $(seq 30); do printf '/d%03d/%0150d;' "$i" 0; done)
	jq --arg key "$TOP" --arg list "$list" '.annotations += {($key + ".tmpfs"): $list}' "$BUNDLE/config.json" >"$W/config.new"
	mv "$W/config.new" "$BUNDLE/config.json"
	learn
	same "$LINE" "container=${ID:0:12} image=localhost/bb:latest layer=LAYER result=none reason=the\\x20list\\x20is\\x20too\\x20long\\x20for\\x20the\\x20log"
}

@test "storage that lacks the list of layers, or the upper directory, is logged as such" {
	sample crio-1.32
	storage
	rm "${UPPER%/diff}/lower"
	learn
	[[ $LINE == *'result=none reason=its\x20storage\x20does\x20not\x20list\x20its\x20layers' ]] || fail "$LINE"
	rmdir "$UPPER"
	learn
	[[ $LINE == *'result=none reason=its\x20root\x20has\x20no\x20upper\x20directory' ]] || fail "$LINE"
}

@test "podman 5 with --uidmap: config.json's root exists only in a private mount namespace" {
	local graph bundle

	sample crio-1.32
	storage
	mount_absolute
	container_lives
	umount "$MERGED"
	# The storage of podman: the bundle is below the graph root, whose list names the layer.
	graph=$(dirname "$HOME_DIR")
	mkdir -p "$graph/overlay-containers/$ID" "$W/host/tmp/intermediate-mountpoint-0.0/merged"
	bundle=$graph/overlay-containers/$ID/userdata
	mv "$BUNDLE" "$bundle"
	jq --arg bundle "$bundle" '.bundle = $bundle' "$W/state.json" >"$W/state.new"
	mv "$W/state.new" "$W/state.json"
	jq --arg root "$W/host/tmp/intermediate-mountpoint-0.0" '.root.path = $root' "$bundle/config.json" >"$W/config.new"
	mv "$W/config.new" "$bundle/config.json"
	learn
	[[ $LINE == *'result=none reason=its\x20root\x20has\x20no\x20upper\x20directory' ]] || fail "$LINE"
	jq -n --arg id "$ID" --arg layer "$(basename "$(dirname "$MERGED")")" '[{id: "other", layer: "x"}, {id: $id, layer: $layer}]' \
		>"$graph/overlay-containers/containers.json"
	learn
	[[ $LINE == *" layer=LAYER result=complete $TOP=true $TOP.tmpfs="* ]] || fail "$LINE"
	# Not a name of a directory.
	jq -n --arg id "$ID" '[{id: $id, layer: "../overlay"}]' >"$graph/overlay-containers/containers.json"
	learn
	[[ $LINE == *'result=none reason=its\x20root\x20has\x20no\x20upper\x20directory' ]] || fail "$LINE"
}

@test "nothing is logged for a second run, a removed container or a sandbox" {
	sample podman-second-run
	learn
	same "$LINE" ''
	# The root may be removed first, too.
	sample crio-1.32
	rm -r "${MERGED%/merged}"
	learn
	same "$LINE" ''
	jq --arg id "$ID" '.annotations += {"io.kubernetes.cri-o.ContainerType": "sandbox", "io.kubernetes.cri-o.SandboxID": $id}' \
		"$BUNDLE/config.json" >"$W/config.new"
	mv "$W/config.new" "$BUNDLE/config.json"
	mkdir -p "$MERGED"
	learn
	same "$LINE" ''
}

@test "invalid input is logged with a reason, and the exit status is 0" {
	local state

	for state in '' '{}' nothing '{"id":"x","bundle":5}' '{"id":"x","bundle":"relative"}'; do
		echo "$state" >"$W/state.json"
		learn
		[[ $LINE == *'result=none reason=state'* ]] || fail "$LINE"
	done
	run "$TOOL" learn --nonsense
	same "$status" 0
	run "$TOOL" learn operand
	same "$status" 0
}

@test "endless input and a log that nobody reads do not block it" {
	mkfifo "$W/fifo"
	sleep 30 3>&- >"$W/fifo" &
	run timeout 20 "$TOOL" learn <"$W/fifo"
	kill $!
	same "$status" 0
	sample crio-1.26
	storage
	mount_absolute
	engine_writes
	run "$SYSLOG_RUN" - timeout 20 "$TOOL" learn <"$W/state.json"
	same "$status" 0
}

@test "suggest --learned prints one result for each image" {
	sample crio-1.26
	storage
	mount_absolute
	container_lives
	learn
	{
		cat "$W/log"
		echo
		echo "Nov 28 12:00:00 host oci-readonly-learn[1]: container=1 image=localhost/bb:latest result=complete $TOP=true" \
			"$TOP.tmpfs=/srv/x:exec"
		echo "container=2 image=other result=cut $TOP=true"
		printf '%s\n' 'container=3 image=other result=none reason=its\x20root\x20has\x20no\x20upper\x20directory'
		echo 'what somebody else says'
	} >"$W/lines"
	run --separate-stderr "$TOOL" suggest --learned <"$W/lines"
	same "$status" 0
	same "$output" "# localhost/bb:latest (containers: 2)
$TOP=true
$TOP.tmpfs=/run;/srv/x:exec;/tmp;/var/lib/app

# other (containers: 1)
$TOP=true"
	[[ $stderr == *'other: directories may be missing: containers that wrote more than learn could read: 1'* ]]
	[[ $stderr == *'other: containers without a result: 1: its root has no upper directory'* ]]
	[[ $stderr == *"lines that are not learn's, and were ignored: 1"* ]]
}
