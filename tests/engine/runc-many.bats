#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# A hundred containers at once, a third of which must be refused: each result is right, and nothing is left.

load lib

MANY=100

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# Six reasons for a refusal: STATUS TEXT, and the change of config.json. Every third container has one of them, in turn.
kind_of()
{
	if [ $(($1 % 3)) = 0 ]; then
		echo $(($1 / 3 % 6 + 1))
	else
		echo 0
	fi
}

status_of=(0 65 73 74 74 73 77)
text_of=('' 'size=x' 'a mount of the container' 'does not fit' 'memory limit' ELOOP '--max-size')

# The memory limit has room for runc, of which 1.1.15 keeps a copy in memory, but not for /srv.
filter_of=(
	'.'
	'.annotations[$list] = "/run:size=x"'
	'.mounts += [{destination: "/srv", source: $volume, type: "bind", options: ["bind"]}]'
	'.annotations[$list] = "/run;/srv:size=64k"'
	'.linux.resources.memory = {limit: 19922944, swap: 19922944}'
	'.annotations[$list] = "/opt/loop"'
	'.annotations[$list] = "/run:size=1g"'
)

make_bundle()
{
	local kind=$2 b=$W/b/$1

	mkdir -p "$b"
	# The containers share the files, but each has its own directories.
	cp -al "$W/rootfs" "$b/rootfs"
	sed "s|\\\$N|$1|g" "$W/hook" >"$b/hook"
	chmod 0755 "$b/hook"
	jq --arg list "$LIST_KEY" --arg key "$KEY" --arg hook "$b/hook" --arg volume "$W/volume" --arg cgroup "/$ID-$1" '
		.annotations = {($key): "true", ($list): "/run;/etc;/srv:size=32m;/new/path"}
		| .hooks.createRuntime[0].path = $hook
		| .hooks.createRuntime[0].args += ["--max-size=512m"]
		| .linux.cgroupsPath = $cgroup
		| '"${filter_of[kind]}" "$W/config.json" >"$b/config.json"
}

create_one()
{
	local status=0

	runc --root "$W/run" create --bundle "$W/b/$1" --pid-file "$W/b/$1/pid" "$ID-$1" \
		<"$W/empty" >"$W/b/$1/create.log" 2>&1 3>&- || status=$?
	echo "$status" >"$W/b/$1/status"
}

# is_right N: container N has what it asked for.
is_right()
{
	local b=$W/b/$1

	[ "$(cat "$b/status")" = 0 ] && [ "$(cat "$b/hook.status")" = 0 ] && [ ! -s "$b/hook.err" ] || fail "$1: $(cat "$b/create.log")"
	PID=$(cat "$b/pid")
	ROOT=/proc/$PID/root
	same "$(our_mounts)" 4
	is_ours /run /etc /srv /new/path
	not_writable /opt
	cmp "$W/rootfs/srv/large" "$ROOT/srv/large"
	diff -r "$W/rootfs/etc" "$ROOT/etc"
}

# is_refused N KIND: container N was refused for this reason.
is_refused()
{
	local b=$W/b/$1 id=$ID-$1

	[ "$(cat "$b/status")" != 0 ] || fail "$1 was created"
	same "$(cat "$b/hook.status")" "${status_of[$2]}"
	one_line "${id:0:12}" "$b/hook.err"
	grep -Fq -e "${text_of[$2]}" "$b/hook.err" || fail "$1: $(cat "$b/hook.err")"
	[ ! -e "$W/run/$ID-$1" ] || fail "$1 is still there"
}

# A process, a cgroup or a state directory that a container left.
left_behind()
{
	local pid

	find /sys/fs/cgroup -name "$ID-*" 2>/dev/null
	find "$W/run" -mindepth 1 2>/dev/null
	for pid in /proc/[0-9]*; do
		if grep -qF "$W/" "$pid/cmdline" 2>/dev/null || grep -qF "$W/" "$pid/mountinfo" 2>/dev/null; then
			echo "$pid: $(tr '\0' ' ' <"$pid/cmdline" 2>/dev/null)"
		fi
	done
}

@test "a hundred containers at once are each right or refused, and nothing is left" {
	local i kind pids=()

	head -c 20971520 /dev/urandom >"$W/rootfs/srv/large"
	mkdir "$W/volume" "$W/b"
	sed -i "s|'$W/hook\\.|'$W/b/\$N/hook.|g" "$W/hook"
	for ((i = 0; i < MANY; i++)); do
		make_bundle "$i" "$(kind_of "$i")"
	done
	"$TREE_LIST" "$W/rootfs" | sed 's/atime=[^ ]*//' >"$W/image"

	for ((i = 0; i < MANY; i++)); do
		create_one "$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"

	for ((i = 0; i < MANY; i++)); do
		kind=$(kind_of "$i")
		if [ "$kind" = 0 ]; then
			is_right "$i"
		else
			is_refused "$i" "$kind"
		fi
	done
	host_mounts | diff "$W/mounts.before" -
	# Reading a file may set its access time.
	"$TREE_LIST" "$W/rootfs" | sed 's/atime=[^ ]*//' | diff "$W/image" -

	pids=()
	for ((i = 0; i < MANY; i++)); do
		[ "$(kind_of "$i")" != 0 ] || { runc --root "$W/run" delete --force "$ID-$i" 3>&- & pids+=($!); }
	done
	wait "${pids[@]}"
	rm "$W"/b/*/hook
	for _ in {1..40}; do
		left=$(left_behind)
		[ -n "$left" ] || break
		sleep 0.05
	done
	same "$left" ''
}
