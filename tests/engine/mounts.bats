#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Mount tables as they occur in practice: how and on what the root is mounted, volumes around a target, and what the host sees.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }

teardown()
{
	host_end
	if [ -n "${HOSTS:-}" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		in_lab umount -l "$HOSTS"
	fi
	bundle_end
}

# again: clears up for the next container of a test.
again()
{
	host_end
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.{status,err}
}

# The optional fields of a mount without peer group numbers: "shared", "master", or nothing.
propagation()
{
	mount_line "$1" | sed 's/ - .*//' | cut -d ' ' -f 7- | sed 's/:[0-9]*//g'
}

# on_a_host SCRIPT: calls the runtime in a mount namespace in which the mount of the bundle is shared, as on a host, after the script
# has mounted in it. The namespace lives until host_end, as a host's does, because the end of the last peer makes slaves private.
on_a_host()
{
	cat >"$W/host" <<-EOF
		mount --bind '$W' '$W' && mount --make-rshared '$W' && cd '$W' || exit 99
		$1
		sleep 100 >/dev/null 2>&1 3>&- &
		echo \$! >'$W/host.pid'
		cat /proc/self/mountinfo >'$W/table.before'
		"\$@" || exit
		cat /proc/self/mountinfo >'$W/table.after'
	EOF
	PREFIX=(unshare -m --propagation private sh -e "$W/host")
}

# on_the_host COMMAND...: runs it in that namespace.
on_the_host()
{
	nsenter -t "$(cat "$W/host.pid")" -m -- "$@" 3>&-
}

host_end()
{
	local file

	PREFIX=()
	for file in "$W"/{host,peer}.pid; do
		[ -s "$file" ] || continue
		kill "$(cat "$file")" 2>/dev/null || true
		rm "$file"
	done
}

# The host's mounts are unchanged.
host_is_as_before()
{
	PREFIX=()
	without_others "$W/table.before" >"$W/table.ours"
	grep -F " $W" "$W/table.ours"
	without_others "$W/table.after" | diff "$W/table.ours" -
}

# As podman's storage does: lower layers, and an upper one.
OVERLAY='mkdir upper work
	mount -t overlay -o "$FLAGS,lowerdir=$PWD/low2:$PWD/low,upperdir=$PWD/upper,workdir=$PWD/work" none rootfs'

layers()
{
	mkdir "$W/low2"
	mv "$W/rootfs" "$W/low"
	mkdir "$W/rootfs" "$W/low2/srv"
	echo layer >"$W/low2/srv/upper-layer"
	echo image >"$W/low/srv/lower-layer"
}

# --- the root ---

@test "a root on overlay keeps its flags and propagation, and all layers are seeded" {
	layers
	for flags in nodev,noatime nosuid,nodev,relatime nodiratime,noatime; do
		rm -rf "$W/upper" "$W/work"
		on_a_host "FLAGS=$flags; $OVERLAY"
		config ".annotations = {}"
		create
		host_is_as_before
		before="$(mount_flags /) $(propagation /)"
		again
		rm -rf "$W/upper" "$W/work"
		on_a_host "FLAGS=$flags; $OVERLAY"
		readonly_root
		tmpfs '/etc;/srv;/made/here'
		create
		host_is_as_before
		same "$(mount_flags /) $(propagation /)" "${before/rw/ro}"
		same "$(mount_fs / | cut -d ' ' -f 1)" overlay
		is_ours /etc /srv /made/here
		same "$(ls "$ROOT/srv")" $'lower-layer\nupper-layer'
		not_writable /
		writable /srv
		same "$(ls "$W/upper")" made
		again
	done
}

# A hook that makes the root a slave of a peer in a mount namespace that lives until host_end.
slave_hook()
{
	cat >"$W/make-slave" <<-'EOF'
		#!/bin/sh -e
		cd "$1"
		mount --make-shared rootfs
		unshare -m --propagation unchanged sleep 100 >/dev/null 2>&1 &
		until [ "$(readlink "/proc/$!/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.02; done
		echo $! >peer.pid
		mount --make-slave rootfs
	EOF
	cat >"$W/slave-hook" <<-'EOF'
		#!/bin/sh -e
		exec nsenter -t "$(jq .pid)" -m -- "$1/make-slave" "$1"
	EOF
	chmod 0755 "$W/make-slave" "$W/slave-hook"
	config --arg w "$W" '.hooks.createRuntime |= [{path: ($w + "/slave-hook"), args: ["slave-hook", $w],
		env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}] + .'
}

@test "a root on overlay with slave propagation stays a slave of its master" {
	layers
	config '.linux.rootfsPropagation = "rslave"'
	for of in host another; do
		[ "$of" = host ] || slave_hook
		config '.annotations = {}'
		on_a_host "FLAGS=nodev; $OVERLAY"
		create
		before=$(propagation /)
		# crun makes a slave of the host private, and so does runc since 1.1.15.
		[ "$of" = host ] || same "$before" master
		again
		rm -rf "$W/upper" "$W/work"
		on_a_host "FLAGS=nodev; $OVERLAY"
		readonly_root
		tmpfs /etc
		create
		host_is_as_before
		same "$of: $(propagation /)" "$of: $before"
		# The tmpfs was mounted later, and is neither slave nor peer.
		same "$(propagation /etc)" ''
		again
		rm -rf "$W/upper" "$W/work"
	done
}

@test "seed=overlay works on a root that is an overlay" {
	layers
	on_a_host "FLAGS=nodev; $OVERLAY"
	readonly_root
	tmpfs '/srv:seed=overlay'
	create
	host_is_as_before
	same "$(ls "$ROOT/srv")" $'lower-layer\nupper-layer'
	rm "$ROOT/srv/lower-layer"
	echo mine >"$ROOT/srv/upper-layer"
	same "$(cat "$W/low2/srv/upper-layer" "$W/low/srv/lower-layer")" $'layer\nimage'
	same "$(ls -A "$W/upper/srv" 2>/dev/null || true)" ''
}

@test "a rootfs that is mounted three times at one path is protected" {
	host='mount --bind rootfs rootfs; mount --bind rootfs rootfs; mount -o remount,bind,nodev,noatime rootfs'
	on_a_host "$host"
	create
	before="$(mount_flags /) $(propagation /)"
	again
	on_a_host "$host"
	readonly_root
	tmpfs '/etc;/made/here'
	create
	host_is_as_before
	same "$(mounts_at /)" 1
	same "$(mount_flags /) $(propagation /)" "${before/rw/ro}"
	has_option / noatime
	is_ours /etc /made/here
	not_writable /
}

@test "a root on an overlay without an upper layer is seeded, and a missing directory is refused" {
	layers
	on_a_host 'mount -t overlay -o "lowerdir=$PWD/low2:$PWD/low" none rootfs'
	readonly_root
	tmpfs '/etc;/srv'
	create
	host_is_as_before
	is_ours /etc /srv
	writable /etc
	not_writable /
	again
	on_a_host 'mount -t overlay -o "lowerdir=$PWD/low2:$PWD/low" none rootfs'
	tmpfs /made
	refused 73 /made EROFS
}

@test "root.readonly works with the annotations, on overlay and with mount flags" {
	layers
	config '.root.readonly = true'
	on_a_host "FLAGS=nodev,noatime; $OVERLAY"
	create
	# The runtime remounts the root after the hook, and may drop flags.
	before="$(mount_flags /) $(propagation /)"
	again
	rm -rf "$W/upper" "$W/work"
	on_a_host "FLAGS=nodev,noatime; $OVERLAY"
	config '.process.cwd = "/work/dir"'
	readonly_root
	tmpfs '/etc;/made'
	create
	host_is_as_before
	same "$(mount_flags /) $(propagation /)" "$before"
	has_option / ro
	is_ours /etc /made
	[ -d "$ROOT/work/dir" ]
}

@test "each rootfsPropagation has the same result as without the hook, and the host's table is unchanged" {
	for propagation in none private rprivate slave rslave shared rshared unbindable; do
		if [ "$propagation" = none ]; then
			config 'del(.linux.rootfsPropagation)'
		else
			config --arg p "$propagation" '.linux.rootfsPropagation = $p'
		fi
		on_a_host :
		config '.annotations = {}'
		create
		host_is_as_before
		before=$(propagation /)
		again
		on_a_host :
		readonly_root
		tmpfs '/etc;/made/here;/srv:seed=overlay'
		create
		host_is_as_before
		same "$propagation: $(propagation /)" "$propagation: $before"
		is_ours /etc /made/here
		not_writable /
		again
		rm -r "$W/rootfs/made"
	done
}

# --- volumes ---

@test "a tmpfs below a volume is mounted on the volume, seeded from the image, and the volume is unchanged" {
	mkdir -p "$W/volume/sub" "$W/volume/other" "$W/rootfs/data/sub"
	echo volume >"$W/volume/sub/file"
	echo image >"$W/rootfs/data/sub/seed"
	add_mount /data "$W/volume" rbind rw
	readonly_root
	tmpfs '/data/sub;/data/other'
	create
	is_ours /data/sub /data/other
	same "$(ls "$ROOT/data/sub" "$ROOT/data/other")" "$ROOT"$'/data/other:\n\n'"$ROOT"$'/data/sub:\nseed'
	writable /data
	writable /data/sub
	same "$(ls "$W/volume/sub")" file
}

@test "below a read-only volume, an existing directory is used and a missing one is refused" {
	mkdir -p "$W/volume/sub"
	add_mount /data "$W/volume" rbind ro
	readonly_root
	tmpfs /data/sub
	create
	is_ours /data/sub
	writable /data/sub
	not_writable /data
	has_option /data ro
	again
	# crun would make the volume read-only later.
	tmpfs /data/lacking
	refused 73 /data/lacking EROFS
	[ ! -e "$W/volume/lacking" ]
}

@test "a volume on a target is refused, even if shared, read-only or reached through a link" {
	mkdir "$W/volume" "$W/rootfs/shared" "$W/rootfs/shut"
	ln -s ../shared "$W/rootfs/opt/shared"
	add_mount /shared "$W/volume" rbind rshared rw
	add_mount /shut "$W/volume" rbind ro
	for path in /shared /shut /opt/shared; do
		on_a_host :
		tmpfs "$path"
		refused 73 "$path" "already a mount of the container"
		again
	done
}

@test "a volume below a target moves with its propagation, and later mounts of the host appear in it" {
	mkdir -p "$W/volume/inner" "$W/late" "$W/rootfs/run/shared"
	echo late >"$W/late/file"
	host='mount --bind volume volume; mount --make-rshared volume'
	for option in rshared rslave rprivate; do
		config '.annotations = {} | .mounts |= map(select(.destination != "/run/shared"))'
		add_mount /run/shared "$W/volume" rbind "$option" rw
		# A separate mount, because runc makes the mount of the root private.
		on_a_host "$host"
		create
		before=$(propagation /run/shared)
		[[ $RUNTIME == crun || $option == rprivate || $before == *master* ]] || fail "$option: $before"
		again
		on_a_host "$host"
		readonly_root
		tmpfs /run
		create
		host_is_as_before
		is_ours /run
		same "$(mounts_at /run/shared)" 1
		writable /run/shared
		same "$option: $(propagation /run/shared)" "$option: $before"
		on_the_host mount --bind "$W/late" "$W/volume/inner"
		case $before in
		'') [ ! -e "$ROOT/run/shared/inner/file" ] ;;
		*) same "$(cat "$ROOT/run/shared/inner/file")" late ;;
		esac
		same "$option: $(mounts_at /run)" "$option: 1"
		again
	done
}

@test "of mounts stacked below a target, the topmost one shows, with its flags" {
	mkdir -p "$W/first" "$W/second" "$W/third" "$W/rootfs/run/secrets"
	for name in first second third; do
		echo "$name" >"$W/$name/file"
	done
	add_mount /run/secrets "$W/first" rbind rw
	add_mount /run/secrets "$W/second" rbind rw
	add_mount /run/secrets "$W/third" rbind ro nosuid
	readonly_root
	tmpfs /run
	create
	is_ours /run
	same "$(cat "$ROOT/run/secrets/file")" third
	not_writable /run/secrets
	has_option /run/secrets ro nosuid
	same "$(our_mounts)" 1
	same "$(cat "$ROOT/run/app/pid")" pid
}

@test "mounts stacked above a target are accepted, and mounts stacked on it are refused" {
	mkdir -p "$W/first/sub" "$W/second/sub" "$W/rootfs/data"
	echo second >"$W/second/mark"
	add_mount /data "$W/first" rbind rw
	add_mount /data "$W/second" rbind rw
	tmpfs /data/sub
	create
	is_ours /data/sub
	same "$(cat "$ROOT/data/mark")" second
	writable /data/sub
	same "$(find "$W"/{first,second}/sub -mindepth 1)" ''
	again
	tmpfs /data
	refused 73 /data "already a mount of the container"
}

@test "a mount that another one hides stays hidden after the move" {
	mkdir -p "$W/hidden" "$W/over" "$W/rootfs/run/a/b"
	echo hidden >"$W/hidden/file"
	add_mount /run/a/b "$W/hidden" rbind rw
	add_mount /run/a "$W/over" rbind rw
	readonly_root
	tmpfs /run
	create
	is_ours /run
	same "$(ls -A "$ROOT/run/a")" ''
	writable /run/a
	[ ! -e "$W/rootfs/run/a/.orh-test" ]
}

@test "a link /var/run works with secrets and a file mounted below it" {
	mkdir -p "$W/secrets"
	echo token >"$W/secrets/token"
	echo env >"$W/env"
	add_mount /run/secrets "$W/secrets" rbind ro
	add_mount /var/run/.containerenv "$W/env" bind rw
	readonly_root
	tmpfs '/var/run:size=1m;/var'
	create
	is_ours /run /var
	same "$(our_mounts)" 2
	same "$(cat "$ROOT/run/secrets/token" "$ROOT/run/.containerenv")" $'token\nenv'
	same "$(readlink "$ROOT/var/run")" /run
	not_writable /run/secrets
	same "$(mounts_at /run/.containerenv)" 1
}

@test "volumes whose paths are escaped in a mount table move" {
	names=('a b' $'tab\there' $'new\nline' 'back\slash' 'größe' '#hash')
	for name in "${names[@]}"; do
		mkdir -p "$W/volumes/$name" "$W/rootfs/run/$name"
		echo "$name" >"$W/volumes/$name/file"
		add_mount "/run/$name" "$W/volumes/$name" rbind rw
	done
	readonly_root
	tmpfs /run
	create
	is_ours /run
	for name in "${names[@]}"; do
		same "$(cat "$ROOT/run/$name/file")" "$name"
		writable "/run/$name"
	done
}

@test "three hundred mounts below a target move" {
	mkdir "$W/volume" "$W/rootfs/run/many"
	echo one >"$W/volume/file"
	# With one bind of a tree, because the runtimes are slow with hundreds of entries in config.json.
	on_a_host 'for n in $(seq 300); do mkdir -p tree/$n && mount --bind volume tree/$n; done'
	add_mount /run/many "$W/tree" rbind rw
	add_mount /etc/hosts "$W/volume/file" bind ro
	mkdir "$W/tree"
	readonly_root
	tmpfs '/run;/etc'
	create
	host_is_as_before
	is_ours /run /etc
	same "$(cat "$ROOT"/run/many/{1,150,300}/file "$ROOT/etc/hosts")" $'one\none\none\none'
	same "$(grep -c ' /run/many/' "/proc/$PID/mountinfo")" 300
}

@test "mounts of config.json without a source are accepted, also below a target" {
	config '.mounts += [{destination: "/srv", type: "tmpfs"}, {destination: "/etc/ssl", type: "tmpfs", source: ""}]'
	readonly_root
	tmpfs '/etc;/run'
	again
	create
	is_ours /etc /run
	same "$(our_mounts)" 2
	same "$(mounts_at /etc/ssl)" 1
	touch "$ROOT/etc/ssl/x" "$ROOT/srv/x"
}

# fuse_mount DIR: mounts another user's FUSE filesystem, which root may not access.
fuse_mount()
{
	exec {fuse}<>/dev/fuse || skip 'no FUSE here'
	# mount(8) of util-linux 2.41 looks at the new mount, and fails, unless it uses mount(2).
	LIBMOUNT_FORCE_MOUNT2=always in_lab mount -i -t fuse -o "fd=$fuse,rootmode=40000,user_id=1234,group_id=1234" fuse "$1"
	HOSTS=$1
	in_lab ls "$1" 2>/dev/null && fail 'root may look at it'
	return 0
}

# fuse_stays DIR: the FUSE mount of the volume is still there.
fuse_stays()
{
	same "$(mounts_at "$1")" 1
	same "$(mount_fs "$1" | cut -d ' ' -f 1)" fuse
}

@test "another user's FUSE mount in a volume moves with it, below an entry and a default" {
	mkdir -p "$W/volume/home/fuse"
	fuse_mount "$W/volume/home/fuse"
	add_mount /srv/host "$W/volume" rbind rslave
	tmpfs /srv
	create
	is_ours /srv
	fuse_stays /srv/host/home/fuse
	again

	config '.annotations = {}'
	hook_options --readonly --tmpfs=/srv
	create
	is_ours /srv
	fuse_stays /srv/host/home/fuse
}

@test "an operator's default below a volume's inaccessible FUSE mount yields" {
	mkdir -p "$W/volume/fuse"
	fuse_mount "$W/volume/fuse"
	add_mount /srv/host "$W/volume" rbind rslave
	hook_options --readonly --tmpfs=/srv/host/fuse --tmpfs=/srv/host/fuse/a/b --tmpfs=/run
	create
	is_ours /run
	same "$(our_mounts)" 1
	fuse_stays /srv/host/fuse
	again

	tmpfs /srv/host/fuse/a/b
	refused 73 "/srv/host/fuse/a/b: cannot be followed at /srv/host/fuse: EACCES"
}

@test "an operator's default on a mounted file yields" {
	echo mounted >"$W/file"
	touch "$W/rootfs/srv/file"
	add_mount /srv/file "$W/file" bind
	hook_options --readonly --tmpfs=/srv/file
	create
	same "$(our_mounts)" 0
	same "$(cat "$ROOT/srv/file")" mounted
}

# A tmpfs of the host with the hook's source name, as podman's storage has it inside a container of podman.
@test "a volume whose filesystem is called oci-readonly-hook is treated as a volume" {
	local source

	mkdir "$W/volume"
	in_lab mount -t tmpfs -o nosuid,nodev,noexec oci-readonly-hook "$W/volume"
	HOSTS=$W/volume
	in_lab mkdir "$W/volume/v"
	for source in "$W/volume/v" "$W/volume"; do
		config 'del(.mounts[] | select(.destination == "/srv"))'
		add_mount /srv "$source" bind rprivate nosuid nodev noexec
		tmpfs /srv
		refused 73 "/srv: it is already a mount of the container (tmpfs from oci-readonly-hook)"
		again
		config '.annotations = {}'
		hook_options --readonly --tmpfs=/srv
		create
		same "$(mounts_at /srv)" 1
		again
		hook_options --log-level=info
	done
}
