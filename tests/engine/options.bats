#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The options of an entry, as the kernel shows them.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "a tmpfs without options has the default flags" {
	tmpfs '/run;/new'
	create
	for path in /run /new; do
		has_option "$path" rw noexec nosuid nodev relatime
		lacks_option "$path" noatime nodiratime nosymfollow
	done
	same "$(mount_fs /new | cut -d ' ' -f 1,2)" 'tmpfs oci-readonly-hook'
}

@test "size= takes every unit" {
	tmpfs '/a:size=65536;/b:size=64k;/c:size=2m;/d:size=1g;/e:size=5K;/f:size=10%;/g:size=3M'
	create
	has_option /a size=64k
	has_option /b size=64k
	has_option /c size=2048k
	has_option /d size=1048576k
	has_option /e size=8k
	has_option /g size=3072k
	percent=$(($(stat -fc %b "$ROOT/f") * $(stat -fc %s "$ROOT/f") / 1024))
	memory=$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)
	[ $((percent * 1000 / memory)) -ge 99 ] && [ $((percent * 1000 / memory)) -le 101 ] || fail "$percent of $memory"
}

@test "nr_inodes= sets the maximum number of files" {
	tmpfs '/a:nr_inodes=20;/b:nr_inodes=2k'
	create
	has_option /a nr_inodes=20
	has_option /b nr_inodes=2048
}

@test "mode=, uid= and gid= apply to the root directory" {
	tmpfs '/srv:mode=0700:uid=5:gid=6;/new:mode=2711,uid=7,gid=8;/etc:mode=1770;/var/lib/app:uid=9'
	create
	is /srv '%a %u:%g' '700 5:6'
	is /new '%a %u:%g' '2711 7:8'
	is /etc '%a %u:%g' '1770 0:0'
	is /var/lib/app '%a %u:%g' '755 9:44'
	is /var/lib/app/data '%u:%g' 0:0
}

@test "the root directory is like the image's, or 1777 root:root if the image has none" {
	tmpfs '/srv;/new;/run/app;/none:seed=none'
	create
	is /srv '%a %u:%g %y' '711 0:0 2001-02-03 04:05:06.123456789 +0000'
	is /run/app '%a %u:%g' '2750 33:44'
	is /new '%a %u:%g' '1777 0:0'
	is /none '%a %u:%g' '1777 0:0'
}

@test "U gives the root directory to the container's user" {
	config '.process.user = {uid: 1234, gid: 5678}'
	tmpfs '/srv:U;/new:U;/etc'
	create
	is /srv '%a %u:%g' '711 1234:5678'
	is /new '%u:%g' 1234:5678
	is /etc '%u:%g' 0:0
}

@test "ro makes a tmpfs read-only after it is seeded" {
	tmpfs '/etc:ro;/new:ro;/run:ro:rw'
	create
	not_writable /etc
	not_writable /new
	writable /run
	same "$(cat "$ROOT/etc/app.conf")" 'setting = 1'
}

@test "exec, suid and dev clear the default flags" {
	tmpfs '/a:exec;/b:suid;/c:dev;/d:exec:suid:dev;/e:exec:noexec'
	create
	lacks_option /a noexec
	has_option /a nosuid nodev
	lacks_option /b nosuid
	has_option /b noexec nodev
	lacks_option /c nodev
	has_option /c noexec nosuid
	lacks_option /d noexec nosuid nodev
	has_option /e noexec
}

@test "a program runs from a tmpfs only with exec" {
	cp "$W/rootfs/bin/busybox" "$W/rootfs/usr/lib/true"
	cp "$W/rootfs/bin/busybox" "$W/rootfs/srv/true"
	tmpfs '/usr/lib:exec;/srv'
	inside '/usr/lib/true && echo ran; /srv/true || echo denied'
	[[ $output == ran*denied ]] || fail "$output"
}

@test "atime, relatime, strictatime, noatime and nodiratime apply" {
	tmpfs '/a:noatime;/b:relatime;/c:strictatime;/d:nodiratime;/e:noatime:atime;/f:noatime:nodiratime'
	create
	has_option /a noatime
	lacks_option /a relatime
	has_option /b relatime
	lacks_option /c relatime noatime
	has_option /d relatime nodiratime
	has_option /e relatime
	lacks_option /e noatime
	has_option /f noatime nodiratime
}

@test "nosymfollow applies" {
	tmpfs '/a:nosymfollow;/b'
	create
	has_option /a nosymfollow
	lacks_option /b nosymfollow
	ln -s /etc/passwd "$ROOT/a/link"
	! cat "$ROOT/a/link" || fail 'it was followed'
}

@test "noswap applies, or is refused if the kernel lacks it" {
	tmpfs '/a:noswap'
	if tmpfs_takes noswap; then
		create
		has_option /a noswap
	else
		refused 69 noswap
	fi
}

@test "huge= applies, or is refused if the kernel lacks it" {
	tmpfs '/a:huge=never;/b:huge=always;/c:huge=within_size;/d:huge=advise'
	if tmpfs_takes huge=always; then
		create
		lacks_option /a huge=always huge=within_size huge=advise
		has_option /b huge=always
		has_option /c huge=within_size
		has_option /d huge=advise
	else
		refused 69 huge
	fi
}

@test "seed=none and notmpcopyup start empty" {
	tmpfs '/etc:seed=none;/run:notmpcopyup;/var/lib/app:tmpcopyup:notmpcopyup'
	create
	same "$(ls -A "$ROOT/etc")" ''
	same "$(ls -A "$ROOT/run")" ''
	same "$(ls -A "$ROOT/var/lib/app")" ''
	is /var/lib/app '%a %u:%g' '755 33:44'
}

@test "seed=copy and tmpcopyup start with the image's files" {
	tmpfs '/etc:seed=copy;/run:tmpcopyup;/var/lib/app:seed=none:seed=copy'
	create
	is_ours /etc /run /var/lib/app
	diff -r "$W/rootfs/etc" "$ROOT/etc"
	same "$(cat "$ROOT/run/app/pid")" pid
	same "$(cat "$ROOT/var/lib/app/data")" data
}

@test "a later option overrides an earlier one" {
	tmpfs '/a:size=64k:size=128k:mode=700:mode=711:ro:rw'
	create
	has_option /a size=128k rw
	is /a %a 711
}

@test "--max-size limits every tmpfs" {
	hook_options --max-size=1m
	tmpfs '/a;/b:size=64k;/c:size=1m'
	create
	has_option /a size=1024k
	has_option /b size=64k
	has_option /c size=1024k
}

# The maximum number of files of the tmpfs at a path.
inodes()
{
	stat -fc %c "$ROOT$1"
}

@test "--max-inodes limits every tmpfs and overlay" {
	hook_options --readonly --max-inodes=2k --tmpfs=/d
	tmpfs '/a;/b:nr_inodes=100;/c:nr_inodes=2048;/etc:seed=overlay'
	create
	same "$(inodes /a) $(inodes /b) $(inodes /c) $(inodes /d) $(inodes /etc)" '2048 100 2048 2048 2048'
}

@test "--max-total is shared by the tmpfs without a size" {
	hook_options --max-total=10m
	tmpfs '/a:size=2m;/b;/c'
	create
	has_option /a size=2048k
	has_option /b size=4096k
	has_option /c size=4096k
}

@test "--readonly and --tmpfs apply to a container without annotations, and an entry replaces a default" {
	hook_options --readonly --tmpfs=/run:size=64k --tmpfs=/etc:size=64k
	tmpfs /etc:size=128k
	create
	not_writable /
	has_option /run size=64k
	has_option /etc size=128k
	same "$(our_mounts)" 2
}

@test "a --tmpfs on a volume yields" {
	mkdir "$W/volume"
	add_mount /run "$W/volume" rbind rw
	hook_options --readonly --tmpfs=/run --tmpfs=/etc
	create
	same "$(our_mounts)" 1
	is_ours /etc
}

@test "a --tmpfs below a volume yields" {
	mkdir -p "$W/volume/tmp" "$W/other"
	echo kept >"$W/volume/tmp/file"
	add_mount /var "$W/volume" rbind rw
	add_mount /srv "$W/other" rbind ro
	hook_options --readonly --tmpfs=/var/tmp --tmpfs=/var/new --tmpfs=/srv/new --tmpfs=/etc --tmpfs=/etc/ssl
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	same "$(our_mounts)" 2
	is_ours /etc /etc/ssl
	same "$(cat "$ROOT/var/tmp/file")" kept
	writable /var/tmp
	[ ! -e "$W/volume/new" ]
	[ ! -e "$W/other/new" ]
	not_writable /srv
}

@test "an entry below a volume is mounted there, and a default below the entry too" {
	mkdir -p "$W/volume/tmp/in"
	add_mount /var "$W/volume" rbind rw
	hook_options --readonly --tmpfs=/var/tmp/in
	tmpfs /var/tmp
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	same "$(our_mounts)" 2
	is_ours /var/tmp /var/tmp/in
}

@test "--tmpfs does not apply to a container whose root stays writable" {
	hook_options --tmpfs=/run
	annotate "$KEY" false
	create
	same "$(our_mounts)" 0
}

@test "--exempt leaves a container alone" {
	hook_options --enforce '--exempt=io.kubernetes.pod.namespace=^kube-'
	annotate io.kubernetes.pod.namespace kube-system "$KEY" false
	create
	writable /usr
}
