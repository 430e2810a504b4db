#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly suggest on running containers. Their roots are overlays of the test, so that the upper directory is known.

load lib
load tool

setup_file()
{
	suite_begin
	tool_begin
}

teardown_file() { suite_end; }

setup()
{
	bundle_begin
	overlay_begin
}

teardown()
{
	overlay_end
	bundle_end
}

@test "a container that writes nothing is offered only /tmp" {
	running 'true'
	suggests '/tmp'
}

@test "written, deleted and temporary files need their directories" {
	running '
		echo 1 >/run/service.pid
		mkdir -p /var/lib/app/db/new && echo x >/var/lib/app/db/new/x
		touch /srv/x && rm /srv/x
		rm /etc/app.conf'
	suggests '/etc;/run;/srv;/tmp;/var/lib/app'
}

@test "a write to one of the image's directories below /run needs only that directory" {
	running 'echo 1 >/run/app/other.pid'
	suggests '/run/app;/tmp'
}

@test "a file that was created and removed in /run needs /run" {
	mkdir -p "$W/rootfs/run/app"
	add_mount /run/engine "$W/empty" bind ro
	running 'sleep 1; touch /run/x; rm /run/x'
	suggests '/run;/tmp'
}

@test "a changed mode or owner needs the directory" {
	running 'chmod 0700 /srv'
	suggests '/srv;/tmp'
}

@test "an executable file needs exec, and is named" {
	running 'cp /bin/busybox /tmp/prog; cp /bin/busybox /var/lib/app/data; chmod 0644 /var/lib/app/data'
	suggests '/tmp:exec;/var/lib/app'
	[[ $stderr == *'/tmp: exec, because the executable file /tmp/prog was written'* ]]
}

@test "a missing directory gets mode= and uid=, which the hook applies" {
	config '.process.capabilities[] += ["CAP_CHOWN"]'
	running 'mkdir -m 0750 /opt/new && chown 5:6 /opt/new && echo x >/opt/new/x'
	suggests '/opt/new:mode=0750:uid=5:gid=6;/tmp'
	runtime delete --force "$ID"
	annotate "$KEY" true "$LIST_KEY" "$VALUE"
	create
	is /opt/new '%a %u:%g' '750 5:6'
}

@test "directories that the runtime creates for volumes, tmpfs and cwd are ignored" {
	mkdir "$W/volume"
	add_mount /data/deep/er "$W/volume" bind rw
	add_mount /srv/file "$W/empty" bind ro
	config '.mounts += [{destination: "/scratch", type: "tmpfs", source: "tmpfs", options: []}]
		| .process.cwd = "/work/dir"'
	running 'echo x >/data/deep/er/x; echo x >/scratch/x'
	suggests '/tmp'
}

@test "/tmp is not offered if it is a mount" {
	config '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: []}]'
	running 'echo x >/tmp/x'
	suggests ''
}

@test "directories of programs stay read-only unless --include names them" {
	running 'mkdir -p /usr/local/app/logs; echo x >/usr/local/app/logs/x; echo x >/usr/bin/x; echo x >/x'
	suggests '/tmp'
	[[ $stderr == *"left out: /usr: it contains the image's programs"* ]]
	[[ $stderr == *"left out: /usr/bin: it contains the image's programs"* ]]
	[[ $stderr == *'left out: /x: it is directly in /'* ]]
	suggests '/tmp;/usr/local:mode=0755' --include=/usr/local
}

@test "--explain names the entry of each path" {
	running 'echo 1 >/run/service.pid; echo x >>/var/lib/app/data'
	suggests '/run;/tmp;/var/lib/app' --explain
	[[ $stderr == *'/run: /run/service.pid (written)'* ]]
	[[ $stderr == *'/var/lib/app: /var/lib/app/data (written)'* ]]
	[[ $stderr == *'/tmp: always suggested'* ]]
	[[ $stderr == *'left out (listed only for what is below them): /run, /var, /var/lib, and 1 more'* ]]
}

@test "a container that the hook made read-only keeps its entries" {
	annotate "$KEY" true "$LIST_KEY" '/srv:size=1m;/opt:exec'
	running 'echo x >/srv/x'
	suggests '/opt:exec;/srv;/tmp' --explain
	[[ $stderr == *'/srv: kept: the hook has mounted a tmpfs there'* ]]
	[[ $stderr == *'its root is read-only already'* ]]
}

@test "a relative upper directory is found" {
	overlay_relative
	running 'echo 1 >/run/service.pid'
	suggests '/run;/tmp'
}

@test "without an upper directory, suggest asks for a diff" {
	overlay_end
	config --arg path "$W/image" '.root.path = $path'
	running 'echo 1 >/run/service.pid'
	run --separate-stderr in_lab "$TOOL" suggest "$PID"
	same "$status" 3
	same "$output" ''
	[[ $stderr == *'has no upper directory: give the output of podman diff'* ]]
}

@test "links, FIFOs and mounts in the upper directory are not followed" {
	running 'true'
	ln -s /etc/ssl "$W/upper/opt"
	mkdir -p "$W/upper/srv/mounted" "$W/secret/below"
	mkfifo "$W/upper/srv/fifo"
	ln -s "$W/secret" "$W/upper/srv/out"
	in_lab mount --bind "$W/secret" "$W/upper/srv/mounted"
	run --separate-stderr in_lab "$TOOL" suggest --explain "$PID"
	in_lab umount "$W/upper/srv/mounted"
	same "$status" 0
	[[ $output == *'/srv'* ]]
	[[ $stderr != *below* ]]
	[[ $stderr != *"$W/secret"* ]]
	[[ $stderr == *'there is more than was read'* ]]
}

@test "control characters and separators in names are escaped, or the parent directory is suggested" {
	running 'n=$(printf "new\nline"); e=$(printf "\033[31mred")
		mkdir -p "/srv/a;b:c d/x" "/opt/$n/x" "/var/lib/$e/x" && touch "/srv/a;b:c d/x/y" "/opt/$n/x/y" "/var/lib/$e/x/y"'
	run --separate-stderr in_lab "$TOOL" suggest --explain "$PID"
	same "$status" 0
	same "$(wc -l <<<"$output")" 2
	printf '%s' "$output" "$stderr" | tr -d '\n' | LC_ALL=C grep -q '[[:cntrl:]]' && fail 'control characters'
	[[ $output == *'/srv/a\;b\:c\ d:mode=0755'* ]]
	[[ $stderr == *'new\x0aline'* ]]
	[[ $stderr == *'\x1b[31mred'* ]]
}

@test "a tree that is deeper than a path may be is read down to that depth" {
	running 'mkdir /srv/deep'
	"$TREE_HOSTILE" deep "$W/upper/srv/deep" || deepen "$W/upper/srv/deep"
	run --separate-stderr in_lab "$TOOL" suggest "$PID"
	same "$status" 0
	[[ $output == *'/srv/deep:mode=0755'* ]]
	[[ $stderr == *'there is more than was read'* ]]
}

@test "20,000 files are read" {
	running 'mkdir /var/lib/app/many'
	(cd "$W/upper/var/lib/app/many" && seq -f 'f%.0f' 20000 | xargs touch)
	suggests '/tmp;/var/lib/app'
}

@test "a process that is gone, in no container or another user's is reported" {
	running 'true'
	run --separate-stderr in_lab "$TOOL" suggest 4194305
	same "$status" 3
	[[ $stderr == *'process 4194305: it is gone: ENOENT' ]]
	run --separate-stderr in_lab "$TOOL" suggest $$
	same "$status" 3
	[[ $stderr == *'it is in no container' ]]
	run --separate-stderr in_lab setpriv --reuid 65534 --regid 65534 --clear-groups "$TOOL" suggest "$PID"
	same "$status" 3
	same "$output" ''
	[[ $stderr == *"cannot be inspected (only by root or the container's owner): E"* ]]
}
