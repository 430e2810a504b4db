#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What a seed preserves.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# A listing of the tree without attributes that this kernel's tmpfs does not support. Listed twice, because reading a symbolic link
# for the first time sets its access time.
list_tree()
{
	"$TREE_LIST" "$1" >"$2.first"
	"$TREE_LIST" "$1" >"$2.all"
	if kernel_at_least 6.6; then
		cp "$2.all" "$2"
	else
		grep -v ' xattr user\.' "$2.all" >"$2"
	fi
}

# compare_tree PATH: the copy is identical to the image's tree.
compare_tree()
{
	"$TREE_LIST" "$ROOT$1" >"$W/copied"
	diff "$W/image" "$W/copied" | cut -c 1-300 >"$W/differences" || true
	if [ -s "$W/differences" ]; then
		fail 'differs:' "$(head -n 20 "$W/differences")"
	fi
}

# Fails unless this filesystem kept everything that the test needs.
torture()
{
	"$TREE_MAKE" "$W/rootfs/torture" 2>"$W/not-here"
	list_tree "$W/rootfs/torture" "$W/image"
	for what in 'same-as' ' xattr trusted.' ' xattr security.capability' ' xattr system.posix_acl_default' \
		'mode=7777' ' s mode' ' p mode' ' c mode' ' b mode' ' l mode'; do
		grep -q -- "$what" "$W/image" || fail "not in the tree: $what" "$(cat "$W/not-here")"
	done
	[ "$(grep -c deep-and-deeper-still "$W/image")" -gt 600 ]
}

@test "a copied tree is identical, attribute by attribute" {
	torture
	readonly_root
	tmpfs /torture
	create
	is_ours /torture
	compare_tree /torture
}

# The hook uses as many threads as it may use processors.
@test "a copied tree is identical with any number of processors" {
	local last

	torture
	readonly_root
	tmpfs /torture
	for ((last = 0; last < $(nproc) && last < 4; last++)); do
		taskset -a -p -c "0-$last" "$BASHPID" >/dev/null
		create
		is_ours /torture
		compare_tree /torture
		runtime delete --force "$ID"
	done
}

@test "copying leaves the image unchanged" {
	torture
	readonly_root
	tmpfs /torture
	create
	writable /torture
	"$TREE_LIST" "$W/rootfs/torture" >"$W/after"
	# Reading a file may set its access time.
	diff <(sed 's/atime=[^ ]*//' "$W/image.all") <(sed 's/atime=[^ ]*//' "$W/after")
}

# trusted.overlay.* belongs to overlayfs.
@test "a tree seen through an overlay is identical, attribute by attribute" {
	torture
	readonly_root
	tmpfs '/torture:seed=overlay'
	create
	[[ $(mount_fs /torture) == 'overlay oci-readonly-hook '* ]] || fail "no overlay: $(mount_fs /torture)"
	compare_tree /torture
}

@test "a copied tree below the top directory is identical" {
	torture
	mv "$W/rootfs/torture" "$W/rootfs/srv/torture"
	tmpfs /srv
	create
	is_ours /srv
	compare_tree /srv/torture
}

@test "file capabilities are copied" {
	cp "$W/rootfs/bin/busybox" "$W/rootfs/srv/busybox"
	setcap cap_net_bind_service=ep "$W/rootfs/srv/busybox" || skip 'no file capabilities on this filesystem'
	tmpfs /srv
	create
	is_ours /srv
	same "$(getcap -n "$ROOT/srv/busybox" | sed 's/.* //')" cap_net_bind_service=ep
}

@test "ACLs are copied as getfacl shows them" {
	setfacl -m u:1234:r-x,g:4321:-w-,d:u:99:rwx "$W/rootfs/srv" || skip 'no ACLs on this filesystem'
	mkdir "$W/rootfs/srv/sub"
	setfacl -m u:1234:r-- "$W/rootfs/etc/app.conf"
	tmpfs '/srv;/etc'
	create
	is_ours /srv
	for path in /srv /srv/sub /etc/app.conf; do
		diff <(getfacl -nc "$W/rootfs$path") <(getfacl -nc "$ROOT$path")
	done
}

@test "hard links inside the seed are kept, and those to files outside are broken" {
	echo linked >"$W/rootfs/srv/a"
	ln "$W/rootfs/srv/a" "$W/rootfs/srv/b"
	ln "$W/rootfs/srv/a" "$W/rootfs/opt/outside"
	tmpfs /srv
	create
	is_ours /srv
	is /srv/a %h 2
	same "$(stat -c %i "$ROOT/srv/a")" "$(stat -c %i "$ROOT/srv/b")"
	echo changed >"$ROOT/srv/b"
	same "$(cat "$ROOT/srv/a")" changed
	same "$(cat "$W/rootfs/opt/outside")" linked
}

# On xfs and btrfs, they do: scripts/assure roots. The size is enough for the data, not for the holes.
@test "files with holes, which share their blocks if the filesystem supports that" {
	head -c 3M /dev/urandom >"$W/rootfs/srv/a"
	truncate -s 8M "$W/rootfs/srv/a"
	cp --reflink=auto --sparse=auto "$W/rootfs/srv/a" "$W/rootfs/srv/b"
	printf changed | dd of="$W/rootfs/srv/b" bs=1 seek=1000000 conv=notrunc 2>/dev/null
	tmpfs /srv:size=8m
	create
	is_ours /srv
	cmp "$W/rootfs/srv/a" "$ROOT/srv/a"
	cmp "$W/rootfs/srv/b" "$ROOT/srv/b"
}

@test "a sparse file of a terabyte fits" {
	truncate -s 1T "$W/rootfs/srv/sparse"
	printf end | dd of="$W/rootfs/srv/sparse" bs=1 seek=1000000000000 conv=notrunc 2>/dev/null
	tmpfs /srv:size=8m
	create
	is_ours /srv
	is /srv/sparse %s 1099511627776
	same "$(tail -c +1000000000001 "$ROOT/srv/sparse" | head -c 3)" end
}

@test "two thousand files are copied" {
	mkdir -p "$W/rootfs/srv/"{1..20}
	for i in {1..20}; do
		(cd "$W/rootfs/srv/$i" && for j in {1..100}; do echo "$j" >"$j"; done)
	done
	list_tree "$W/rootfs/srv" "$W/image"
	tmpfs /srv
	create
	is_ours /srv
	compare_tree /srv
}

@test "the container's limits on file size and open files do not affect the seed" {
	head -c 300000 /dev/urandom >"$W/rootfs/srv/file"
	# Raising a hard limit needs CAP_SYS_RESOURCE, which some machines do not grant.
	config '.process.rlimits = [{type: "RLIMIT_FSIZE", soft: 1000, hard: 1000000000000},
		{type: "RLIMIT_NOFILE", soft: 20, hard: 256}]'
	tmpfs /srv
	create
	is_ours /srv
	cmp "$W/rootfs/srv/file" "$ROOT/srv/file"
}

@test "a stack limit of 16 KiB, which crun passes on, affects neither seed nor message" {
	local limit=16384

	have prlimit || skip 'prlimit is not here'
	# A sanitizer needs larger stack frames. Below 1 MiB, the hook uses another stack.
	! is_sanitized || limit=1040384
	# Soft and hard limit, because raising it needs CAP_SYS_RESOURCE.
	TRACE="/usr/bin/prlimit --stack=$limit"
	write_wrapper
	torture
	readonly_root
	tmpfs '/torture;/etc;/var/lib/app'
	create
	is_ours /torture /etc /var/lib/app
	compare_tree /torture
	runtime delete --force "$ID"
	rm "$W"/hook.status
	tmpfs /etc/passwd
	refused 73 /etc/passwd
}

@test "with SELinux off, mountLabel is ignored" {
	[ ! -e /sys/fs/selinux/enforce ] || skip 'SELinux is on here'
	# Added before the hook runs, because runc itself refuses the label.
	echo '.linux.mountLabel = "system_u:object_r:container_file_t:s0:c1,c2"' >"$W/label"
	sed -i "2i /usr/bin/jq -f '$W/label' '$W/config.json' >'$W/labelled'; /bin/mv '$W/labelled' '$W/config.json'" "$W/hook"
	tmpfs /etc
	create
	grep -q container_file_t "$W/config.json"
	is_ours /etc
}

# Whether a tmpfs of ten inodes has room for twenty attributes of 2000 bytes.
seed_fits_attributes()
{
	unshare -m --propagation private sh -c 'mount -t tmpfs -o nr_inodes=10 none "$0" && touch "$0/x" &&
		for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			setfattr -n "trusted.n$n" -v "0x$(printf "%04000d" 0)" "$0/x" || exit
		done' "$W" 2>/dev/null
}

@test "a seed that does not fit is refused with the needed and the available size" {
	head -c 300000 /dev/urandom >"$W/rootfs/srv/file"
	tmpfs '/run;/srv:size=64k'
	refused 74 /srv '65536 bytes (size=)' ENOSPC
	# The needed size is that of the file's pages.
	grep -Eq '30[0-9]{4}' "$W/hook.err"
}

# enough: prints the options that the message recommends.
enough()
{
	sed -n 's/.*; \([^;]*\) is enough: ENOSPC$/\1/p' "$W/hook.err"
}

@test "a seed that does not fit is accepted with the options that the message recommends" {
	head -c 300000 /dev/urandom >"$W/rootfs/srv/file"
	mkdir "$W/rootfs/srv/dir"
	head -c 5000 /dev/urandom >"$W/rootfs/srv/dir/file"
	touch "$W/rootfs/srv/dir/"{1..40}
	for options in size=64k nr_inodes=20 size=4k:nr_inodes=20; do
		tmpfs "/srv:$options"
		refused 74 "needs $((304 * 1024)) bytes in 44 inodes" 'is enough'
		tmpfs "/srv:$(enough)"
		same "$options: $(enough)" "$options: $(sed 's/size=[0-9]*k/size=304k/; s/nr_inodes=20/nr_inodes=44/' <<<"$options")"
		rm "$W"/hook.{status,err}
		create
		runtime delete --force "$ID"
		rm "$W"/hook.status
	done
}

@test "the message for an operator's default that does not fit names --tmpfs" {
	head -c 3000000 /dev/zero >"$W/rootfs/srv/large"
	hook_options --readonly --tmpfs=/srv:size=1m
	refused 74 '--tmpfs: /srv: the seed does not fit: it needs'
	rm "$W"/hook.{status,err}
	hook_options --readonly --tmpfs=/srv:seed=none:nr_inodes=1
	tmpfs /srv/below
	refused 74 '--tmpfs: /srv: /srv/below cannot be created on its tmpfs, which has' 'and 0 of 1 inodes (nr_inodes=)'
}

@test "a seed that is a page too large is refused" {
	head -c 65536 /dev/urandom >"$W/rootfs/srv/file"
	tmpfs /srv:size=60k
	refused 74 /srv
}

@test "a seed that exactly fits is copied" {
	head -c 65536 /dev/urandom >"$W/rootfs/srv/file"
	tmpfs /srv:size=64k
	create
	is_ours /srv
	cmp "$W/rootfs/srv/file" "$ROOT/srv/file"
}

@test "a seed with more files than nr_inodes= is refused" {
	touch "$W/rootfs/srv/"{1..50}
	tmpfs /srv:nr_inodes=20
	refused 74 /srv 20
}

# said_is_enough: the container starts with the nr_inodes= of the last message, and not with one less.
said_is_enough()
{
	local enough

	enough=$(sed -n 's/.*; nr_inodes=\([0-9]*\) is enough.*/\1/p' "$W/hook.err")
	again
	tmpfs "/srv:nr_inodes=$((enough - 1))"
	refused 74 /srv
	again
	tmpfs "/srv:nr_inodes=$enough"
	create
	is_ours /srv
	again
}

@test "a seed with too many extended attributes is refused" {
	local file

	for file in "$W/rootfs/srv/"{1..10}; do
		touch "$file"
		setfattr -n trusted.large -v "0x$(printf '%04000d' 0)" "$file"
	done
	tmpfs /srv:nr_inodes=20
	# Before Linux 6.6, a tmpfs does not count them.
	if seed_fits_attributes; then
		create
		is_ours /srv
		return 0
	fi
	refused 74 /srv 'room for extended attributes' ENOSPC
	said_is_enough
	# If the names do not fit either, the number includes the attributes as well.
	tmpfs /srv:nr_inodes=5
	refused 74 /srv ' 5 inodes (nr_inodes=); ' ENOSPC
	said_is_enough
}

@test "a seed that does not fit a tmpfs of the engine's without a limit of inodes" {
	head -c 300000 /dev/urandom >"$W/rootfs/srv/file"
	hook_options --seed-tmpfs
	engine_tmpfs /srv size=64k nr_inodes=0
	refused 74 '65536 bytes' 'unlimited inodes' '; size=296k is enough: ENOSPC'
}

@test "a seed larger than --max-size is refused" {
	head -c 300000 /dev/urandom >"$W/rootfs/srv/file"
	hook_options --max-size=64k
	tmpfs /srv
	refused 74 /srv '65536 bytes (--max-size)'
}
