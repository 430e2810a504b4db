#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Malicious images. Beside the rootfs is the canary, a tree that the image's links point to. After each test, the canary is
# unchanged, attribute by attribute, and so is the host's mount table. races.bats also exchanges files while the hook runs.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	"$TREE_MAKE" "$W/canary" 2>/dev/null
	mkdir -p "$W"/canary/{1,2,3,4,5,6}/b/c
	# Listed twice: reading a symbolic link for the first time sets its access time.
	"$TREE_LIST" "$W/canary" >/dev/null
	"$TREE_LIST" "$W/canary" >"$W/canary.before"
}

teardown()
{
	[ -z "${EXCHANGER:-}" ] || kill "$EXCHANGER" 2>/dev/null || true
	if [ -n "${ON_TMPFS:-}" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		in_lab umount -l "$W/rootfs"
	fi
	[ ! -e "$W/canary.before" ] || "$TREE_LIST" "$W/canary" | diff "$W/canary.before" - | head -n 20 >"$W/canary.diff"
	[ ! -s "$W/canary.diff" ] || fail "the host's files have changed:" "$(cat "$W/canary.diff")"
	bundle_end
}

# A rootfs on a tmpfs, which accepts larger files and attributes than ext4.
rootfs_on_tmpfs()
{
	in_lab mount -t tmpfs -o mode=755,nr_inodes=0 none "$W/rootfs"
	ON_TMPFS=yes
	in_lab cp -a "$SUITE/base/." "$W/rootfs"
}

hostile()
{
	in_lab "$TREE_HOSTILE" "$1" "$2" "$W/rootfs/srv/$1"
}

# either STATUS...: the container is created with as many tmpfs as its list names, or is refused with one of the statuses. Sets
# $outcome.
either()
{
	rm -f "$W"/hook.{status,err}
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		PID=$(cat "$W/pid")
		ROOT=/proc/$PID/root
		hook_succeeded
		same "$(our_mounts)" 1
		outcome=0
	else
		outcome=$(cat "$W/hook.status")
		[[ " $* " == *" $outcome "* ]] || { show_logs; fail "status $outcome"; }
		one_line "${ID:0:12}" "$W/hook.err"
	fi
}

delete()
{
	runtime delete --force "$ID"
}

# Chained links in a deep directory that lead up and down again: each name after ".." costs the whole path.
costly_links()
{
	local path i text

	path=$(printf 'd/%.0s' {1..900})
	mkdir -p "$W/rootfs/srv/${path}d"
	text=$(printf 'd/../%.0s' {1..800})
	for i in {0..36}; do
		ln -s "${text}l$((i + 1))" "$W/rootfs/srv/${path}l$i"
	done
	ln -s d "$W/rootfs/srv/${path}l37"
	COSTLY=/srv/${path}l0
}

@test "an entry whose links cost far more to follow than a sane image's is refused" {
	costly_links
	tmpfs "$COSTLY"
	refused 73 "the container's paths lead through more than 65536 directories and symlinks"
}

@test "a working directory whose links cost far more to follow than a sane image's is refused" {
	costly_links
	tmpfs /run
	config --arg cwd "$COSTLY" '.process.cwd = $cwd'
	refused 73 "the container's paths lead through more than 65536 directories and symlinks"
}

@test "absolute and relative links out of the root stay in the root, at every component" {
	local up=../../../../../../../../..

	mkdir -p "$W/rootfs/srv/"{2/b,3/b,5/b,6/b}
	rmdir "$W/rootfs/srv/"{2,5}/b "$W/rootfs/srv/"{3,6}/b
	mkdir "$W/rootfs/srv/"{3,6}/b
	ln -s "$W/canary/1" "$W/rootfs/srv/1"
	ln -s "$W/canary/2/b" "$W/rootfs/srv/2/b"
	ln -s "$W/canary/3/b/c" "$W/rootfs/srv/3/b/c"
	ln -s "$up$W/canary/4" "$W/rootfs/srv/4"
	ln -s "$up$W/canary/5/b" "$W/rootfs/srv/5/b"
	ln -s "$up$W/canary/6/b/c" "$W/rootfs/srv/6/b/c"
	readonly_root
	tmpfs "$(printf '/srv/%s/b/c;' 1 2 3 4 5 6)"
	create
	same "$(our_mounts)" 6
	for i in 1 2 3 4 5 6; do
		is_ours "$W/canary/$i/b/c"
		[ -d "$W/rootfs$W/canary/$i/b/c" ]
	done
}

@test "links to /proc and magic links are refused" {
	local to

	readonly_root
	tmpfs /srv/link
	for to in /proc /proc/self /proc/self/root /proc/1 /proc/1/root /proc/1/cwd /proc/1/exe /proc/1/fd/0 /proc/1/ns/mnt \
		"/proc/self/root$W/canary/1" "/proc/1/root$W/canary/1" "/proc/1/cwd$W/canary/1" /proc/thread-self/root /dev/fd/0; do
		ln -sfn "$to" "$W/rootfs/srv/link"
		rm -f "$W"/hook.{status,err}
		refused 73 /srv/link
	done
}

# Repeats until both outcomes have occurred, or up to a number of containers. races.bats requires both outcomes for each kind.
exchange_rounds()
{
	local round

	created=0 refused=0
	for ((round = 0; round < ${3:-60} && (round < 10 || created == 0 || refused == 0); round++)); do
		"$RACE" exchange "$1" "$2" 3>&- &
		EXCHANGER=$!
		either 70 73 74
		kill "$EXCHANGER"
		wait "$EXCHANGER" 2>/dev/null || true
		EXCHANGER=
		if [ "$outcome" = 0 ]; then
			created=$((created + 1))
			! grep -rqs canary "$ROOT/srv" || fail "the host's files are in the seed"
			delete
		else
			refused=$((refused + 1))
		fi
	done
	[ "$created" -gt 0 ] || fail "$created created, $refused refused"
}

@test "a target exchanged for a link out of the root never reaches the host" {
	mkdir "$W/rootfs/srv/t"
	ln -s "$W/canary/1" "$W/rootfs/srv/x"
	readonly_root
	tmpfs /srv/t
	exchange_rounds "$W/rootfs/srv/t" "$W/rootfs/srv/x"
	[ "$refused" -gt 0 ] || fail "$created created, none refused"
}

@test "a seed's directory exchanged for a link out of the root never copies the host's files" {
	mkdir -p "$W/rootfs/srv/t/"{1..100}
	echo canary >"$W/canary-too"
	ln -s "$W" "$W/rootfs/x"
	readonly_root
	tmpfs /srv
	exchange_rounds "$W/rootfs/srv/t/50" "$W/rootfs/x" 20
}

@test "a FIFO, socket or device as a target, or above one, is refused" {
	local name

	mkfifo "$W/rootfs/srv/fifo"
	mknod "$W/rootfs/srv/zero" c 1 5
	mknod "$W/rootfs/srv/disk" b 259 77
	cp -a "$W/canary/socket" "$W/rootfs/srv/socket"
	for name in fifo zero disk socket; do
		rm -f "$W"/hook.{status,err}
		tmpfs "/srv/$name"
		refused 73 "/srv/$name" directory
		rm -f "$W"/hook.{status,err}
		tmpfs "/srv/$name/below"
		refused 73 "/srv/$name" directory
	done
}

@test "FIFOs and devices of a seed are copied without being opened" {
	mkfifo "$W/rootfs/etc/fifo"
	mknod "$W/rootfs/etc/zero" c 1 5
	mknod "$W/rootfs/etc/disk" b 259 77
	tmpfs /etc
	create
	is /etc/fifo %F fifo
	is /etc/zero '%F %t:%T' 'character special file 1:5'
	is /etc/disk '%F %t:%T' 'block special file 103:4d'
	has_option /etc nodev
}

@test "the engine's files stay mounted on a FIFO and a device of the image" {
	echo resolver >"$W/resolv.conf"
	rm "$W"/rootfs/etc/{hosts,resolv.conf}
	mkfifo "$W/rootfs/etc/hosts"
	mknod "$W/rootfs/etc/resolv.conf" c 1 5
	add_mount /etc/hosts "$W/resolv.conf" bind ro
	add_mount /etc/resolv.conf "$W/resolv.conf" bind ro
	tmpfs /etc
	create
	is_ours /etc
	same "$(cat "$ROOT/etc/hosts" "$ROOT/etc/resolv.conf")" $'resolver\nresolver'
}

# An annotation cannot spell these names, but a link of the image can.
@test "targets may be named with newlines, invalid UTF-8 and 255 bytes" {
	local long name number=0

	long=$(printf 'n%.0s' {1..255})
	for name in $'new\nline' $'\xff\xfe invalid \xc3\x28' "$long" $'tab\tblank \\back' $'\x1b[31m'; do
		number=$((number + 1))
		mkdir "$W/rootfs/srv/$name"
		echo inside >"$W/rootfs/srv/$name/file"
		ln -s "$name" "$W/rootfs/srv/$number"
	done
	readonly_root
	tmpfs '/srv/1;/srv/2;/srv/3;/srv/4;/srv/5'
	create
	same "$(our_mounts)" 5
	for number in 1 2 3 4 5; do
		same "$(cat "$ROOT/srv/$number/file")" inside
		writable "/srv/$number/"
	done
}

@test "a message escapes names with newlines, invalid UTF-8 and 255 bytes" {
	local name

	for name in $'new\nline' $'\xff\xfe invalid \xc3\x28' "$(printf 'n%.0s' {1..255})" $'\x1b[31m'; do
		rm -rf "$W"/hook.{status,err} "$W/rootfs/srv/sub"
		mkdir -p "$W/rootfs/srv/sub/$name"
		ln -sfn "sub/$name/file" "$W/rootfs/srv/link"
		echo no directory >"$W/rootfs/srv/sub/$name/file"
		tmpfs /srv/link
		refused 73 "$LIST_KEY: /srv/link" 'is a file; name its directory'
	done
}

@test "a seed of 5,000 levels is copied" {
	hostile deep 5000
	tmpfs /srv
	create
	is_ours /srv
	same "$(find "$ROOT/srv/deep" -mindepth 5001 -name bottom -printf %d)" 5001
}

@test "a seed of 5,000 levels is copied with a hard link to a file on each" {
	hostile deep-links 5000
	tmpfs /srv
	create
	is_ours /srv
	same "$(find "$ROOT/srv/deep-links/links" -type f -links 2 | wc -l)" 5000
}

@test "a seed of more than 16,384 levels is refused, and can be an overlay" {
	hostile deep 16400
	tmpfs /srv
	refused 74 /srv 16384
	rm "$W"/hook.{status,err}
	tmpfs /srv:seed=overlay
	create
	[ -d "$ROOT/srv/deep/d/d" ]
}

@test "a file with 64,000 links of which one is in the seed is copied" {
	in_lab "$TREE_HOSTILE" links 64000 "$W/rootfs/opt/links"
	ln "$W/rootfs/opt/links/0" "$W/rootfs/srv/one"
	tmpfs /srv
	create
	is_ours /srv
	is /srv/one %h 1
	echo changed >"$ROOT/srv/one"
	[ ! -s "$W/rootfs/opt/links/0" ]
}

# On a tmpfs, the kernel does not find data in the last possible page of a file.
@test "a sparse file of 8 EiB is copied" {
	rootfs_on_tmpfs
	hostile sparse 9223372036854771712
	tmpfs /srv:size=1m
	create
	is /srv/sparse/sparse '%s' 9223372036854771712
	same "$(head -c 1 "$ROOT/srv/sparse/sparse")" a
	same "$(tail -c 1 "$ROOT/srv/sparse/sparse")" z
}

@test "a sparse file of 8 EiB with too much data is refused" {
	rootfs_on_tmpfs
	hostile sparse 9223372036854771712
	in_lab dd if=/dev/urandom of="$W/rootfs/srv/sparse/more" bs=64k count=1 2>/dev/null
	tmpfs /srv:size=64k
	refused 74 /srv 'it needs 73728 bytes' 65536
}

@test "an extended attribute of 64 KiB is copied" {
	rootfs_on_tmpfs
	hostile attribute 65536
	tmpfs /srv
	create
	cmp <(in_lab getfattr --absolute-names --only-values -n trusted.large "$W/rootfs/srv/attribute/attribute") \
		<(getfattr --absolute-names --only-values -n trusted.large "$ROOT/srv/attribute/attribute")
	same "$(getfattr --absolute-names --only-values -n trusted.large "$ROOT/srv/attribute/attribute" | wc -c)" 65536
}

@test "set-id files keep their bits, which have no effect" {
	cp "$W/rootfs/bin/busybox" "$W/rootfs/srv/busybox"
	chown 0:0 "$W/rootfs/srv/busybox"
	chmod 6755 "$W/rootfs/srv/busybox"
	config '.process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = false'
	tmpfs /srv:exec
	create
	is /srv/busybox '%a %u:%g' '6755 0:0'
	has_option /srv nosuid
	delete
	rm -f "$W"/hook.{status,err}
	inside '/srv/busybox sh -c "while read -r key value; do case \$key in Uid:) echo \$value ;; esac; done </proc/self/status"'
	same "$output" '1000 1000 1000 1000'
}

@test "a rootfs whose /etc is a file is refused for /etc and below" {
	rm -r "$W/rootfs/etc"
	echo file >"$W/rootfs/etc"
	readonly_root
	tmpfs /etc
	refused 73 /etc directory
	rm "$W"/hook.{status,err}
	tmpfs /etc/ssl
	refused 73 /etc/ssl directory
	rm "$W"/hook.{status,err}
	tmpfs /run
	create
	is_ours /run
	is /etc %F 'regular file'
}
