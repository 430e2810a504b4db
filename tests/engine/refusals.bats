#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What is refused once there is a container to look at: contract section 4. What needs none is in direct.bats.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "64: the hook's own options" {
	hook_options --max-size=much
	readonly_root
	refused 64 --max-size
}

@test "64: a hook with wrong options is an error for every container" {
	hook_options --bogus
	refused 64 --bogus
}

@test "65: a bad value, and the other annotations do nothing" {
	readonly_root
	tmpfs '/run;/etc:size=x'
	refused 65 "$LIST_KEY" '/etc:size=x'
}

@test "66: config.json without root.path cannot be had from a runtime, a bundle that is gone can" {
	readonly_root
	# The wrapper takes the bundle's config.json away before the hook runs.
	sed -i "2i /bin/mv '$W/config.json' '$W/config.gone'" "$W/hook"
	# crun has a copy of its own, which is as good: then the container starts.
	if [ "$RUNTIME" = crun ]; then
		runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1 || status=$?
		[ "$(cat "$W/hook.status")" = 0 ] || [ "$(cat "$W/hook.status")" = 66 ]
	else
		refused 66 config.json ENOENT
	fi
	mv "$W/config.gone" "$W/config.json"
}

# What runc does then, for the else: its hooks are called before anything is mounted in the new namespace.
# runc calls these hooks before it says that the process runs.
@test "66: registered for poststart" {
	readonly_root
	config '.hooks = {poststart: .hooks.createRuntime}'
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		runtime start "$ID" >"$W/start.log" 2>&1 || true
		grep -Fq "is 'running'" "$W/hook.err" || fail "$(cat "$W/hook.err")"
	fi
	same "$(cat "$W/hook.status")" 66
	grep -Fq 'register it for createRuntime' "$W/hook.err" || fail "$(cat "$W/hook.err")"
}

@test "66: a checkpoint that is restored, by criu where it works here" {
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

@test "69: a kernel that lacks fsopen" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=fsopen:error=ENOSYS'
	write_wrapper
	tmpfs /run
	refused 69 ENOSYS
}

@test "69: a kernel that lacks mount_setattr" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mount_setattr:error=ENOSYS'
	write_wrapper
	readonly_root
	refused 69 ENOSYS
}

@test "70: a mount that did not take hold is found out" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=move_mount:retval=0'
	write_wrapper
	tmpfs /run
	refused 70 /run
}

@test "70: a root that stayed writable is found out" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mount_setattr:retval=0'
	write_wrapper
	readonly_root
	refused 70
}

@test "74: a name that a security module refuses: the message points to the audit log" {
	have strace || skip 'strace is not here'
	# SELinux, without a mountLabel, does this for a type that the policy does not name.
	mkfifo "$W/rootfs/srv/fifo"
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=mknodat:error=EACCES'
	write_wrapper
	tmpfs /srv
	refused 74 '/srv: fifo: ' SELinux 'audit log' EACCES
}

@test "71: a system call that fails in another way" {
	have strace || skip 'strace is not here'
	TRACE='/usr/bin/strace -f -qq -o /dev/null -e inject=move_mount:error=EIO'
	write_wrapper
	tmpfs /run
	refused 71 EIO
}

@test "71: a namespace that cannot be entered" {
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

@test "73: a file" {
	tmpfs '/run;/etc/passwd'
	refused 73 /etc/passwd
}

@test "73: a path below a file" {
	tmpfs '/etc/passwd/sub'
	refused 73 /etc/passwd/sub directory
}

@test "73: a link to a file" {
	ln -s ../etc/passwd "$W/rootfs/opt/file"
	tmpfs '/opt/file'
	refused 73 /opt/file
}

@test "73: a loop of links" {
	tmpfs '/opt/loop'
	refused 73 /opt/loop ELOOP
}

@test "73: a link to nowhere" {
	ln -s /nowhere/at/all "$W/rootfs/opt/nowhere"
	tmpfs '/opt/nowhere'
	# Made or refused: never on the host.
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		PID=$(cat "$W/pid")
		is_ours /nowhere/at/all
	else
		same "$(cat "$W/hook.status")" 73
	fi
	[ ! -e /nowhere ]
}

@test "73: a link to the root" {
	ln -s / "$W/rootfs/opt/root"
	tmpfs '/opt/root'
	refused 73 /opt/root
}

@test "73: a volume" {
	mkdir "$W/volume"
	add_mount /data "$W/volume" rbind rw
	tmpfs /data
	refused 73 /data
}

# crun makes a volume read-only after its hooks.
@test "73: a directory to make on a read-only volume" {
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
	# The volume on it is not.
	tmpfs /data/there/new/dir
	create
	is_ours /data/there/new/dir
}

@test "73: a volume, through a link" {
	mkdir "$W/volume"
	add_mount /srv "$W/volume" rbind rw
	tmpfs /opt/escape
	refused 73 /opt/escape
}

@test "73: /dev, and below it" {
	tmpfs /dev
	refused 73 /dev
}

@test "73: kernel filesystems" {
	for path in /proc /proc/sys /sys /sys/fs /dev/pts /dev/mqueue /sys/fs/cgroup; do
		rm -f "$W"/hook.{status,err}
		tmpfs "$path"
		refused 73 "$path"
	done
}

@test "73: a directory on a tmpfs that is on a kernel filesystem" {
	for at in /sys/kernel /proc/acpi; do
		rm -f "$W"/hook.{status,err}
		config --arg at "$at" '.mounts += [{destination: $at, type: "tmpfs", source: "tmpfs", options: ["rw"]}]'
		tmpfs "$at/new"
		# runc 1.1.15 mounts nothing there itself, and calls no hook.
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

@test "73: the magic links of a kernel filesystem" {
	ln -s /proc/1/cwd "$W/rootfs/opt/cwd"
	for path in /proc/1/cwd /proc/1/root/run /proc/self/root /proc/1/fd/0 /opt/cwd/new; do
		rm -f "$W"/hook.{status,err}
		tmpfs "$path"
		refused 73 "$path" 'is on a kernel filesystem (proc)'
	done
}

@test "73: /dev/shm, the container's shared memory" {
	tmpfs /dev/shm
	refused 73 /dev/shm
}

@test "73: a directory on a mount with shared propagation" {
	mkdir -p "$W/volume/sub"
	add_mount /data "$W/volume" rbind rshared rw
	PREFIX=(unshare -m --propagation private sh -c '
		mount --bind "$0" "$0" && mount --make-rshared "$0" && exec "$@"' "$W/volume")
	tmpfs /data/sub
	refused 73 "/data/sub: it is on a mount with shared propagation (/data): "
}

@test "73: a file in place of its directory, by which annotation" {
	ln -s /etc/passwd "$W/rootfs/opt/users"
	annotate io.kubernetes.container.name web "$LIST_KEY/web" '/run;/opt/users'
	refused 73 "$LIST_KEY/web: /opt/users: it resolves to /etc/passwd, which is a file; name its directory"
}

@test "73: a default of the operator's that cannot be one is called that" {
	hook_options --readonly --tmpfs=/etc/passwd
	refused 73 '--tmpfs: /etc/passwd: it is a file; name its directory'
	bundle_end
	bundle_begin
	hook_options --readonly --tmpfs=/proc/sys
	refused 73 '--tmpfs: /proc/sys: it is on a kernel filesystem'
}

@test "73: the same directory twice, by a link" {
	tmpfs '/run;/var/run'
	refused 73 /var/run /run
}

@test "73: the same directory twice, where one is still to be made" {
	tmpfs '/run/new;/var/run/new'
	refused 73 /var/run/new
}

@test "77: the operator's --deny, of the path as written" {
	hook_options '--deny=/etc/**' --deny=/etc
	tmpfs '/run;/etc'
	refused 77 /etc
}

@test "77: the operator's --deny, of the directory that it comes to" {
	hook_options --deny=/run
	tmpfs /var/run
	refused 77 /run
}

@test "77: the operator's --allow" {
	hook_options --allow=/run '--allow=/var/**'
	tmpfs '/run;/var/lib/app'
	create
	runtime delete --force "$ID"
	rm -f "$W"/hook.{status,err}
	tmpfs '/run;/etc'
	refused 77 /etc
}

@test "77: the operator's --enforce" {
	hook_options --enforce
	annotate "$KEY" false
	refused 77 "$KEY"
}

@test "77: the operator's --max-size" {
	hook_options --max-size=1m
	tmpfs /run:size=2m
	refused 77 /run
}

@test "77: the operator's --max-inodes" {
	hook_options --max-inodes=1k
	tmpfs /run:nr_inodes=1025
	refused 77 "$LIST_KEY: entry '/run:nr_inodes=1025': 1025 files" --max-inodes 1024
	rm "$W"/hook.{status,err}
	hook_options --readonly --max-inodes=1k --tmpfs=/run:nr_inodes=2k
	config '.annotations = {}'
	refused 77 '--tmpfs: entry' --max-inodes
}

@test "74: a seed with more files than --max-inodes allows: what set the limit" {
	hook_options --max-inodes=3
	tmpfs /etc
	refused 74 /etc '3 inodes (--max-inodes)'
}

@test "77: the operator's --max-total" {
	hook_options --max-total=3m
	tmpfs '/run:size=2m;/etc:size=2m'
	refused 77
}

@test "77: the operator's --forbid" {
	hook_options --forbid=exec,suid
	tmpfs '/run:exec'
	refused 77 exec
}
