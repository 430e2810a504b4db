#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2034
# With cgroup v2 only, and systemd as the manager of the containers' cgroups. scripts/assure systemd runs these tests.

load lib

NO_ROOM='and the memory limit of the container, or of its pod, leaves it'
LINE=(--annotation "$KEY=true" --annotation "$LIST_KEY=/opt")

setup_file() { machine_begin; }

teardown_file() { machine_end; }

setup()
{
	BEGAN=$(date +%s)
	UNIT=orh-$RUNTIME-$BATS_TEST_NUMBER
}

teardown()
{
	podman rm --force --time 0 "$UNIT" || true
	as_user podman rm --force --time 0 "$UNIT" || true
	if [ -e "/etc/containers/systemd/$UNIT.container" ]; then
		systemctl stop "$UNIT" || true
		rm "/etc/containers/systemd/$UNIT.container"
		systemctl daemon-reload
	fi
}

# The bytes in tmpfs that the cgroup of a process is charged for.
shmem_of()
{
	awk '$1 == "shmem" { print $2 }' "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$1/cgroup")/memory.stat"
}

@test "there is only cgroup v2, and podman uses systemd as its manager" {
	same "$(stat -fc %T /sys/fs/cgroup)" cgroup2fs
	same "$(awk '$3 == "cgroup"' /proc/mounts)" ''
	same "$(podman info --format '{{.Host.CgroupManager}}{{.Host.CgroupsVersion}}')" systemdv2
	same "$(as_user podman info --format '{{.Host.CgroupManager}}{{.Host.CgroupsVersion}}')" systemdv2
}

# charged SLICE PODMAN...: a seed is charged to the scope that systemd made for the container below the slice.
charged()
{
	local slice=$1 pid cgroup

	shift
	"$@" --runtime "$RUNTIME" run --detach --name "$UNIT" --network none --memory 256m "${LINE[@]}" "$IMAGE" sleep 1000
	pid=$("$@" inspect --format '{{.State.Pid}}' "$UNIT")
	cgroup=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
	[[ $cgroup == */"$slice"/libpod-*.scope* ]] || fail "$cgroup"
	[ "$(shmem_of "$pid")" -ge $((64 * MIB)) ] || fail "$(shmem_of "$pid")"
	cmp "$SUITE/base/opt/file" "/proc/$pid/root/opt/file"
	logged ' charged=yes '
}

@test "a seed is charged to the container's scope" {
	charged machine.slice podman
}

@test "a seed of a user's container is charged to its scope" {
	charged user.slice as_user podman
}

# over_limit PODMAN...
over_limit()
{
	local option

	for option in --memory=32m --cgroup-conf=memory.high=$((32 * MIB)); do
		run "$@" --runtime "$RUNTIME" run --rm --network none --memory-swap=-1 "$option" "${LINE[@]}" "$IMAGE" true
		same "$status" 126
		logged "/opt: the seed does not fit: it needs $((64 * MIB)) bytes, $NO_ROOM"
		run "$@" --runtime "$RUNTIME" run --rm --network none "$option" --annotation "$LIST_KEY=/opt:seed=overlay" \
			"$IMAGE" stat -c %s /opt/file
		same "$output" $((64 * MIB))
		BEGAN=$(($(date +%s) + 1))
		sleep 1.1
	done
}

@test "a seed over the memory limit, or over memory.high, is refused" {
	over_limit podman
}

@test "a seed of a user's container over the memory limit, or over memory.high, is refused" {
	over_limit as_user podman
}

# unit_begin LINE: a Quadlet unit with a line for the service.
unit_begin()
{
	mkdir -p /etc/containers/systemd
	cat >"/etc/containers/systemd/$UNIT.container" <<-EOF
		[Container]
		ContainerName=$UNIT
		Image=$IMAGE
		Pull=never
		Network=none
		GlobalArgs=--runtime=$RUNTIME
		Annotation=$KEY=true
		Annotation="$LIST_KEY=/opt;/run"
		Exec=sleep 1000
		[Service]
		$1
	EOF
	systemctl daemon-reload
}

@test "a Quadlet unit: the service's limits cover the seed" {
	local pid

	unit_begin MemoryMax=256M
	systemctl start "$UNIT"
	pid=$(podman inspect --format '{{.State.Pid}}' "$UNIT")
	[[ $(cat "/proc/$pid/cgroup") == "0::/system.slice/$UNIT.service/"* ]] || fail "$(cat "/proc/$pid/cgroup")"
	[ "$(shmem_of "$pid")" -ge $((64 * MIB)) ] || fail "$(shmem_of "$pid")"
	same "$(grep -c ^oci-readonly-hook "/proc/$pid/mounts")" 2
	run touch "/proc/$pid/root/usr/x"
	[[ $output == *'Read-only file system' ]] || fail "$output"
	systemctl stop "$UNIT"
	unit_begin MemoryHigh=48M
	run systemctl start "$UNIT"
	[ "$status" != 0 ]
	logged "/opt: the seed does not fit: it needs $((64 * MIB)) bytes, $NO_ROOM"
}
