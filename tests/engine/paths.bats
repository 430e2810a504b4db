#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Which directory a path resolves to, and what happens to mounts below it.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "nested paths are mounted if the outer one comes first" {
	mkdir -p "$W/rootfs/var/lib/app/cache"
	echo cached >"$W/rootfs/var/lib/app/cache/file"
	tmpfs '/var:size=4m;/var/lib/app:size=64k;/var/lib/app/cache:size=128k'
	create
	is_ours /var /var/lib/app /var/lib/app/cache
	has_option /var/lib/app size=64k
	same "$(our_mounts)" 3
	diff -r "$W/rootfs/var/lib" "$ROOT/var/lib"
}

@test "nested paths are mounted if the inner one comes first" {
	mkdir -p "$W/rootfs/var/lib/app/cache"
	echo cached >"$W/rootfs/var/lib/app/cache/file"
	tmpfs '/var/lib/app/cache:size=128k;/var/lib/app:size=64k;/var:size=4m'
	create
	is_ours /var /var/lib/app /var/lib/app/cache
	has_option /var size=4096k
	same "$(our_mounts)" 3
	diff -r "$W/rootfs/var/lib" "$ROOT/var/lib"
}

@test "the outer tmpfs does not contain what the inner one hides" {
	head -c 3000000 /dev/zero | tr '\0' x >"$W/rootfs/var/lib/app/large"
	touch -d '2001-02-03 04:05:06.123456789' "$W/rootfs/var/lib/app"
	tmpfs '/var:size=1m;/var/lib/app:size=8m'
	create
	is_ours /var /var/lib/app
	cmp "$W/rootfs/var/lib/app/large" "$ROOT/var/lib/app/large"
	is /var/lib/app '%a %u:%g %y' '755 33:44 2001-02-03 04:05:06.123456789 +0000'
}

@test "a missing path below another tmpfs is created on that tmpfs" {
	readonly_root
	tmpfs '/run/a/b;/run'
	create
	is_ours /run /run/a/b
	is /run/a '%a %u:%g' '755 0:0'
	[ ! -e "$W/rootfs/run/a" ]
}

@test "a missing path is created with its parents" {
	readonly_root
	tmpfs '/one/two/three'
	create
	is_ours /one/two/three
	is /one '%a %u:%g' '755 0:0'
	is /one/two '%a %u:%g' '755 0:0'
	is /one/two/three '%a %u:%g' '1777 0:0'
	writable /one/two/three
	not_writable /one/two
}

@test "a created directory inherits nothing from its parent" {
	mkdir "$W/rootfs/srv/above" "$W/rootfs/var/above"
	for above in srv/above var/above; do
		chown 33:44 "$W/rootfs/$above"
		chmod 2750 "$W/rootfs/$above"
		setfacl -d -m u:77:rwx,g::rwx,o::--- "$W/rootfs/$above"
	done
	tmpfs '/srv/above/one/two;/var;/var/above/one/two:mode=700'
	create
	for path in /srv/above/one /var/above/one; do
		is "$path" '%a %u:%g' '755 0:0'
		same "$(getfacl -cp "$ROOT$path" 2>&1)" "$(printf 'user::rwx\ngroup::r-x\nother::r-x')"
	done
	is /srv/above/one/two '%a %u:%g' '1777 0:0'
	is /var/above/one/two '%a %u:%g' '700 0:0'
	same "$(stat -c '%a %u:%g' "$W/rootfs/srv/above/one/two")" '755 0:0'
}

@test "a created directory does not depend on the umask" {
	umask 0077
	readonly_root
	tmpfs '/one/two'
	create
	umask 0022
	is /one %a 755
	is /one/two %a 1777
}

@test "/var/run, a link to /run, resolves to /run" {
	tmpfs /var/run
	create
	is_ours /run
	same "$(our_mounts)" 1
	same "$(cat "$ROOT/run/app/pid")" pid
}

@test "a link to ../../.. stays in the root" {
	tmpfs /opt/escape:size=64k
	create
	is_ours /srv
	has_option /srv size=64k
	same "$(our_mounts)" 1
}

@test "a link to an absolute path of the host stays in the root" {
	mkdir "$W/outside"
	ln -s "$W/outside" "$W/rootfs/opt/outside"
	tmpfs /opt/outside/sub
	create
	is_ours "$W/outside/sub"
	same "$(ls -A "$W/outside")" ''
}

@test "a backslash in a path makes the next character literal" {
	mkdir "$W/rootfs/srv/a:b;c"
	tmpfs '/srv/a\:b\;c:size=64k;/run'
	create
	is_ours '/srv/a:b;c' /run
	has_option '/srv/a:b;c' size=64k
}

@test "a path may contain blanks and UTF-8" {
	mkdir "$W/rootfs/srv/with blank" "$W/rootfs/srv/größe"
	echo there >"$W/rootfs/srv/with blank/file"
	tmpfs '/srv/with blank;/srv/größe'
	create
	is_ours '/srv/with\040blank' /srv/größe
	same "$(cat "$ROOT/srv/with blank/file")" there
}

@test "double and trailing slashes are ignored" {
	tmpfs '/etc//ssl/;/run/'
	create
	is_ours /etc/ssl /run
}

@test "files that the engine mounts stay on a tmpfs on /etc" {
	echo host >"$W/hosts"
	echo resolver >"$W/resolv.conf"
	add_mount /etc/hosts "$W/hosts" rbind rw
	add_mount /etc/resolv.conf "$W/resolv.conf" rbind ro nosuid
	readonly_root
	tmpfs /etc
	create
	is_ours /etc
	for file in hosts resolv.conf; do
		same "$(mounts_at "/etc/$file")" 1
		same "$(stat -c %d:%i "$ROOT/etc/$file")" "$(stat -c %d:%i "$W/$file")"
	done
	has_option /etc/hosts rw
	has_option /etc/resolv.conf ro nosuid
	echo more >>"$ROOT/etc/hosts"
	same "$(cat "$W/hosts")" $'host\nmore'
	if echo more 2>/dev/null >>"$ROOT/etc/resolv.conf"; then
		fail 'resolv.conf can be written to'
	fi
	same "$(cat "$ROOT/etc/hostname")" 'from the image'
}

@test "the container sees the engine's files, with their flags" {
	echo host >"$W/hosts"
	echo resolver >"$W/resolv.conf"
	add_mount /etc/hosts "$W/hosts" bind rw
	add_mount /etc/resolv.conf "$W/resolv.conf" bind ro
	readonly_root
	tmpfs /etc
	inside 'grep -c oci-readonly-hook /proc/mounts; cat /etc/hosts /etc/resolv.conf /etc/hostname
		echo x >>/etc/resolv.conf; echo new >>/etc/hosts'
	[[ $output == $'1\nhost\nresolver\nfrom the image\n'*'Read-only file system'* ]] || fail "$output"
	same "$(cat "$W/hosts")" $'host\nnew'
}

@test "volumes below a tmpfs stay, writable and read-only" {
	mkdir -p "$W/secrets" "$W/volume/sub" "$W/inner" "$W/rootfs/run/secrets" "$W/rootfs/run/volume"
	echo secret >"$W/secrets/token"
	echo inner >"$W/inner/file"
	add_mount /run/secrets "$W/secrets" rbind ro
	add_mount /run/volume "$W/volume" rbind rw
	add_mount /run/volume/sub "$W/inner" rbind ro
	readonly_root
	tmpfs /run
	create
	is_ours /run
	same "$(mounts_at /run/secrets)$(mounts_at /run/volume)$(mounts_at /run/volume/sub)" 111
	same "$(cat "$ROOT/run/secrets/token")" secret
	same "$(cat "$ROOT/run/volume/sub/file")" inner
	not_writable /run/secrets
	writable /run/volume
	not_writable /run/volume/sub
	writable /run
	same "$(cat "$ROOT/run/app/pid")" pid
}

@test "a volume whose mount point the image lacks stays" {
	mkdir "$W/volume"
	add_mount /run/deep/er/volume "$W/volume" rbind rw
	readonly_root
	tmpfs /run
	create
	is_ours /run
	writable /run/deep/er/volume
	same "$(mounts_at /run/deep/er/volume)" 1
}

@test "the seed copies the image's files, not those mounted over them" {
	head -c 3000000 /dev/zero >"$W/large"
	mkdir "$W/volume"
	head -c 3000000 /dev/zero >"$W/volume/large"
	add_mount /etc/hosts "$W/large" rbind rw
	add_mount /etc/ssl "$W/volume" rbind rw
	tmpfs /etc:size=1m
	create
	is_ours /etc
	same "$(wc -c <"$ROOT/etc/hosts")" 3000000
	# Blocks in use.
	used=$(stat -fc '%b-%f' "$ROOT/etc")
	[ $((used * $(stat -fc %S "$ROOT/etc"))) -lt 100000 ]
}

@test "a volume between two nested tmpfs stays in its place" {
	mkdir -p "$W/volume/inner" "$W/rootfs/srv/volume"
	echo in-volume >"$W/volume/inner/file"
	add_mount /srv/volume "$W/volume" rbind rw
	tmpfs '/srv;/srv/volume/inner:size=64k'
	create
	is_ours /srv /srv/volume/inner
	same "$(mounts_at /srv/volume)" 1
	writable /srv/volume/inner
	writable /srv/volume
	same "$(cat "$W/volume/inner/file")" in-volume
	same "$(ls -A "$W/volume/inner")" file
}

@test "mounts below two nested tmpfs stay in their place" {
	echo outer >"$W/outer"
	echo inner >"$W/inner"
	add_mount /etc/hosts "$W/outer" rbind rw
	add_mount /etc/ssl/certs/a.pem "$W/inner" rbind ro
	tmpfs '/etc/ssl;/etc'
	create
	is_ours /etc /etc/ssl
	same "$(cat "$ROOT/etc/hosts" "$ROOT/etc/ssl/certs/a.pem")" $'outer\ninner'
	same "$(mounts_at /etc/hosts)$(mounts_at /etc/ssl/certs/a.pem)" 11
}

@test "masked and read-only paths stay masked and read-only" {
	mkdir -p "$W/rootfs/etc/masked" "$W/rootfs/etc/shut"
	echo hidden >"$W/rootfs/etc/masked/file"
	config '.linux.maskedPaths += ["/etc/masked", "/etc/app.conf"] | .linux.readonlyPaths += ["/etc/shut"]'
	readonly_root
	tmpfs /etc
	inside 'grep -o "^oci-readonly-hook /etc " /proc/mounts; ls -A /etc/masked; cat /etc/app.conf; touch /etc/shut/x || echo shut; touch /proc/sys/x || echo proc'
	[[ $output == oci-readonly-hook*Read-only*shut*proc ]] || fail "$output"
	[[ $output != *setting* && $output != *file$'\n'* ]] || fail "$output"
}

@test "a list may have 128 entries, and no more" {
	list=$(seq -f '/many/%g:size=4k;' 128)
	tmpfs "$list"
	create
	same "$(our_mounts)" 128
	runtime delete --force "$ID"
	rm "$W"/hook.status
	tmpfs "$list;/many/129"
	refused 65 129
}

@test "73: seed=none that hides a link to a mount; a copy and an overlay keep the link" {
	local list

	echo secret >"$W/secret"
	mkdir -p "$W/rootfs/run/secrets" "$W/rootfs/usr/share/zoneinfo"
	touch "$W/rootfs/run/secrets/token" "$W/rootfs/usr/share/zoneinfo/UTC"
	ln -s ../usr/share/zoneinfo/UTC "$W/rootfs/etc/localtime"
	add_mount /var/run/secrets/token "$W/secret" bind ro
	add_mount /etc/localtime "$W/secret" bind ro
	for list in '/var:seed=none' '/var:seed=none;/run'; do
		tmpfs "$list"
		refused 73 '/var: it starts empty (seed=none), and hides a link that leads to the mount at /var/run/secrets/token'
		rm -f "$W"/hook.{status,err}
	done
	tmpfs '/etc:seed=none'
	refused 73 '/etc: it starts empty (seed=none), and hides a link that leads to the mount at /etc/localtime'
	rm -f "$W"/hook.{status,err}

	tmpfs '/var;/etc:seed=overlay;/srv:seed=none'
	inside 'cat /var/run/secrets/token /etc/localtime'
	same "$output" $'secret\nsecret'
}
