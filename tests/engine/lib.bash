# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The harness of the engine tests. Each test has a bundle of its own, in which the hook is a wrapper that writes the hook's exit
# status and standard error to files, because crun shows neither. After a test, its container, mounts and files are removed;
# teardown fails the test if any is left.
#
#   RUNTIME   runc or crun; podman.bats uses both
#   BUILDDIR  the build directory of the hook and the test programs
#   HOOK      another hook than the one in BUILDDIR

RUNTIME=${RUNTIME:-runc}
BUILDDIR=${BUILDDIR:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
HOOK=${HOOK:-$BUILDDIR/oci-readonly-hook}
SYSLOG_RUN=$BUILDDIR/tests/tools/syslog_run
TREE_LIST=$BUILDDIR/tests/tools/tree_list
TREE_MAKE=$BUILDDIR/tests/tools/tree_make
TREE_HOSTILE=$BUILDDIR/tests/tools/tree_hostile
RACE=$BUILDDIR/tests/tools/race
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

# The host's ids of a container's user namespace. useradd never assigns them, because it chooses lower ones.
HOST_IDS=1000000000

KEY=io.containers.readonly
LIST_KEY=io.containers.readonly.tmpfs

fail()
{
	printf '%s\n' "$@" >&2
	return 1
}

# have PROGRAM: it is in PATH.
have()
{
	command -v "$1" >/dev/null
}

# Whether the hook is built with a sanitizer, which makes additional system calls.
is_sanitized()
{
	grep -aqm 1 '__[atu]b\?san_' "$HOOK"
}

# ulimit_most n 1024: the lower one of the given value and the hard limit.
ulimit_most()
{
	local most

	most=$(ulimit -H "-$1")
	if [ "$most" = unlimited ] || [ "$most" -gt "$2" ]; then
		most=$2
	fi
	echo "$most"
}

# --- the suite: shared by the tests of one file ---

# A small root filesystem that contains a file of each type.
make_base()
{
	local base=$1 applet

	mkdir -p "$base"/{bin,dev,proc,sys,run/app,usr/bin,usr/lib,etc/ssl/certs,var/lib/app,srv,opt,root}
	mkdir -m 1777 "$base/tmp"
	cp "$(command -v busybox)" "$base/bin/busybox"
	for applet in sh ls cat stat mount touch mkdir rm id sleep echo grep dd true pwd test wc sort; do
		ln -s busybox "$base/bin/$applet"
	done
	ln -s /run "$base/var/run"
	ln -s ../../../../../../../../srv "$base/opt/escape"
	ln -s loop "$base/opt/loop"
	echo tool >"$base/usr/bin/tool"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$base/etc/passwd"
	echo 'root:x:0:' >"$base/etc/group"
	echo 'from the image' | tee "$base/etc/hosts" "$base/etc/resolv.conf" >"$base/etc/hostname"
	echo 'setting = 1' >"$base/etc/app.conf"
	echo certificate >"$base/etc/ssl/certs/a.pem"
	echo data >"$base/var/lib/app/data"
	echo pid >"$base/run/app/pid"
	chown 100:101 "$base/etc/app.conf"
	chmod 0640 "$base/etc/app.conf"
	chown 33:44 "$base/var/lib/app" "$base/run/app"
	chmod 2750 "$base/run/app"
	chmod 0711 "$base/srv"
	touch -d '2001-02-03 04:05:06.123456789' "$base/etc/app.conf" "$base/etc/ssl" "$base/var/lib/app" "$base/srv"
}

# make_old DIR: its directories are older than every container, as those of a real image.
make_old()
{
	find "$1" -depth -type d -exec touch -d '2020-01-01' {} +
}

# lab_ready FILE: waits until the last background command, which keeps a mount namespace, writes the file. Sets $LAB_PID to its process.
lab_ready()
{
	LAB_PID=$!
	echo "$LAB_PID" >"$SUITE/lab.pid"
	for _ in $(seq 200); do
		[ ! -e "$1" ] || return 0
		sleep 0.02
	done
	kill "$LAB_PID" 2>/dev/null
	LAB_PID=
	return 1
}

# A mount namespace in which crun finds a cgroup layout that it accepts: only v2, which has no controllers if v1 has them; or, with
# LAB_CGROUPS=v1, only v1, in which containers get cgroups. It ends after LAB_SECONDS, by default an hour.
lab_begin()
{
	local ready=$SUITE/lab.ready

	LAB_PID=
	if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
		return 0
	fi
	unshare -m --propagation private sh -c '
		umount -R /sys/fs/cgroup || exit 1
		if [ "$2" = v1 ]; then
			mount -t tmpfs -o mode=0755 none /sys/fs/cgroup || exit 1
			sed -n "s/^[0-9]*:\([^:][^:]*\):.*/\1/p" /proc/self/cgroup | while read -r name; do
				mkdir "/sys/fs/cgroup/${name#name=}"
				options=$name
				[ "$name" = "${name#name=}" ] || options=none,$name
				mount -t cgroup -o "$options" none "/sys/fs/cgroup/${name#name=}" || exit 1
			done || exit 1
		else
			mount -t cgroup2 none /sys/fs/cgroup || exit 1
		fi
		echo ready >"$1"
		exec sleep "$3"' sh "$ready" "${LAB_CGROUPS:-}" "${LAB_SECONDS:-3600}" >"$SUITE/lab.log" 2>&1 3>&- &
	lab_ready "$ready" || fail "no mount namespace with cgroups for crun: $(cat "$SUITE/lab.log")"
}

in_lab()
{
	if [ -n "$LAB_PID" ]; then
		nsenter -t "$LAB_PID" -m -- "$@"
	else
		"$@"
	fi
}

# Prints why these tests cannot run here, or nothing if they can.
suite_obstacle()
{
	if [ "$(id -u)" != 0 ]; then
		echo 'needs root'
	elif [ ! -x "$HOOK" ]; then
		echo 'the hook is not built'
	elif ! have jq; then
		echo 'jq is not here'
	elif ! have busybox; then
		echo 'busybox is not here'
	elif [ "$RUNTIME" != none ] && ! have "$RUNTIME"; then
		echo "$RUNTIME is not here"
	fi
}

suite_begin()
{
	# Not in /tmp, which may be a tmpfs.
	if [ -n "${SUITES:-}" ]; then
		SUITE=$(mktemp -d "$SUITES/s.XXXXXX")
	else
		SUITE=$(mktemp -d /var/tmp/orh-engine.XXXXXX)
	fi
	chmod 0755 "$SUITE"
	LAB_PID=
	OBSTACLE=$(suite_obstacle)
	export SUITE LAB_PID OBSTACLE
	[ -z "$OBSTACLE" ] || return 0
	# With a copy, a running hook can be attributed to this suite, and users other than root can start it.
	cp "$HOOK" "$SUITE/oci-readonly-hook"
	export HOOK=$SUITE/oci-readonly-hook
	make_base "$SUITE/base"
	if [ "$RUNTIME" = crun ]; then
		lab_begin || OBSTACLE='no cgroups for crun'
	fi
	[ "$RUNTIME" = none ] || suite_config
}

# The bundle's config.json, in which @W@ stands for the test's directory.
suite_config()
{
	rm -f "$SUITE/config.json"
	(cd "$SUITE" && in_lab "$RUNTIME" spec --bundle "$SUITE" 3>&-)
	jq --argjson nofile "$(ulimit_most n 1024)" '
		.process.terminal = false
		| .process.args = ["/bin/sleep", "1000"]
		| .process.rlimits = [{type: "RLIMIT_NOFILE", hard: $nofile, soft: $nofile}]
		| .process.capabilities[] |= ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"]
		| .process.noNewPrivileges = true
		| .root = {path: "rootfs", readonly: false}
		| .hostname = "orh"
		| .annotations = {}
		| .hooks.createRuntime = [{path: "@W@/hook", args: ["oci-readonly-hook"], env: []}]
		' "$SUITE/config.json" >"$SUITE/config.new"
	mv "$SUITE/config.new" "$SUITE/config.json"
}

suite_end()
{
	if [ -n "$LAB_PID" ]; then
		kill "$LAB_PID" 2>/dev/null || true
	fi
	rm -rf --one-file-system "$SUITE"
}

# output_by_log FILE: on a busy machine, podman 4.3 may miss all output of a short container, with or without a hook. conmon's log
# has it.
output_by_log()
{
	if [ "$status" = 0 ] && [ -z "$output" ] && [ -s "$1" ]; then
		output=$(awk '{ end = $3 == "F" ? "\n" : ""; sub(/^[^ ]+ [^ ]+ [FP] /, ""); printf "%s%s", $0, end }' "$1")
	fi
}

# --- one test ---

# A mount table without the mounts of suites that run at the same time, below their own directories.
without_others()
{
	grep -v '/orh-engine\.' "$1" || true
	grep -F " $SUITE" "$1" || true
}

# The mount tables in which no test may leave anything.
host_mounts()
{
	local file

	for file in /proc/self/mountinfo ${LAB_PID:+/proc/$LAB_PID/mountinfo}; do
		without_others "$file"
	done
}

# A wrapper that gives the hook what the runtime gave it. TRACE is inserted before the hook, for strace; under strace, the leak check
# of the address sanitizer does not work.
write_wrapper()
{
	cat >"$W/hook" <<-EOF
		#!/bin/sh
		/usr/bin/env -i ${TRACE:+ASAN_OPTIONS=detect_leaks=0 $TRACE} '$HOOK' "\$@" 2>'$W/hook.stderr'
		status=\$?
		echo \$status >>'$W/hook.status'
		/bin/cat '$W/hook.stderr' >&2
		/bin/cat '$W/hook.stderr' >>'$W/hook.err'
		exit \$status
	EOF
	chmod 0755 "$W/hook"
}

bundle_begin()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	ID=${SUITE##*.}-n$BATS_TEST_NUMBER
	PREFIX=()
	PID=
	mkdir "$W"
	cp -a "$SUITE/base" "$W/rootfs"
	[ "$RUNTIME" = none ] || sed "s|@W@|$W|" "$SUITE/config.json" >"$W/config.json"
	: >"$W/empty"
	write_wrapper
	host_mounts >"$W/mounts.before"
}

bundle_end()
{
	local left

	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	if [ -d "$W/run" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
	fi
	nothing_left
	rm -rf --one-file-system "$W"
}

# No mount of the hook and no running hook is left. Waits a moment, because others may mount for a short time.
nothing_left()
{
	local left

	for _ in $(seq 40); do
		left=$(host_mounts | diff "$W/mounts.before" - | grep '^>'
			readlink /proc/[0-9]*/exe | grep -Fx "$HOOK") || true
		[ -n "$left" ] || return 0
		sleep 0.05
	done
	fail 'left behind:' "$left"
}

# Edits config.json: config JQ-ARGUMENT...
config()
{
	jq "$@" "$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
}

# annotate KEY VALUE [KEY VALUE]...
annotate()
{
	while [ $# -gt 0 ]; do
		config --arg key "$1" --arg value "$2" '.annotations[$key] = $value'
		shift 2
	done
}

readonly_root()
{
	annotate "$KEY" true
}

tmpfs()
{
	annotate "$LIST_KEY" "$1"
}

# hook_options OPTION...: the hook's options.
hook_options()
{
	# From a file of lines, because jq would interpret the options.
	printf '%s\n' "$@" | jq -R . | jq -s . >"$W/options"
	config --slurpfile options "$W/options" '.hooks.createRuntime[].args = ["oci-readonly-hook"] + $options[0]'
}

# add_mount DESTINATION SOURCE OPTION...
add_mount()
{
	local destination=$1 source=$2

	shift 2
	jq --arg destination "$destination" --arg source "$source" \
		'.mounts += [{destination: $destination, source: $source, type: "bind", options: $ARGS.positional}]' \
		"$W/config.json" --args "$@" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
}

# engine_tmpfs PATH OPTION...: adds a tmpfs to config.json as engines do.
engine_tmpfs()
{
	local path=$1

	shift
	jq --arg path "$path" '.mounts += [{destination: $path, type: "tmpfs", source: "tmpfs", options: $ARGS.positional}]' \
		"$W/config.json" --args "$@" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
}

# Prepares the next container of the same test.
again()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.{status,err}
}

# A tmpfs of the host, $VOLUME, used as a volume. The test's teardown unmounts it.
host_tmpfs()
{
	mkdir "$W/volume"
	in_lab mount -t tmpfs tmpfs "$W/volume"
	VOLUME=$W/volume
	in_lab touch "$W/volume/precious"
}

# A volume, $W/volume, that never answers. Call silent_volume_end in teardown.
silent_volume()
{
	local server=("$BUILDDIR/tests/tools/fuse_silent" "$W/volume")

	[ -w /dev/fuse ] || skip 'no FUSE here'
	mkdir "$W/volume"
	# Without a shell in between, to have the server's own process id.
	[ -z "$LAB_PID" ] || server=(nsenter -t "$LAB_PID" -m -- "${server[@]}")
	"${server[@]}" >"$W/volume.ready" 2>&1 3>&- &
	SERVER=$!
	for _ in $(seq 100); do
		[ ! -s "$W/volume.ready" ] || break
		sleep 0.05
	done
	grep -qx mounted "$W/volume.ready" || skip 'FUSE cannot be mounted here'
}

# Only the end of its server ends a wait for the volume.
silent_volume_end()
{
	[ -n "${SERVER:-}" ] || return 0
	kill -KILL "$SERVER" || true
	wait "$SERVER" || true
	in_lab umount -l "$W/volume" || true
	SERVER=
}

runtime()
{
	local options=()

	if [ "$RUNTIME" = crun ] && [ -n "${LAB_CGROUPS:-}" ]; then
		options=(--cgroup-manager=cgroupfs)
	elif [ "$RUNTIME" = crun ]; then
		options=(--cgroup-manager=disabled)
	fi
	in_lab "${PREFIX[@]}" "$RUNTIME" --root "$W/run" "${options[@]}" "$@" <"$W/empty" 3>&-
}

show_logs()
{
	for file in create.log hook.status hook.err; do
		[ -s "$W/$file" ] || continue
		echo "--- $file"
		head -c 3000 "$W/$file"
	done >&2
}

# Creates the container. Sets $ROOT to its root as the container sees it.
create()
{
	if ! runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		show_logs
		return 1
	fi
	PID=$(cat "$W/pid")
	ROOT=/proc/$PID/root
	hook_succeeded
}

# Each run of the hook exited with 0.
hook_succeeded()
{
	[ -s "$W/hook.status" ] || fail 'the hook was not called'
	if [ -s "$W/hook.err" ] || grep -qvx 0 "$W/hook.status"; then
		show_logs
		return 1
	fi
}

# inside SCRIPT: runs a shell script in the container, and sets $output and $status. One stream, because runtimes pass on two in any
# order.
inside()
{
	config --arg script "exec 2>&1; $1" '.process.args = ["/bin/sh", "-c", $script]'
	run runtime run --bundle "$W" "$ID"
	if [ "$status" != 0 ]; then
		echo "$output" >&2
		show_logs
	fi
	return 0
}

# refused STATUS TEXT...: the container does not start, and the hook's message is one line that contains each text.
refused()
{
	local status=$1 text

	shift
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		fail 'the container was created'
	fi
	[ "$(cat "$W/hook.status")" = "$status" ] || { show_logs; fail "not status $status"; }
	one_line "${ID:0:12}" "$W/hook.err"
	for text; do
		grep -Fq -- "$text" "$W/hook.err" || { show_logs; fail "not said: $text"; }
	done
	if runtime state "$ID" >/dev/null 2>&1; then
		fail 'the container is still there'
	fi
}

# one_line CONTAINER FILE: the file is one line in the form of a message of the hook. CONTAINER is empty if none is known.
one_line()
{
	if [ "$(wc -l <"$2")" != 1 ] || ! grep -q "^oci-readonly-hook: ${1:+$1: .*: }[^ ]" "$2" ||
		LC_ALL=C grep -q '[[:cntrl:]]' "$2"; then
		fail 'not one line of the form:' "$(cat -v "$2")"
	fi
}

# --- what the container finds ---

# The line of mountinfo for the topmost mount at a path of the container.
mount_line()
{
	MOUNT_PATH=$1 awk '$5 == ENVIRON["MOUNT_PATH"] { line = $0 } END { print line }' "/proc/$PID/mountinfo"
}

mount_flags()
{
	mount_line "$1" | cut -d ' ' -f 6
}

# FILESYSTEM SOURCE OPTIONS
mount_fs()
{
	mount_line "$1" | sed 's/.* - //'
}

mounts_at()
{
	MOUNT_PATH=$1 awk '$5 == ENVIRON["MOUNT_PATH"]' "/proc/$PID/mountinfo" | wc -l
}

our_mounts()
{
	grep -c ' - tmpfs oci-readonly-hook ' "/proc/$PID/mountinfo" || true
}

# is_ours PATH...: the topmost mount at each is a tmpfs of the hook.
is_ours()
{
	local path

	for path; do
		case $(mount_fs "$path") in
		'tmpfs oci-readonly-hook '*) ;;
		*) fail "no tmpfs of the hook's at $path:" "$(cat "/proc/$PID/mountinfo")" ;;
		esac
	done
}

# The options of the mount and of its filesystem, each between commas.
mount_options()
{
	echo ",$(mount_flags "$1"),$(mount_fs "$1" | cut -d ' ' -f 3),"
}

# has_option PATH OPTION...
has_option()
{
	local path=$1 all option

	shift
	all=$(mount_options "$path")
	for option; do
		[[ $all == *,$option,* ]] || fail "$path has no $option: $all"
	done
}

lacks_option()
{
	local path=$1 all option

	shift
	all=$(mount_options "$path")
	for option; do
		[[ $all != *,$option,* ]] || fail "$path has $option: $all"
	done
}

# writable PATH, not_writable PATH: of the mount, as the host's root.
writable()
{
	: >"$ROOT$1/.orh-test" && rm "$ROOT$1/.orh-test"
}

not_writable()
{
	local said

	if said=$(touch "$ROOT$1/.orh-test" 2>&1); then
		fail "$1 can be written to"
	fi
	[[ $said == *'Read-only file system'* ]] || fail "$1: $said"
}

# is PATH FORMAT VALUE: what stat prints for a path of the container.
is()
{
	local said

	said=$(stat -c "$2" "$ROOT$1")
	[ "$said" = "$3" ] || fail "$1: $2 is $said, not $3"
}

# same A B: the texts are the same.
same()
{
	[ "$1" = "$2" ] || fail "'$1'" "is not '$2'"
}

# tmpfs_takes OPTION: a tmpfs of this kernel accepts it.
tmpfs_takes()
{
	unshare -m --propagation private mount -t tmpfs -o "$1" none "$SUITE" 2>/dev/null
}

kernel_at_least()
{
	printf '%s\n%s\n' "$1" "$(uname -r)" | sort -CV
}
