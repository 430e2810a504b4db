#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Which cgroup a seed's memory counts to, with the memory controller of either version; and that the hook changes no other
# accounting.

load lib
load podman

MIB=$((1024 * 1024))

setup_file()
{
	export LAB_CGROUPS=v1
	suite_begin
	podman_begin
	[ -z "$OBSTACLE" ] || return 0
	mkdir "$SUITE/large"
	cp -a "$SUITE/base/." "$SUITE/large"
	head -c $((64 * MIB)) /dev/urandom >"$SUITE/large/srv/file"
	tar -C "$SUITE/large" -cf "$SUITE/large.tar" .
	podman import -q "$SUITE/large.tar" localhost/orh-large >"$SUITE/import.log" 2>&1
	rm -r "$SUITE/large" "$SUITE/large.tar"
}

teardown_file() { podman_end; }

setup()
{
	bundle_begin
	if grep -q '^[0-9]*:\([^:]*,\)\?memory[:,]' /proc/self/cgroup; then
		V=1
		CGROUPS=/sys/fs/cgroup/memory
	else
		V=2
		CGROUPS=/sys/fs/cgroup
		# runc uses all of these controllers, which also shows in the engine's cgroup.
		for controller in $(cat "$CGROUPS/cgroup.controllers"); do
			echo "+$controller" >"$CGROUPS/cgroup.subtree_control" || [ "$controller" != memory ]
		done
	fi
	NAME=orh-$ID
	config --arg path "/$NAME" '.linux.cgroupsPath = $path'
	head -c $((64 * MIB)) /dev/urandom >"$W/rootfs/srv/file"
}

teardown()
{
	local dir left

	[ -n "${NAME:-}" ] || return 0
	silent_volume_end
	bundle_end
	for dir in "/sys/fs/cgroup/$NAME".* /sys/fs/cgroup/*/"$NAME".*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
	left=$(find /sys/fs/cgroup -name "$NAME*")
	[ -z "$left" ] || fail 'left behind:' "$left"
}

# limit CGROUP BYTES
limit()
{
	if [ "$V" = 1 ]; then
		echo "$2" >"$CGROUPS/$1/memory.limit_in_bytes"
	else
		echo "$2" >"$CGROUPS/$1/memory.max"
	fi
}

# The bytes in tmpfs that a cgroup is charged for.
shmem()
{
	awk '$1 == "shmem" { print $2 }' "$CGROUPS/$1/memory.stat"
}

# All settings of a cgroup, and how often its limit was hit.
settings()
{
	local file

	for file in "$CGROUPS/$1"/*{limit,max,high,low,min,swappiness,oom_control,oom.group,events,failcnt,procs,controllers,subtree_control}*; do
		case ${file##*/} in
		*usage* | *peak* | *stat* | *slabinfo*) continue ;;
		esac
		[ ! -r "$file" ] || echo "${file##*/}: $(tr '\n' ' ' <"$file" 2>/dev/null)"
	done
}

# What the runtime may use in tmpfs: runc 1.1.15 keeps a copy of its program there, charged to the engine or to the container.
case $RUNTIME in
runc) RUNTIMES_OWN=$((16 * MIB)) ;;
*) RUNTIMES_OWN=0 ;;
esac

# said_room TEXT BYTES: the text says that a limit of BYTES leaves that much, or that much minus the runtime's own use.
said_room()
{
	local said

	said=$(sed -n 's/.* leaves it \([0-9]*\) at most.*/\1/p' <<<"$1")
	[ -n "$said" ] && [ "$said" -le "$2" ] && [ "$said" -ge $(($2 - RUNTIMES_OWN)) ] || fail "not $2, nor near it: $1"
}

# A cgroup for the runtime and the hook that is too small for the seed.
engine_begin()
{
	mkdir "$CGROUPS/$NAME.engine"
	limit "$NAME.engine" $((48 * MIB))
	PREFIX=(sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUPS/$NAME.engine" "$SYSLOG_RUN" "$W/log")
}

# What the hook found and left in that cgroup.
engine_is_as_before()
{
	PREFIX=()
	settings "$NAME.engine" >"$W/engine.after"
	diff "$W/engine.before" "$W/engine.after"
}

@test "a seed is charged to the container, and the engine's cgroup is unchanged" {
	engine_begin
	settings "$NAME.engine" >"$W/engine.before"
	config ".linux.resources.memory.limit = $((256 * MIB))"
	tmpfs /srv
	create
	engine_is_as_before
	grep -q ' charged=yes ' "$W/log" || fail "$(cat "$W/log")"
	[ "$(shmem "$NAME")" -ge $((64 * MIB)) ] || fail "the container's: $(shmem "$NAME")"
	[ "$(shmem "$NAME.engine")" -lt $((MIB + RUNTIMES_OWN)) ] || fail "the engine's: $(shmem "$NAME.engine")"
	cmp "$W/rootfs/srv/file" "$ROOT/srv/file"
}

@test "a seed of --seed-tmpfs that the container's memory limit cannot hold is refused" {
	hook_options --seed-tmpfs
	config ".linux.resources.memory.limit = $((32 * MIB))"
	engine_tmpfs /srv rw nosuid nodev
	refused 74 '--seed-tmpfs: /srv: the seed does not fit: it needs ' ' at most: raise it'
}

@test "a seed in a user namespace is charged to the container" {
	engine_begin
	config ".linux.resources.memory.limit = $((256 * MIB)) | .linux.namespaces += [{type: \"user\"}]
		| .linux.uidMappings = [{containerID: 0, hostID: $HOST_IDS, size: 65536}] | .linux.gidMappings = .linux.uidMappings"
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	tmpfs /srv
	create
	grep -q ' charged=yes ' "$W/log" || fail "$(cat "$W/log")"
	[ "$(shmem "$NAME")" -ge $((64 * MIB)) ] || fail "the container's: $(shmem "$NAME")"
}

@test "an overlay and an empty tmpfs are charged to nobody" {
	engine_begin
	settings "$NAME.engine" >"$W/engine.before"
	config ".linux.resources.memory.limit = $((32 * MIB))"
	mkdir "$W/rootfs/empty"
	cp "$W/rootfs/srv/file" "$W/rootfs/empty"
	tmpfs '/srv:seed=overlay;/empty:seed=none'
	create
	engine_is_as_before
	before=$(shmem "$NAME")
	[ "$before" -lt $((MIB + RUNTIMES_OWN)) ] || fail "$before"
	cmp "$W/rootfs/srv/file" "$ROOT/srv/file"
	# A later write is charged to the writer.
	head -c $((4 * MIB)) "$W/rootfs/srv/file" >"$W/part"
	sh -c 'echo $$ >"$0/cgroup.procs" && cat "$1" >"$2"' "$CGROUPS/$NAME" "$W/part" "$ROOT/empty/part"
	[ "$(shmem "$NAME")" -ge $((before + 4 * MIB)) ] || fail "$(shmem "$NAME")"
}

NO_ROOM="and the memory limit of the container, or of its pod, leaves it"

@test "a seed over the memory limit is refused before anything is killed, with a sufficient limit" {
	engine_begin
	settings "$NAME.engine" >"$W/engine.before"
	config ".linux.resources.memory = {limit: $((32 * MIB)), swap: $((32 * MIB))}"
	tmpfs /srv
	refused 74 "/srv: the seed does not fit: it needs $((64 * MIB)) bytes, $NO_ROOM" 'raise it' seed=overlay ENOMEM
	said_room "$(cat "$W/hook.err")" $((32 * MIB))
	# runc passes the message on. If something was killed, it prints its own message instead.
	[ "$RUNTIME" = crun ] || grep -q 'the seed does not fit' "$W/create.log" || fail "$(cat "$W/create.log")"
	engine_is_as_before
	rm "$W"/hook.*
	tmpfs /srv:seed=overlay
	create
}

@test "seed=auto makes an overlay if the memory limit is too low for a copy" {
	engine_begin
	truncate -s $((40 * MIB)) "$W/rootfs/srv/file"
	config ".linux.resources.memory = {limit: $((32 * MIB)), swap: $((32 * MIB))}"
	tmpfs /srv:seed=auto
	create
	grep -q ' path=/srv seed=overlay auto=memory ' "$W/log" || fail "$(cat "$W/log")"
	cmp "$W/rootfs/srv/file" "$ROOT/srv/file"
	runtime delete --force "$ID"
	rm "$W"/hook.status "$W/log"
	config ".linux.resources.memory = {limit: $((256 * MIB)), swap: $((256 * MIB))}"
	create
	grep -q ' charged=yes .* path=/srv seed=copy auto=small ' "$W/log" || fail "$(cat "$W/log")"
	[ "$(shmem "$NAME")" -ge $((40 * MIB)) ] || fail "the container's: $(shmem "$NAME")"
}

@test "a seed over the memory limit is refused even if the image can no longer be measured" {
	local nth

	! is_sanitized || skip 'calls are counted on the hook as it is installed'
	[ -x "$BUILDDIR/tests/faults/inject" ] || skip 'tests/faults/inject is not built: it needs libdw'
	config ".linux.resources.memory = {limit: $((32 * MIB)), swap: $((32 * MIB))}"
	tmpfs /srv
	# When the directory is read for the second time, which with most C libraries is one of these calls.
	for nth in 2 3; do
		TRACE="$BUILDDIR/tests/faults/inject worker:getdents64:$nth:EIO"
		write_wrapper
		rm -f "$W"/hook.{status,err}
		refused 74 /srv 'the memory limit of the container'
		! grep -q 'it needs' "$W/hook.err" || continue
		said=$(sed -n 's/.*\/srv: the seed needs more than the \([0-9]*\) bytes that the memory limit.* leaves it: raise it.*ENOMEM.*/\1/p' \
			"$W/hook.err")
		[ -n "$said" ] || fail "$(cat "$W/hook.err")"
		said_room " leaves it $said at most" $((32 * MIB))
		return 0
	done
	fail "$(cat "$W/hook.err")"
}

@test "several seeds share the memory limit" {
	mkdir "$W/rootfs/more"
	head -c $((40 * MIB)) /dev/zero >"$W/rootfs/more/file"
	config ".linux.resources.memory = {limit: $((96 * MIB)), swap: $((96 * MIB))}"
	tmpfs '/srv;/more'
	refused 74 'the seed does not fit: it needs' "$NO_ROOM"
	rm "$W"/hook.*
	config ".linux.resources.memory = {limit: $((160 * MIB)), swap: $((160 * MIB))}"
	create
	cmp "$W/rootfs/more/file" "$ROOT/more/file"
}

@test "the memory limit of a pod's cgroup counts, too" {
	mkdir "$CGROUPS/$NAME.pod"
	[ "$V" = 1 ] || echo +memory >"$CGROUPS/$NAME.pod/cgroup.subtree_control"
	limit "$NAME.pod" $((32 * MIB))
	config --arg path "/$NAME.pod/box" '.linux.cgroupsPath = $path | del(.linux.resources)'
	tmpfs /srv
	refused 74 "$NO_ROOM" ENOMEM
	said_room "$(cat "$W/hook.err")" $((32 * MIB))
}

# A hook that runs first: it sets the limit to 64 MiB more than the runtime uses by then, which varies.
tighten()
{
	local files=memory.max

	[ "$V" = 2 ] || files='memory.limit_in_bytes memory.memsw.limit_in_bytes'
	cat >"$W/tighten" <<-EOF
		#!/bin/sh -e
		cd '$CGROUPS/$NAME'
		limit=\$(awk '\$1 == "shmem" { print \$2 + $((64 * MIB)) }' memory.stat)
		echo "\$limit" >'$W/limit'
		for file in $files; do
			[ ! -e "\$file" ] || echo "\$limit" >"\$file"
		done
	EOF
	chmod 0755 "$W/tighten"
	config --arg path "$W/tighten" '.hooks.createRuntime |= [{path: $path, args: ["tighten"], env: ["PATH=/usr/bin:/bin"]}] + .'
}

# The size of files is known in advance; what the kernel and the container's own process need besides is not. If something in the
# container's cgroup was killed for memory, crun 1.8 still exits with 0. There is no container then, only the directory of its state.
@test "a seed close to the memory limit is killed, and the hook says why" {
	engine_begin
	settings "$NAME.engine" >"$W/engine.before"
	config ".linux.resources.memory = {limit: $((256 * MIB)), swap: $((256 * MIB))}"
	tighten
	truncate -s -8192 "$W/rootfs/srv/file"
	tmpfs /srv
	status=0
	runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1 || status=$?
	[ "$RUNTIME" = crun ] || [ "$status" != 0 ]
	same "$(cat "$W/hook.status")" 74
	one_line "${ID:0:12}" "$W/hook.err"
	grep -Fq "the container's memory limit of $(cat "$W/limit") bytes is too low for the seed, which was killed: raise it, or use seed=overlay" \
		"$W/hook.err" || fail "$(cat "$W/hook.err")"
	if runtime state "$ID" >/dev/null 2>&1; then
		fail 'the container is still there'
	fi
	engine_is_as_before
}

# Samples /proc/PID/cgroup of the worker and its parent until they differ, while a call of the worker is delayed, or until the container
# is created.
sample_worker()
{
	local pid parent

	while [ ! -e "$W/created" ]; do
		# shellcheck disable=SC2153 # suite_begin sets HOOK
		for pid in $(find /proc -maxdepth 2 -name exe -lname "$HOOK" | cut -d / -f 3); do
			parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status") || continue
			[ "$(readlink "/proc/$parent/exe")" = "$HOOK" ] || continue
			# Wait until it has entered the container.
			[ "$(readlink "/proc/$pid/ns/mnt")" != "$(readlink "/proc/$parent/ns/mnt")" ] || continue
			cat "/proc/$pid/cgroup" >"$W/worker.cgroup"
			cat "/proc/$parent/cgroup" >"$W/parent.cgroup"
			cmp -s "$W/worker.cgroup" "$W/parent.cgroup" || return 0
		done
		sleep 0.05
	done 2>/dev/null
}

# pids FILE: the number in a file of the container's pids cgroup.
pids()
{
	local dir=/sys/fs/cgroup/pids/$NAME

	[ "$V" = 1 ] || dir=$CGROUPS/$NAME
	cat "$dir/$1"
}

@test "only the worker joins a cgroup, only that of memory, and no process is left" {
	have strace || skip 'strace is not here'
	# The copy's last step sets the directory's times.
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=utimensat:delay_enter=3000000'
	write_wrapper
	# Enough for runc's own threads.
	config '.linux.resources.pids.limit = 20'
	tmpfs /srv
	sample_worker 3>&- &
	sampler=$!
	create || status=$?
	: >"$W/created"
	wait "$sampler"
	same "${status:-0}" 0
	[ -s "$W/worker.cgroup" ] || fail 'no worker was seen'
	same "$(cat "$W/parent.cgroup")" "$(cat /proc/self/cgroup)"
	if [ "$V" = 1 ]; then
		same "$(diff "$W/parent.cgroup" "$W/worker.cgroup" | sed -n 's/^> [0-9]*://p')" "memory:/$NAME"
	else
		same "$(cat "$W/worker.cgroup")" "0::/$NAME"
	fi
	same "$(cat "$CGROUPS/$NAME/cgroup.procs")" "$PID"
	same "$(pids pids.current)" "$(awk '$1 == "Threads:" { print $2 }' "/proc/$PID/status")"
	same "$(pids pids.events)" 'max 0'
	same "$(pids pids.max)" 20
}

@test "a worker that waits for a volume that never answers is not in the container's cgroup" {
	silent_volume
	add_mount /vol "$W/volume" bind rw
	# Without the wrapper, because the runtime's timeout does not end a wrapper's child.
	config --arg hook "$HOOK" '.hooks.createRuntime = [{path: $hook, args: ["oci-readonly-hook"], timeout: 2}]'
	tmpfs '/srv;/vol/x'
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		fail 'the container was created'
	fi
	worker=$(find /proc -maxdepth 2 -name exe -lname "$HOOK" 2>/dev/null | cut -d / -f 3)
	[ -n "$worker" ] || fail 'no worker waits' "$(cat "$W/create.log")"
	if grep -F "/$NAME" "/proc/$worker/cgroup"; then
		fail 'it is in the cgroup'
	fi
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	[ ! -d "$CGROUPS/$NAME" ] || fail 'the cgroup is still there'
	# Only an answer ends its wait.
	kill -0 "$worker"
}

# cpu_used: the processor time of the container's cgroup, in microseconds.
cpu_used()
{
	if [ "$V" = 1 ]; then
		echo $(($(cat "/sys/fs/cgroup/cpuacct/$NAME/cpuacct.usage") / 1000))
	else
		awk '$1 == "usage_usec" { print $2 }' "$CGROUPS/$NAME/cpu.stat"
	fi
}

# With v2, which has one cgroup for all controllers, the time has to count as the container's.
@test "with cgroup v1, the processor time of a seed is not charged to the container" {
	# The hook's processor time, as that of the wrapper's children.
	sed -i "/^echo/i times >'$W/times'" "$W/hook"
	tmpfs /srv
	# On some machines, a smaller seed takes no measurable time.
	for size in 256 1024 2048; do
		head -c $((size * MIB)) /dev/zero >"$W/rootfs/srv/file"
		create
		hook=$(awk 'NR == 2 { split($1, a, /[ms]/); split($2, b, /[ms]/); printf "%d", (a[1] * 60 + a[2] + b[1] * 60 + b[2]) * 1000000 }' "$W/times")
		with=$(cpu_used)
		runtime delete --force "$ID" >/dev/null 2>&1
		rm "$W"/hook.status
		[ "$hook" -le 50000 ] || break
	done
	tmpfs /srv:seed=none
	create
	without=$(cpu_used)
	[ "$hook" -gt 50000 ] || fail "too little to tell: $hook"
	if [ "$V" = 1 ]; then
		[ $((with - without)) -lt $((hook / 2)) ] || fail "with $with, without $without, the hook $hook"
	else
		[ $((with - without)) -gt $((hook / 2)) ] || fail "with $with, without $without, the hook $hook"
	fi
}

# --- podman ---

# in_podman SIZE ENTRY COMMAND...
in_podman()
{
	local size=$1 entry=$2

	shift 2
	run_container --memory "$size" --memory-swap "$size" --annotation "$KEY=true" --annotation "$LIST_KEY=$entry" \
		localhost/orh-large "$@"
}

@test "podman --memory: a seed within the limit is charged to the container" {
	in_podman 256m /srv sh -c 'echo mine >/srv/mine && stat -c %s /srv/file'
	same "$output" $((64 * MIB))
	# The container's process gets what the seed leaves.
	in_podman 96m /srv dd if=/dev/zero of=/srv/more bs=1M count=64
	same "$status" 137
}

@test "podman --memory: a seed over the limit is refused with a message" {
	in_podman 32m /srv true
	same "$status" 126
	if [ "$RUNTIME" = runc ]; then
		[[ $output == *"/srv: the seed does not fit: it needs $((64 * MIB)) bytes, $NO_ROOM "*seed=overlay* ]] || fail "$output"
		said_room "$output" $((32 * MIB))
	else
		# crun shows only the exit status.
		[[ $output == *'exit code: 74'* ]] || fail "$output"
	fi
	in_podman 32m /srv:seed=overlay stat -c %s /srv/file
	same "$output" $((64 * MIB))
	in_podman 32m /srv:seed=none ls -A /srv
	same "$status:$output" 0:
}
