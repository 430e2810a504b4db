#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# seed=overlay: the image's files show through, and only changes are on the tmpfs.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# is_overlay PATH...: the topmost mount at each is an overlay of the hook that names no path of the host.
is_overlay()
{
	local path

	for path; do
		case $(mount_fs "$path") in
		'overlay oci-readonly-hook '*) ;;
		*) fail "no overlay of the hook's at $path:" "$(cat "/proc/$PID/mountinfo")" ;;
		esac
		[[ $(mount_fs "$path") != *"$W"* ]] || fail "a path of the host shows: $(mount_fs "$path")"
	done
}

@test "an overlay shows the image's files and attributes, and those of the directory itself" {
	chown 12:34 "$W/rootfs/etc"
	chmod 2751 "$W/rootfs/etc"
	touch -d '2001-02-03 04:05:06.123456789' "$W/rootfs/etc"
	"$TREE_LIST" "$W/rootfs/etc" | grep -v '^\. ' >"$W/image"
	readonly_root
	tmpfs '/etc:seed=overlay'
	create
	is_overlay /etc
	is /etc '%a %u:%g %y' '2751 12:34 2001-02-03 04:05:06.123456789 +0000'
	diff -r "$W/rootfs/etc" "$ROOT/etc"
	has_option /etc nosuid nodev noexec relatime
	not_writable /usr
}

@test "writes and removals in an overlay leave the image unchanged" {
	mkdir -p "$W/rootfs/etc/sub/deep"
	echo image >"$W/rootfs/etc/sub/deep/file"
	echo image >"$W/rootfs/etc/overlay-file"
	tmpfs '/etc:seed=overlay'
	create
	echo mine >"$ROOT/etc/overlay-file"
	rm -r "$ROOT/etc/sub"
	mkdir "$ROOT/etc/sub"
	same "$(cat "$ROOT/etc/overlay-file")" mine
	same "$(ls "$ROOT/etc/sub")" ''
	same "$(cat "$W/rootfs/etc/overlay-file")" image
	same "$(cat "$W/rootfs/etc/sub/deep/file")" image
}

# If the kernel cannot create a work directory, it makes an overlay read-only.
@test "a tmpfs too small for the overlay's directories is refused with both numbers, and never read-only" {
	local userns inodes pid text enter works=0 refusals=0

	for userns in no yes; do
		enter=(-m -r)
		if [ "$userns" = yes ]; then
			enter=(-m -r -U -S 0 -G 0)
			chown -R -h "$HOST_IDS:$HOST_IDS" "$W" "$W/rootfs"
			config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}] |
				.linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
		fi
		for inodes in 1 2 3 4 5 6 7 8 9; do
			tmpfs "/srv:seed=overlay:nr_inodes=$inodes"
			rm -f "$W"/hook.{status,err}
			if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
				works=$((works + 1))
				same "$(cat "$W/hook.status")" 0
				pid=$(cat "$W/pid")
				text=$(nsenter -t "$pid" "${enter[@]}" /bin/busybox touch /srv/new 2>&1) || [[ $text == *'No space'* ]] ||
					fail "$userns, $inodes: $text"
				runtime delete --force "$ID" >/dev/null 2>&1
			else
				refusals=$((refusals + 1))
				# Before Linux 6.6, such an overlay is impossible.
				[ "$userns:$(cat "$W/hook.status")" != yes:69 ] || continue
				same "$userns, $inodes: $(cat "$W/hook.status")" "$userns, $inodes: 74"
				grep -q "/srv: the overlay's directories do not fit: it needs up to [0-9]* inodes, and its tmpfs has $inodes (nr_inodes=); nr_inodes=9 is enough: ENOSPC" \
					"$W/hook.err" || fail "$userns, $inodes: $(cat "$W/hook.err")"
			fi
		done
	done
	[ "$works" -ge 2 ] && [ "$refusals" -ge 4 ] || fail "$works, $refusals"
}

@test "size= and nr_inodes= of an overlay limit changes only" {
	head -c 3000000 /dev/zero >"$W/rootfs/etc/large"
	tmpfs '/etc:seed=overlay:size=64k:nr_inodes=20'
	create
	is_overlay /etc
	cmp "$W/rootfs/etc/large" "$ROOT/etc/large"
	run dd if=/dev/zero of="$ROOT/etc/more" bs=1k count=100
	[[ $output == *'No space left'* ]]
}

@test "overlays and copies can be nested in each other" {
	mkdir -p "$W/rootfs/var/lib/app/cache"
	echo cached >"$W/rootfs/var/lib/app/cache/file"
	tmpfs '/var/lib/app:seed=overlay;/var/lib;/var:seed=overlay;/var/lib/app/cache:seed=overlay'
	create
	is_overlay /var /var/lib/app /var/lib/app/cache
	is_ours /var/lib
	same "$(cat "$ROOT/var/lib/app/cache/file")" cached
	for path in /var /var/lib /var/lib/app /var/lib/app/cache; do
		writable "$path"
	done
}

@test "mounts below an overlay move onto it once, with their flags" {
	echo volume >"$W/hosts"
	mkdir "$W/volume"
	touch "$W/rootfs/etc/hosts"
	add_mount /etc/hosts "$W/hosts" bind ro
	add_mount /etc/volume "$W/volume" bind rw
	mkdir -p "$W/rootfs/etc/volume"
	readonly_root
	tmpfs '/etc:seed=overlay'
	create
	is_overlay /etc
	same "$(mounts_at /etc/hosts)" 1
	same "$(cat "$ROOT/etc/hosts")" volume
	has_option /etc/hosts ro
	writable /etc/volume
}

@test "an overlay can be ro, and can be on a path that the image lacks" {
	readonly_root
	tmpfs '/etc:seed=overlay:ro;/lacking/dir:seed=overlay'
	create
	is_overlay /etc
	not_writable /etc
	is /lacking/dir '%a %u:%g' '1777 0:0'
	writable /lacking/dir
}
