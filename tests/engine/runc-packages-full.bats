#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The packages: built twice from make dist's tarball, which must give the same bytes, then installed, upgraded and removed in a copy of
# this host while podman starts containers. The host itself is not changed: the copy is an overlay in a mount namespace.
#
# bats sets $status and $output.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load lib
load podman

HOOK_PATH=/usr/libexec/oci/hooks.d/oci-readonly-hook
HOOKS_FILE=/usr/share/containers/oci/hooks.d/oci-readonly-hook.json
WATCH=$BUILDDIR/tests/tools/watch_files

packages_obstacle()
{
	local name

	for name in dpkg-buildpackage dh lintian rpmbuild rpmlint rpm faketime podman; do
		have "$name" || { echo "$name is not here"; return; }
	done
	[ -e /etc/debian_version ] || echo 'needs Debian, for its packages'
}

# build_both DIR COMMAND...: both kinds of package, built by the command.
build_both()
{
	local dir=$1

	shift
	mkdir -p "$dir"
	"$@" env DEB_BUILD_OPTIONS=nocheck "$PACKAGING/build" deb "$TARBALL" "$dir/deb" >"$dir/deb.log" 2>&1 || fail "$(tail -n 40 "$dir/deb.log")"
	"$@" env DEB_BUILD_OPTIONS=nocheck "$PACKAGING/build" rpm "$TARBALL" "$dir/rpm" >"$dir/rpm.log" 2>&1 || fail "$(tail -n 40 "$dir/rpm.log")"
}

# newer DEB DIR: the same package with a higher version.
newer()
{
	local tree=$2/tree

	mkdir -p "$2"
	dpkg-deb -R "$1" "$tree"
	sed -i 's/^\(Version: .*\)/\1.1/; s/(= \(.*\))/(= \1.1)/' "$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$tree" "$2" >/dev/null
	rm -r "$tree"
}

# An overlay over the host's root filesystem, with its own /run, in a mount namespace that lives until the end. A chroot would not do: see
# scripts/assure.
copy_begin()
{
	local ready=$SUITE/copy.ready

	mkdir "$SUITE/upper" "$SUITE/work" "$SUITE/copy"
	unshare -m --propagation private sh -c '
		mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" copy "$1/copy" &&
		mount -t proc proc "$1/copy/proc" && mount --rbind /sys "$1/copy/sys" && mount --rbind /dev "$1/copy/dev" &&
		mount -t tmpfs -o mode=0755 run "$1/copy/run" && mount --bind "$1" "$1/copy$1" && cd "$1/copy" && pivot_root . . && umount -l . && cd / && echo ready >"$2" && exec sleep 3600
		' sh "$SUITE" "$ready" >"$SUITE/copy.log" 2>&1 3>&- &
	lab_ready "$ready" || fail "no copy of the host: $(cat "$SUITE/copy.log")"
}

setup_file()
{
	suite_begin
	[ -n "$OBSTACLE" ] || OBSTACLE=$(packages_obstacle)
	[ -z "$OBSTACLE" ] || return 0
	export PACKAGING=$BATS_TEST_DIRNAME/../../packaging
	make -C "$BUILDDIR" dist >"$SUITE/dist.log" 2>&1 || fail "$(tail -n 40 "$SUITE/dist.log")"
	TARBALL=$(ls "$BUILDDIR"/oci-readonly-hook-*.tar.xz)
	export TARBALL
	build_both "$SUITE/first" env TZ=UTC
	# Another folder, umask, time, time zone and locale.
	(umask 077 && build_both "$SUITE/second/and/longer" env TZ=Asia/Kolkata LC_ALL=C faketime -f '+500d')
	newer "$(ls "$SUITE"/first/deb/oci-readonly-hook_*.deb)" "$SUITE/newer"
	copy_begin
	# For container_options: runc has the cgroups of the host.
	export LAB_CGROUPS=host
	storage_begin
}

teardown_file() { suite_end; }

setup()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	mkdir "$W"
	DEB=$(ls "$SUITE"/first/deb/oci-readonly-hook_*.deb)
	NEWER=$(ls "$SUITE"/newer/*.deb)
}

teardown()
{
	[ -z "${W:-}" ] || rm -rf --one-file-system "$W"
}

# podman without --hooks-dir finds the packages' files itself.
podman()
{
	local dir=$SUITE/p/$DRIVER

	in_lab env XDG_RUNTIME_DIR="$SUITE/p/xdg" PODMAN_IGNORE_CGROUPSV1_WARNING=1 podman --root "$dir" --runroot "$dir.run" \
		--tmpdir "$dir.tmp" --storage-driver "$DRIVER" --runtime "${SLOW:-runc}" --cgroup-manager cgroupfs --events-backend file \
		"$@" <"$SUITE/empty" 3>&-
}

# one NAME: starts a container that asks for protection, and adds to its log what it got, and whether the hooks file was there afterwards.
one()
{
	local said there=gone

	container_options
	said=$(podman run --rm --log-driver none "${OPTIONS[@]}" --annotation "$KEY=true" --annotation "$LIST_KEY=/etc" localhost/orh-test \
		sh -c 'if touch /usr/x 2>/dev/null; then echo unprotected; else grep -q "^oci-readonly-hook /etc tmpfs" /proc/mounts && echo protected; fi' \
		2>&1) || said="failed: $said"
	! in_lab test -e "$HOOKS_FILE" || there=there
	echo "$said, $there" >>"$W/containers"
}

# Two containers at a time, until $W/stop exists.
start_containers()
{
	rm -f "$W/stop"
	: >"$W/containers"
	for _ in 1 2; do
		while [ ! -e "$W/stop" ]; do
			one
		done 3>&- &
	done
}

# wait_for COUNT: waits for that many more containers.
wait_for()
{
	local wanted=$(($(wc -l <"$W/containers") + $1))

	for _ in $(seq 600); do
		[ "$(wc -l <"$W/containers")" -lt "$wanted" ] || return 0
		sleep 0.1
	done
	fail "the containers do not start: $(cat "$W/containers")"
}

stop_containers()
{
	touch "$W/stop"
	wait
	sort "$W/containers" | uniq -c
}

# Every container had this outcome.
all_were()
{
	[ -s "$W/containers" ] && ! grep -vx "$1" "$W/containers"
}

in_copy()
{
	in_lab env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" 3>&-
}

# What the copy has and the host lacks, without dpkg's files: the overlay's upper directory.
changes()
{
	local path

	(cd "$SUITE/upper" && find . -mindepth 1 ! -path './var/log/*' ! -path './var/cache/*' -printf '%y %P\n') | sort -k 2 |
		while read -r type path; do
			[ "$type" = d ] && [ -d "/$path" ] || echo "$path"
		done | grep -Ev '^var/lib/dpkg/(status|available|lock|triggers/|diversions|statoverride)|^var/lib/dpkg/(status|available)-old$' || true
}

# A tree with a shell, for maintainer scripts, and the packages' folders, so that they can be watched.
scratch()
{
	mkdir -p "$W/root"/{bin,usr/bin,"${HOOK_PATH%/*}","${HOOKS_FILE%/*}",var/lib/dpkg/info,var/lib/dpkg/updates,var/lib/dpkg/triggers}
	: >"$W/root/var/lib/dpkg/status"
	cp "$(command -v busybox)" "$W/root/bin/busybox"
	for applet in sh rm sleep; do
		ln -s busybox "$W/root/bin/$applet"
	done
}

# watched COMMAND...: prints what happens to the hook and its file, one event per line.
watched()
{
	"$WATCH" "$W/root/usr" "$@" >"$W/events" 2>"$W/log" || fail "$(cat "$W/log")"
	sed "s| $W/root/| /|" "$W/events" | grep -e " $HOOK_PATH\$" -e " $HOOKS_FILE\$"
}

scratch_dpkg()
{
	watched dpkg --root="$W/root" --force-depends --force-not-root --no-triggers "$@"
}

scratch_rpm()
{
	watched rpm --root "$W/root" --nodeps --nosignature "$@"
}

@test "two builds are identical" {
	local file count=0

	cd "$SUITE/first"
	for file in deb/*.deb deb/*.dsc deb/*.debian.tar.xz rpm/RPMS/*/*.rpm rpm/SRPMS/*.rpm; do
		cmp "$file" "$SUITE/second/and/longer/$file"
		count=$((count + 1))
	done
	# The hook, the companion and the runtimes, debug symbols, and the sources.
	[ "$count" = 12 ] || fail "$count files"
}

@test "lintian finds nothing" {
	run lintian --allow-root --fail-on error,warning,info,pedantic -EI --pedantic "$SUITE"/first/deb/*.changes
	same "$output" ''
	same "$status" 0
}

@test "rpmlint finds nothing" {
	run rpmlint -c "$PACKAGING/rpmlint.toml" "$SUITE"/first/rpm/SPECS/*.spec "$SUITE"/first/rpm/RPMS/*/*.rpm "$SUITE"/first/rpm/SRPMS/*.rpm
	[[ $output == *' 0 errors, 0 warnings, '* ]] || fail "$output"
}

# Every file of make install is in exactly one package.
@test "the packages contain everything that make install installs" {
	make -C "$BUILDDIR" install DESTDIR="$W/made" prefix=/usr libexecdir=/usr/libexec >"$W/log" 2>&1
	(cd "$W/made" && find . ! -type d) | sed 's|^\.||' | sort >"$W/made.list"
	for file in "$SUITE"/first/deb/oci-readonly*.deb; do
		[[ $file == *-dbgsym_* ]] || dpkg-deb --fsys-tarfile "$file" | tar -t | grep -v '/$'
	done | sed 's|^\.||; s|\(/man/.*\)\.gz$|\1|' |
		grep -Ev '^/usr/share/(lintian/|doc/[^/]*/(copyright|changelog\.Debian\.gz)$)' | sort >"$W/deb.list"
	diff "$W/made.list" "$W/deb.list"
	for file in "$SUITE"/first/rpm/RPMS/*/*.rpm; do
		rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$file" | sed -n 's/^[^d][^ ]* //p'
	done | grep -v '^/usr/lib/\.build-id/' | sort >"$W/rpm.list"
	diff "$W/made.list" "$W/rpm.list"
}

@test "dpkg: the binary is installed first and removed last" {
	scratch
	run scratch_dpkg --install "$DEB"
	same "$(grep '^renamed' <<<"$output")" "renamed $HOOK_PATH"$'\n'"renamed $HOOKS_FILE"
	same "$(grep -v '^renamed' <<<"$output")" ''
	run scratch_dpkg --install "$NEWER"
	same "$output" "renamed $HOOK_PATH"$'\n'"renamed $HOOKS_FILE"
	run scratch_dpkg --remove oci-readonly-hook
	same "$output" "removed $HOOKS_FILE"$'\n'"removed $HOOK_PATH"
}

@test "rpm: the binary is installed first and removed last" {
	local file

	file=$(ls "$SUITE"/first/rpm/RPMS/*/oci-readonly-hook-*.rpm)
	same "$(rpm -qp --qf '[%{FILENAMES}\n]' "$file" | grep -Fx -e "$HOOK_PATH" -e "$HOOKS_FILE")" "$HOOK_PATH"$'\n'"$HOOKS_FILE"
	rpm -qp --scripts "$file" | grep -Fx "file=$HOOKS_FILE"
	scratch
	run scratch_rpm --install "$file"
	same "$output" "renamed $HOOK_PATH"$'\n'"renamed $HOOKS_FILE"
	run scratch_rpm --install --replacepkgs "$file"
	same "$output" "renamed $HOOK_PATH"$'\n'"renamed $HOOKS_FILE"
	run scratch_rpm --erase oci-readonly-hook
	same "$output" "removed $HOOKS_FILE"$'\n'"removed $HOOK_PATH"
}

@test "packages can be installed, upgraded, removed and purged while containers start" {
	local before

	one
	all_were 'unprotected, gone'
	# With the files that podman has written.
	changes >"$W/before"
	in_copy dpkg --install "$SUITE"/first/deb/{oci-readonly-hook,oci-readonly,oci-readonly-runtime}_*.deb >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	in_copy oci-readonly --version
	changes | grep -Fx "${HOOK_PATH#/}"
	same "$(in_copy stat -c %N /usr/bin/oci-readonly-crun)" "'/usr/bin/oci-readonly-crun' -> 'oci-readonly-runc'"

	in_copy dpkg --remove oci-readonly-runtime >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	start_containers
	wait_for 3
	for file in "$NEWER" "$DEB" "$NEWER" "$DEB" "$NEWER"; do
		before=$(in_copy stat -c %i "$HOOK_PATH")
		in_copy dpkg --install "$file" >"$W/log" 2>&1 || { stop_containers; fail "$(cat "$W/log")"; }
		[ "$before" != "$(in_copy stat -c %i "$HOOK_PATH")" ] || { stop_containers; fail 'the binary is the old one'; }
		wait_for 2
	done
	stop_containers
	all_were 'protected, there'

	# Each waits a second between the moment when podman reads the hooks file and the call of the hook.
	printf '#!/bin/sh\ncase " $* " in *" create "*) sleep 1 ;; esac\nexec runc "$@"\n' >"$W/slow-runc"
	chmod 0755 "$W/slow-runc"
	export SLOW=$W/slow-runc
	start_containers
	wait_for 2
	in_copy dpkg --remove oci-readonly-hook >"$W/log" 2>&1 || { stop_containers; fail "$(cat "$W/log")"; }
	wait_for 2
	stop_containers
	grep -qx 'protected, there' "$W/containers"
	grep -qx 'unprotected, gone' "$W/containers"
	run ! grep -vx -e 'protected, there' -e 'protected, gone' -e 'unprotected, gone' "$W/containers"

	in_copy dpkg --purge oci-readonly-hook oci-readonly oci-readonly-runtime >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	run ! in_copy dpkg-query -W 'oci-readonly*' 
	changes | diff "$W/before" -
}
