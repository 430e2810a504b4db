#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What is refused after the container has been inspected. Refusals before that are in direct.bats.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "64: an option of the hook has a wrong value" {
	hook_options --max-size=much
	readonly_root
	refused 64 --max-size
}

@test "64: an unknown option of the hook is an error for every container" {
	hook_options --bogus
	refused 64 --bogus
}

@test "65: one bad value refuses the whole list" {
	readonly_root
	tmpfs '/run;/etc:size=x'
	refused 65 "$LIST_KEY" '/etc:size=x'
}

@test "66: config.json is gone" {
	readonly_root
	# The wrapper moves the bundle's config.json away before the hook runs.
	sed -i "2i /bin/mv '$W/config.json' '$W/config.gone'" "$W/hook"
	# crun has its own copy, which the hook may use. The container then starts.
	if [ "$RUNTIME" = crun ]; then
		runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1 || status=$?
		[ "$(cat "$W/hook.status")" = 0 ] || [ "$(cat "$W/hook.status")" = 66 ]
	else
		refused 66 config.json ENOENT
	fi
	mv "$W/config.gone" "$W/config.json"
}

# runc calls poststart hooks before its state reports the process as running.
@test "66: the hook is registered for poststart" {
	readonly_root
	config '.hooks = {poststart: .hooks.createRuntime}'
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		runtime start "$ID" >"$W/start.log" 2>&1 || true
		grep -Fq "is 'running'" "$W/hook.err" || fail "$(cat "$W/hook.err")"
	fi
	same "$(cat "$W/hook.status")" 66
	grep -Fq 'register it for createRuntime' "$W/hook.err" || fail "$(cat "$W/hook.err")"
}

@test "66: a checkpoint is restored (by criu if it works here)" {
	words='restoring a checkpoint, the runtime calls hooks before it mounts anything'
	if [ "$RUNTIME" = runc ] && have criu && criu check >"$W/criu.log" 2>&1; then
		config '.linux.namespaces |= map(select(.type != "network" and .type != "cgroup"))
			| .mounts |= map(select(.type != "cgroup")) | del(.linux.seccomp)'
		setsid runc --root "$W/run" run --detach --bundle "$W" "$ID" </dev/null >/dev/null 2>&1 3>&-
		runtime checkpoint --image-path "$W/image" --work-path "$W/work" "$ID" >"$W/log" 2>&1 ||
			fail "$(cat "$W/log"; grep Error "$W/work/dump.log")"
		readonly_root
		tmpfs /etc
		runtime restore --detach --bundle "$W" --image-path "$W/image" --work-path "$W/work" "$ID" >"$W/log" 2>&1 && fail 'it was restored'
		grep -q "$words" "$W/log" || fail "$(cat "$W/log")"
		config '.annotations = {}'
		runtime restore --detach --bundle "$W" --image-path "$W/image" --work-path "$W/work" "$ID" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
		echo '# by criu' >&3
	else
		# As runc does: it calls these hooks before anything is mounted in the new namespace.
		readonly_root
		tmpfs /etc
		unshare -m --propagation private sh -c 'echo >"$0"; exec sleep 100' "$W/ready" 3>&- &
		sleeper=$!
		until [ -s "$W/ready" ]; do sleep 0.01; done
		jq --arg id "$ID" --argjson pid "$sleeper" --arg bundle "$W" \
			'{ociVersion: "1.0.2", id: $id, status: "creating", pid: $pid, bundle: $bundle, annotations}' "$W/config.json" >"$W/state"
		status=0
		"$W/hook" <"$W/state" >"$W/log" 2>&1 || status=$?
		kill "$sleeper"
		same "$status" 66
		grep -q "$words" "$W/log" || fail "$(cat "$W/log")"
	fi
}

@test "69: the kernel lacks fsopen" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=fsopen:error=ENOSYS'
	write_wrapper
	tmpfs /run
	refused 69 ENOSYS
}

@test "69: the kernel lacks mount_setattr" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mount_setattr:error=ENOSYS'
	write_wrapper
	readonly_root
	refused 69 ENOSYS
}

@test "70: a tmpfs that is not mounted is detected" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=move_mount:retval=0'
	write_wrapper
	tmpfs /run
	refused 70 /run
}

@test "70: a root that stays writable is detected" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mount_setattr:retval=0'
	write_wrapper
	readonly_root
	refused 70
}

@test "74: a security module refuses a file name, and the message points to the audit log" {
	have strace || skip 'strace is not here'
	# SELinux without a mountLabel does this for a type that the policy does not name.
	mkfifo "$W/rootfs/srv/fifo"
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mknodat:error=EACCES'
	write_wrapper
	tmpfs /srv
	refused 74 '/srv: fifo: ' SELinux 'audit log' EACCES
}

@test "71: a system call fails with an unexpected error" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=move_mount:error=EIO'
	write_wrapper
	tmpfs /run
	refused 71 EIO
}

@test "71: a namespace cannot be entered" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=setns:error=EPERM'
	write_wrapper
	tmpfs /run
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		fail 'the container was created'
	fi
	[[ $(cat "$W/hook.status") == 66 || $(cat "$W/hook.status") == 71 ]]
	one_line "${ID:0:12}" "$W/hook.err"
}

@test "73: the path is a file" {
	tmpfs '/run;/etc/passwd'
	refused 73 /etc/passwd
}

@test "73: the path is below a file" {
	tmpfs '/etc/passwd/sub'
	refused 73 /etc/passwd/sub directory
}

@test "73: the path is a link to a file" {
	ln -s ../etc/passwd "$W/rootfs/opt/file"
	tmpfs '/opt/file'
	refused 73 /opt/file
}

@test "73: the path is in a loop of links" {
	tmpfs '/opt/loop'
	refused 73 /opt/loop ELOOP
}

@test "73: a link to a missing path is created inside the root or refused" {
	ln -s /nowhere/at/all "$W/rootfs/opt/nowhere"
	tmpfs '/opt/nowhere'
	# Created or refused, but never on the host.
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		PID=$(cat "$W/pid")
		is_ours /nowhere/at/all
	else
		same "$(cat "$W/hook.status")" 73
	fi
	[ ! -e /nowhere ]
}

@test "73: the path is a link to the root" {
	ln -s / "$W/rootfs/opt/root"
	tmpfs '/opt/root'
	refused 73 /opt/root
}

@test "73: the path is a volume" {
	mkdir "$W/volume"
	add_mount /data "$W/volume" rbind rw
	tmpfs /data
	refused 73 /data
}

# crun makes a volume read-only only after the hooks.
@test "73: a directory would have to be created on a read-only volume" {
	mkdir -p "$W/volume/there" "$W/inner"
	add_mount /data "$W/volume" rbind rw ro
	add_mount /data/there "$W/inner" rbind rw
	ln -s /data/new "$W/rootfs/opt/data"
	tmpfs /data/new/dir
	refused 73 /data/new/dir EROFS
	rm "$W"/hook.*
	tmpfs /opt/data
	refused 73 /opt/data EROFS
	same "$(ls "$W/volume")" there
	rm "$W"/hook.*
	# The volume on it is writable.
	tmpfs /data/there/new/dir
	create
	is_ours /data/there/new/dir
}

@test "73: the path is a link to a volume" {
	mkdir "$W/volume"
	add_mount /srv "$W/volume" rbind rw
	tmpfs /opt/escape
	refused 73 /opt/escape
}

@test "73: the path is /dev" {
	tmpfs /dev
	refused 73 /dev
}

@test "73: the path is a kernel filesystem" {
	for path in /proc /proc/sys /sys /sys/fs /dev/pts /dev/mqueue /sys/fs/cgroup; do
		rm -f "$W"/hook.{status,err}
		tmpfs "$path"
		refused 73 "$path"
	done
}

@test "73: the path is on a tmpfs that is on a kernel filesystem" {
	for at in /sys/kernel /proc/acpi; do
		rm -f "$W"/hook.{status,err}
		config --arg at "$at" '.mounts += [{destination: $at, type: "tmpfs", source: "tmpfs", options: ["rw"]}]'
		tmpfs "$at/new"
		# runc 1.1.15 refuses such a mount itself, and calls no hook.
		if [ "$RUNTIME $at" = 'runc /proc/acpi' ] && ! runtime create --bundle "$W" "$ID" >"$W/create.log" 2>&1 &&
			[ ! -e "$W/hook.status" ]; then
			grep -q 'inside /proc' "$W/create.log" || fail "$(cat "$W/create.log")"
			return 0
		fi
		rm -f "$W"/hook.{status,err}
		case $at in
		/sys*) refused 73 "$at/new" 'kernel filesystem (sysfs)' ;;
		*) refused 73 "$at/new" 'kernel filesystem (proc)' ;;
		esac
	done
}

@test "73: the path leads through a magic link of a kernel filesystem" {
	ln -s /proc/1/cwd "$W/rootfs/opt/cwd"
	for path in /proc/1/cwd /proc/1/root/run /proc/self/root /proc/1/fd/0 /opt/cwd/new; do
		rm -f "$W"/hook.{status,err}
		tmpfs "$path"
		refused 73 "$path" 'is on a kernel filesystem (proc)'
	done
}

@test "73: the path is /dev/shm" {
	tmpfs /dev/shm
	refused 73 /dev/shm
}

@test "73: the path is on a mount with shared propagation" {
	mkdir -p "$W/volume/sub"
	add_mount /data "$W/volume" rbind rshared rw
	PREFIX=(unshare -m --propagation private sh -c '
		mount --bind "$0" "$0" && mount --make-rshared "$0" && exec "$@"' "$W/volume")
	tmpfs /data/sub
	refused 73 "/data/sub: it is on a mount with shared propagation (/data): "
}

@test "73: the path is a file, and the message names the annotation and the resolved path" {
	ln -s /etc/passwd "$W/rootfs/opt/users"
	annotate io.kubernetes.container.name web "$LIST_KEY/web" '/run;/opt/users'
	refused 73 "$LIST_KEY/web: /opt/users: it resolves to /etc/passwd, which is a file; name its directory"
}

@test "73: an operator's default cannot be used, and the message names --tmpfs" {
	hook_options --readonly --tmpfs=/etc/passwd
	refused 73 '--tmpfs: /etc/passwd: it is a file; name its directory'
	bundle_end
	bundle_begin
	hook_options --readonly --tmpfs=/proc/sys
	refused 73 '--tmpfs: /proc/sys: it is on a kernel filesystem'
}

@test "73: two entries resolve to the same directory through a link" {
	tmpfs '/run;/var/run'
	refused 73 /var/run /run
}

@test "73: two entries resolve to the same missing directory" {
	tmpfs '/run/new;/var/run/new'
	refused 73 /var/run/new
}

@test "77: --deny refuses the path as written" {
	hook_options '--deny=/etc/**' --deny=/etc
	tmpfs '/run;/etc'
	refused 77 /etc
}

@test "77: --deny refuses the resolved path" {
	hook_options --deny=/run
	tmpfs /var/run
	refused 77 /run
}

@test "77: --allow refuses all other paths" {
	hook_options --allow=/run '--allow=/var/**'
	tmpfs '/run;/var/lib/app'
	create
	runtime delete --force "$ID"
	rm -f "$W"/hook.{status,err}
	tmpfs '/run;/etc'
	refused 77 /etc
}

@test "77: --enforce refuses false" {
	hook_options --enforce
	annotate "$KEY" false
	refused 77 "$KEY"
}

@test "77: --max-size refuses a larger size=" {
	hook_options --max-size=1m
	tmpfs /run:size=2m
	refused 77 /run
}

@test "77: --max-inodes refuses a larger nr_inodes=" {
	hook_options --max-inodes=1k
	tmpfs /run:nr_inodes=1025
	refused 77 "$LIST_KEY: entry '/run:nr_inodes=1025': 1025 files" --max-inodes 1024
	rm "$W"/hook.{status,err}
	hook_options --readonly --max-inodes=1k --tmpfs=/run:nr_inodes=2k
	config '.annotations = {}'
	refused 77 '--tmpfs: entry' --max-inodes
}

@test "74: a seed has more files than --max-inodes allows, and the message names the option" {
	hook_options --max-inodes=3
	tmpfs /etc
	refused 74 /etc '3 inodes (--max-inodes)'
}

@test "77: --max-total refuses a larger sum" {
	hook_options --max-total=3m
	tmpfs '/run:size=2m;/etc:size=2m'
	refused 77
}

@test "77: --forbid refuses an option" {
	hook_options --forbid=exec,suid
	tmpfs '/run:exec'
	refused 77 exec
}
