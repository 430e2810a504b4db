#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The operator's --seed-tmpfs: each tmpfs of config.json is filled in place with the image's files.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	hook_options --seed-tmpfs
}

teardown()
{
	if [ -n "${VOLUME:-}" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		in_lab umount -l "$VOLUME"
	fi
	bundle_end
}

# The root on an overlay, as with engines: the hook's directories are newer than its upper layer.
overlay_root()
{
	mkdir "$W/lower" "$W/upper" "$W/work"
	mv "$W/rootfs" "$W/lower/rootfs"
	mkdir "$W/rootfs"
	in_lab mount -t overlay -o "lowerdir=$W/lower/rootfs,upperdir=$W/upper,workdir=$W/work" overlay "$W/rootfs"
	VOLUME=$W/rootfs
}

# is_engines PATH...: the engine's tmpfs is there, and nothing is mounted over it.
is_engines()
{
	local path

	for path; do
		[[ $(mount_fs "$path") == 'tmpfs tmpfs '* ]] || fail "$path: $(mount_fs "$path")"
	done
}

# is_empty PATH...: contains nothing.
is_empty()
{
	local path

	for path; do
		same "$(ls -A "$ROOT$path")" ''
	done
}

# same_tree PATH: below it, the container has the image's files, with owners, modes, times and contents.
same_tree()
{
	same "$(cd "$ROOT$1" && find . -printf '%p %y %m %U:%G %T@ %l\n' | sort)" \
		"$(cd "${IMAGE:-$W/rootfs}$1" && find . -printf '%p %y %m %U:%G %T@ %l\n' | sort)"
	diff -r "$ROOT$1" "${IMAGE:-$W/rootfs}$1"
}

# by_engine PATH...: records mode and owner of the runtime's tmpfs without the hook's option.
by_engine()
{
	local path

	hook_options --log-level=error
	create
	for path; do
		stat -c '%a %u:%g' "$ROOT$path"
	done >"$W/by-engine"
	again
	hook_options --seed-tmpfs
}

# is_by_engine PATH...: they are the same as in by_engine.
is_by_engine()
{
	local path

	for path; do
		stat -c '%a %u:%g' "$ROOT$path"
	done | diff "$W/by-engine" -
}

# The hook's line in the log.
log_line()
{
	sed -n 's/^<[0-9]*>.* oci-readonly-hook\[[0-9]*\]: //p' "$W/log"
}

logged()
{
	PREFIX=("$SYSLOG_RUN" "$W/log")
}

@test "each tmpfs of a container without annotations gets the image's files, and keeps its options" {
	logged
	engine_tmpfs /etc nodev rprivate rw noexec nosuid size=2g
	engine_tmpfs /srv nodev rprivate rw noexec nosuid
	engine_tmpfs /var/lib rw nosuid exec size=1m
	create
	same "$(our_mounts)" 0
	is_engines /etc /srv /var/lib
	has_option /etc noexec nosuid nodev size=2097152k
	has_option /var/lib nosuid size=1024k
	lacks_option /var/lib noexec
	same_tree /etc
	same_tree /var/lib
	is /srv '%a %u:%g %y' "$(stat -c '%a %u:%g %y' "$W/rootfs/srv")"
	writable /etc
	writable /usr
	[[ $(log_line) == *' root=unchanged charged='*' path=/etc tmpfs=engine seed=copy files=9 '*' path=/srv tmpfs=engine seed=copy files=0 '* ]] ||
		fail "$(log_line)"
}

# Below /etc and /var/lib are two executable files each.
@test "programs of a filled tmpfs are counted if it is noexec" {
	local dir

	logged
	for dir in etc var/lib; do
		touch "$W/rootfs/$dir/"{run,also}
		chmod 0755 "$W/rootfs/$dir/"{run,also}
	done
	engine_tmpfs /etc rw noexec nosuid
	engine_tmpfs /var/lib rw nosuid exec
	create
	[[ $(log_line) == *' path=/etc tmpfs=engine seed=copy '*' noexec_programs=2 path=/var/lib '* ]] || fail "$(log_line)"
	same "$(log_line | grep -o noexec_programs | wc -l)" 1
}

@test "the root stays as the engine made it, and the container's writes do not reach the image" {
	config '.root.readonly = true'
	engine_tmpfs /etc rw nosuid nodev
	inside 'cat /etc/app.conf; echo changed >/etc/app.conf; cat /etc/app.conf; touch /usr/x'
	same "$output" $'setting = 1\nchanged\ntouch: /usr/x: Read-only file system'
	same "$(cat "$W/rootfs/etc/app.conf")" 'setting = 1'
}

@test "mounts on a tmpfs stay, on the mount points that the runtime created for them" {
	logged
	mkdir -p "$W/volume"
	echo mine >"$W/volume/file"
	chmod 0700 "$W/volume"
	mkdir "$W/rootfs/etc/sub"
	chmod 2751 "$W/rootfs/etc/sub"
	chown 7:8 "$W/rootfs/etc/sub"
	echo image >"$W/rootfs/etc/sub/image"
	ln -s /usr "$W/rootfs/etc/link"
	echo file >"$W/rootfs/etc/file"
	echo hidden >"$W/rootfs/etc/hidden"
	mkdir "$W/rootfs/etc/dir"
	echo hidden >"$W/rootfs/etc/dir/hidden"
	touch -d '2001-02-03 04:05:06.123456789' "$W/rootfs/etc/sub" "$W/rootfs/etc"
	engine_tmpfs /etc rw nosuid nodev
	add_mount /etc/hosts "$W/volume/file" bind ro
	add_mount /etc/sub/deep/volume "$W/volume" rbind rw
	add_mount /etc/link/below "$W/volume" rbind rw
	add_mount /etc/file/below "$W/volume" rbind rw
	add_mount /etc/hidden "$W/volume" rbind rw
	add_mount /etc/dir "$W/volume" rbind rw
	create
	same "$(cat "$ROOT/etc/hosts")" mine
	same "$(cat "$ROOT/etc/app.conf")" 'setting = 1'
	same "$(cat "$ROOT/etc/sub/image")" image
	is /etc/sub '%a %u:%g %y' "$(stat -c '%a %u:%g %y' "$W/rootfs/etc/sub")"
	is /etc '%a %u:%g %y' "$(stat -c '%a %u:%g %y' "$W/rootfs/etc")"
	for path in /etc/sub/deep/volume /etc/link/below /etc/file/below /etc/hidden /etc/dir; do
		same "$(ls -A "$ROOT$path")" file
		same "$(mounts_at "$path")" 1
		is "$path" %a 700
	done
	same "$(ls -A "$W/volume")" file
	# The image's link does not lead the seed anywhere.
	[ ! -e "$ROOT/usr/below" ]
	[ -d "$ROOT/etc/link" ] && [ ! -L "$ROOT/etc/link" ]
	[[ $(log_line) == *' lost_names=2'* ]] || fail "$(log_line)"
	# The files below a mount, as the host's root sees them through a copy of the tmpfs.
	nsenter -t "$PID" -m /bin/sh -c 'mkdir /tmp/below && mount --bind /etc /tmp/below && cd /tmp/below &&
		/bin/busybox find . -exec stat -c "%n %F %s" {} +' >"$W/below"
	grep -qx './hosts regular empty file 0' "$W/below" || fail "$(cat "$W/below")"
	grep -q '^./hidden directory ' "$W/below" || fail "$(cat "$W/below")"
	! grep -q '^./dir/hidden' "$W/below" || fail "$(cat "$W/below")"
}

@test "a tmpfs on a tmpfs, two on one directory, and one through a link fill each directory once" {
	mkdir -p "$W/rootfs/run/lock"
	chmod 1770 "$W/rootfs/run/lock"
	echo held >"$W/rootfs/run/lock/held"
	engine_tmpfs /run rw nosuid nodev size=64k
	engine_tmpfs /run/lock rw nosuid nodev
	engine_tmpfs /srv rw nosuid nodev size=64k
	engine_tmpfs /srv rw nosuid nodev size=128k
	engine_tmpfs /var/run rw nosuid nodev size=256k
	create
	has_option /run size=256k
	has_option /srv size=128k
	same_tree /run
	is /srv %a 711
	same "$(mounts_at /run)" 2
	same "$(our_mounts)" 0
	again
	config 'del(.mounts[] | select(.destination == "/var/run"))'
	create
	same "$(cat "$ROOT/run/app/pid") $(cat "$ROOT/run/lock/held")" 'pid held'
	is /run/lock %a 1770
	same "$(mounts_at /run/lock)" 1
}

@test "mode=, uid= and gid= are kept, and their group is not passed on to the files" {
	engine_tmpfs /etc rw nosuid nodev mode=2775 uid=3 gid=4
	engine_tmpfs /run rw nosuid nodev gid=9
	engine_tmpfs /srv rw nosuid nodev mode=0700,size=64k
	add_mount /etc/ssl/certs "$W/rootfs/usr" rbind rw
	by_engine /etc /srv
	create
	is_by_engine /etc /srv
	is /etc '%u:%g' '3:4'
	is /etc/passwd '%a %u:%g' '644 0:0'
	is /etc/app.conf '%a %u:%g' '640 100:101'
	is /etc/ssl '%a %u:%g' '755 0:0'
	is /run '%a %u:%g' '755 0:9'
	is /run/app '%a %u:%g' '2750 33:44'
	is /etc %y "$(stat -c %y "$W/rootfs/etc")"
}

@test "a tmpfs on a missing path stays as the engine made it, even after the runtime has created the directory" {
	logged
	overlay_root
	engine_tmpfs /new/first rw nosuid nodev mode=1777
	engine_tmpfs /opt/first rw nosuid nodev
	by_engine /new/first /opt/first
	engine_tmpfs /new/path rw nosuid nodev mode=1777
	engine_tmpfs /opt/other rw nosuid nodev
	engine_tmpfs /usr/lib rw nosuid nodev
	for _ in 1 2; do
		create
		is_empty /new/path /opt/other /usr/lib
		is_by_engine /new/path /opt/other
		# The image has this one, as empty as theirs.
		is /usr/lib '%a %y' "755 $(stat -c %y "$W/lower/rootfs/usr/lib")"
		[[ $(log_line) == *' path=/new/path tmpfs=engine seed=none left=image-lacks-it '*' path=/usr/lib tmpfs=engine seed=copy '* ]] ||
			fail "$(log_line)"
		again
		# From now on the runtime finds the directories, and may take their mode.
		by_engine /new/path /opt/other
		rm "$W/log"
	done
	# The same for an entry that replaces the engine's tmpfs.
	hook_options --log-level=info
	tmpfs '/new/path;/usr/lib'
	create
	is_ours /new/path /usr/lib
	is /new/path %a 1777
	is /usr/lib %a 755
}

@test "if the root is not an overlay, an empty directory like the runtime's counts as created by the runtime" {
	engine_tmpfs /usr/lib rw nosuid nodev
	engine_tmpfs /opt/new rw nosuid nodev
	chmod 0750 "$W/rootfs/srv"
	engine_tmpfs /srv rw nosuid nodev
	by_engine
	by_engine /usr/lib /opt/new
	create
	is_by_engine /usr/lib /opt/new
	is /srv %a 750
}

@test "a tmpfs of the host is never filled, even with the type tmpfs or on the engine's tmpfs" {
	host_tmpfs
	in_lab rm "$VOLUME/precious"
	engine_tmpfs /run rw nosuid nodev
	add_mount /var/run "$VOLUME" bind rprivate
	add_mount /etc "$VOLUME" bind rprivate
	jq --arg source "$VOLUME" \
		'.mounts += [{destination: "/srv", type: "tmpfs", source: $source, options: ["bind", "rprivate"]}]' \
		"$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	create
	is_empty /run /etc /srv
	same "$(in_lab ls -A "$VOLUME")" ''
	in_lab stat -c %a "$VOLUME" | grep -qx 1777
}

@test "a tmpfs of the host on the path of a tmpfs, through a link into a volume, is never filled" {
	mkdir -p "$W/host/in"
	in_lab mount --bind "$W/host" "$W/host"
	in_lab mount -t tmpfs tmpfs "$W/host/in"
	VOLUME=$W/host/in
	mkdir -p "$W/rootfs/data/in"
	echo image >"$W/rootfs/data/in/image"
	ln -s data/in "$W/rootfs/trap"
	engine_tmpfs /trap rw nosuid nodev
	add_mount /data "$W/host" rbind rprivate
	create
	is_empty /trap
	same "$(in_lab ls -A "$VOLUME")" ''
	runtime delete --force "$ID"
	in_lab umount -l "$W/host/in"
	VOLUME=$W/host
}

@test "a tmpfs on or below /dev, /proc and /sys, and one that is not empty, is left alone" {
	logged
	mkdir -p "$W/rootfs/dev/shm"
	echo x >"$W/rootfs/dev/shm/x"
	engine_tmpfs /dev/more rw nosuid nodev
	engine_tmpfs /sys/fs/cgroup rw nosuid nodev
	engine_tmpfs /etc rw nosuid nodev
	config '.hooks.createRuntime = [{path: "@W@/first"}] + .hooks.createRuntime'
	sed -i "s|@W@|$W|" "$W/config.json"
	cat >"$W/first" <<-'EOF'
		#!/bin/sh
		pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
		exec nsenter -t "$pid" -m sh -c 'chmod 0712 "$1" && touch "$1/first"' sh "$(dirname "$0")/rootfs/etc"
	EOF
	chmod 0755 "$W/first"
	create
	same "$(ls -A "$ROOT/etc")" first
	is /etc %a 712
	[[ $(log_line) == *' path=/etc tmpfs=engine seed=none left=not-empty' ]] || fail "$(log_line)"
	! log_line | grep -q 'path=/\(dev\|sys\|proc\)' || fail "$(log_line)"
}

@test "a container with only the runtime's own tmpfs is not entered" {
	logged
	hook_options --seed-tmpfs --log-level=debug
	create
	[[ $(log_line) == *'left alone: config.json has no tmpfs to fill' ]] || fail "$(log_line)"
}

@test "a second run leaves the filled tmpfs alone" {
	logged
	engine_tmpfs /etc rw nosuid nodev
	engine_tmpfs /srv rw nosuid nodev
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	same_tree /etc
	is /srv '%a %y' "711 $(stat -c %y "$W/rootfs/srv")"
	[[ $(log_line | tail -n 1) == *' path=/etc tmpfs=engine seed=none left=not-empty '* ]] || fail "$(log_line)"
}

@test "an entry replaces a tmpfs, is mounted below one, or has one below it" {
	readonly_root
	engine_tmpfs /run rw nosuid nodev
	engine_tmpfs /etc rw nosuid nodev
	engine_tmpfs /var/lib rw nosuid nodev
	tmpfs '/run:size=1m;/etc/ssl;/var'
	create
	is_ours /run /etc/ssl /var
	is_engines /etc /var/lib
	same_tree /run
	same "$(cat "$ROOT/etc/ssl/certs/a.pem") $(cat "$ROOT/etc/app.conf") $(cat "$ROOT/var/lib/app/data")" 'certificate setting = 1 data'
	is /etc/ssl %y "$(stat -c %y "$W/rootfs/etc/ssl")"
	is /var/lib/app '%a %u:%g' '755 33:44'
	not_writable /usr
	same "$(our_mounts)" 3
}

@test "--seed-tmpfs works with --readonly and --tmpfs, whose default yields to the engine's tmpfs" {
	engine_tmpfs /run rw nosuid nodev
	hook_options --seed-tmpfs --readonly --tmpfs=/run:size=1m --tmpfs=/srv
	create
	is_ours /srv
	is_engines /run
	same_tree /run
	not_writable /usr
}

@test "--allow, --deny, --forbid and the limits do not apply to the engine's tmpfs" {
	engine_tmpfs /etc rw nosuid exec size=2m
	hook_options --seed-tmpfs --allow=/none --deny=/etc --forbid=exec --max-size=1m --max-total=1m --max-inodes=5
	create
	same_tree /etc
}

@test "podman's containers, an exempt one, a sandbox, and all with --audit are left alone" {
	logged
	chmod 0711 "$W/rootfs/etc"
	engine_tmpfs /etc rw nosuid nodev
	by_engine /etc
	annotate io.container.manager libpod
	create
	is_empty /etc
	again
	config '.annotations = {}'
	annotate io.kubernetes.pod.namespace kube-system
	hook_options --seed-tmpfs --exempt=io.kubernetes.pod.namespace=^kube-
	create
	is_empty /etc
	again
	config '.annotations = {}'
	annotate io.kubernetes.cri.container-type sandbox io.kubernetes.cri.sandbox-id "$ID"
	create
	is_empty /etc
	again
	annotate io.kubernetes.cri.sandbox-id other
	hook_options --seed-tmpfs --audit
	rm -f "$W/log"
	create
	is_empty /etc
	is_by_engine /etc
	[[ $(log_line) == 'audit: container='*' root=unchanged ms='*' path=/etc tmpfs=engine seed=copy' ]] || fail "$(log_line)"
	again
	hook_options --seed-tmpfs
	create
	same_tree /etc
}

@test "74: a seed does not fit in bytes or in files, and the message recommends a size" {
	dd if=/dev/zero of="$W/rootfs/etc/large" bs=64k count=4 2>/dev/null
	engine_tmpfs /etc rw nosuid nodev size=64k nr_inodes=5
	refused 74 '--seed-tmpfs: /etc: the seed does not fit: it needs ' "and its tmpfs has 65536 bytes (the engine's) and 5 inodes (the engine's); size=" ',nr_inodes='
	again
	engine_tmpfs /run rw nosuid nodev
	refused 74 '--seed-tmpfs: /etc: the seed does not fit'
}

@test "73: a tmpfs is read-only already; one that the runtime makes read-only later is filled" {
	engine_tmpfs /etc ro nosuid nodev
	inside 'cat /etc/app.conf; touch /etc/x'
	same "$output" $'setting = 1\ntouch: /etc/x: Read-only file system'
	again
	config '.hooks.createRuntime = [{path: "@W@/first"}] + .hooks.createRuntime'
	sed -i "s|@W@|$W|" "$W/config.json"
	cat >"$W/first" <<-'EOF'
		#!/bin/sh
		pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
		exec nsenter -t "$pid" -m mount -o remount,bind,ro "$(dirname "$0")/rootfs/etc"
	EOF
	chmod 0755 "$W/first"
	refused 73 '--seed-tmpfs: /etc: its tmpfs is read-only already, and cannot be filled: EROFS'
}

@test "73: there are more than 128 tmpfs" {
	local i

	jq '.mounts += [range(129) | {destination: "/m/\(.)", type: "tmpfs", source: "tmpfs", options: ["size=4k"]}]' \
		"$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	refused 73 '--seed-tmpfs: config.json has more than 128 tmpfs to fill'
}

@test "devices of the image are copied, and those of config.json below a tmpfs stay" {
	mknod "$W/rootfs/etc/null" c 1 3
	mkdir "$W/rootfs/etc/dev"
	echo image >"$W/rootfs/etc/dev/zero"
	engine_tmpfs /etc rw nosuid
	create
	[ -c "$ROOT/etc/null" ]
	again
	config '.linux.devices = [{path: "/etc/dev/zero", type: "c", major: 1, minor: 5, fileMode: 438, uid: 0, gid: 0}]'
	create
	[ -c "$ROOT/etc/dev/zero" ]
}

@test "in a user namespace, unmapped owners and devices are counted" {
	local dir=$W

	logged
	while [ "$dir" != / ] && [ "$dir" != /tmp ] && [ "$dir" != /var/tmp ]; do
		chmod a+x "$dir"
		dir=$(dirname "$dir")
	done
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	chown $((HOST_IDS + 7)):$((HOST_IDS + 8)) "$W/rootfs/etc/app.conf"
	chown 5:5 "$W/rootfs/etc/passwd"
	chmod 4755 "$W/rootfs/etc/passwd"
	mknod "$W/rootfs/etc/null" c 1 3
	config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
	echo volume >"$W/volume"
	engine_tmpfs /etc rw nosuid nodev
	add_mount /etc/hosts "$W/volume" bind ro
	create
	same "$(cat "$ROOT/etc/hosts")" volume
	is /etc '%a %u:%g' "755 $HOST_IDS:$HOST_IDS"
	is /etc/app.conf '%a %u:%g' "640 $((HOST_IDS + 7)):$((HOST_IDS + 8))"
	is /etc/passwd '%a' 755
	[ ! -e "$ROOT/etc/null" ]
	[[ $(log_line) == *' path=/etc tmpfs=engine seed=copy '*' lost_owners=1 lost_nodes=1'* ]] || fail "$(log_line)"
}

@test "hostile: names of an image that would leave the tmpfs, block the hook, or pass for what is mounted" {
	local deep=$W/rootfs/srv

	mkfifo "$W/rootfs/srv/fifo"
	ln -s ../../../../../../../../../.. "$W/rootfs/srv/up"
	ln -s /proc/self/root "$W/rootfs/srv/magic"
	ln -s "$W/volume" "$W/rootfs/srv/absolute"
	mknod "$W/rootfs/srv/loop" c 1 9
	mkdir -p "$W/volume/in" "$W/rootfs/srv/deep"
	echo mine >"$W/volume/file"
	for _ in $(seq 200); do
		deep=$deep/d
		mkdir "$deep"
	done
	echo end >"$deep/end"
	touch "$W/rootfs/srv/oci-readonly-hook" "$W/rootfs/srv/"$'line\nbreak'
	ln -s /srv "$W/rootfs/alias"
	engine_tmpfs /srv rw nosuid nodev noexec
	# Where the image has links, by which the runtime does not go: the tmpfs is empty then.
	add_mount /srv/up/etc "$W/volume" rbind rw
	add_mount /srv/absolute/in "$W/volume" rbind rw
	add_mount /alias/magic/etc "$W/volume/file" bind rw
	create
	same "$(our_mounts)" 0
	same "$(ls -A "$W/volume")" $'file\nin'
	same "$(ls -A "$W/volume/in")" ''
	[ -p "$ROOT/srv/fifo" ] && [ -c "$ROOT/srv/loop" ]
	[ -d "$ROOT/srv/up" ] && [ ! -L "$ROOT/srv/up" ]
	same "$(cat "$ROOT/srv/up/etc/file") $(cat "$ROOT/srv/magic/etc")" 'mine mine'
	same "$(cat "$ROOT${deep#"$W/rootfs"}/end")" end
	same "$(ls -A "$ROOT/etc")" "$(ls -A "$W/rootfs/etc")"
	[ ! -e "$ROOT/etc/file" ]
}
