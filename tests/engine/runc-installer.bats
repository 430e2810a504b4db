#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The installer of the image, on trees that look like a host.
#
# bats sets $status and $output.
# shellcheck disable=SC2154

load lib

INSTALLER=$BUILDDIR/oci-readonly-installer
WATCH=$BUILDDIR/tests/tools/watch_files
PROGRAM=opt/oci-readonly-hook/bin/oci-readonly-hook
FILE=etc/containers/oci/hooks.d/oci-readonly-hook.json

setup_file()
{
	RUNTIME=none suite_begin
	[ -n "$OBSTACLE" ] || [ -x "$INSTALLER" ] || OBSTACLE='the installer is not built'
}

teardown_file()
{
	suite_end
}

setup()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	HOST=$W/host
	mkdir -p "$HOST"/{etc,opt,usr/bin,var} "$W/image"
	cp "$HOOK" "$W/image/oci-readonly-hook"
	cp "$BUILDDIR/hooks.d/oci-readonly-hook.json" "$W/image/"
}

teardown()
{
	[ -n "${W:-}" ] || return 0
	[ -z "${CHILD:-}" ] || kill "$CHILD" 2>/dev/null || true
	! mountpoint -q "$HOST" || umount "$HOST"
	rm -rf --one-file-system "$W"
}

installer()
{
	"$INSTALLER" --from="$W/image" --host="$HOST" "$@"
}

# Every file of the tree, with its mode.
files()
{
	(cd "$HOST" && find . ! -type d -printf '%m %P\n' | sort -k 2)
}

is_installed()
{
	same "$(files)" "644 $FILE"$'\n'"755 $PROGRAM"
	cmp "$HOOK" "$HOST/$PROGRAM"
	same "$(jq -r .hook.path "$HOST/$FILE")" "/$PROGRAM"
}

# refuses STATUS TEXT ARGUMENT...: one line that contains the text, and nothing changes.
refuses()
{
	local wanted=$1 text=$2

	shift 2
	files >"$W/before"
	run installer "$@"
	same "$status" "$wanted"
	same "${#lines[@]}" 1
	[[ $output == "oci-readonly-installer: "*"$text"* ]] || fail "$output"
	files | diff "$W/before" -
}

# watched ARGUMENT...: what becomes of both files, in order.
watched()
{
	"$WATCH" "$HOST" "$INSTALLER" --from="$W/image" --host="$HOST" "$@" 2>"$W/log" | sed "s|$HOST/||" | grep -e " $PROGRAM\$" -e " $FILE\$"
}

@test "install: both files, as they are in the image but for the path" {
	run installer
	same "$output" installed
	is_installed
	jq -e --slurpfile packaged "$W/image/oci-readonly-hook.json" '.hook.path = $packaged[0].hook.path | . == $packaged[0]' "$HOST/$FILE"
	# The engine calls what is there.
	"$HOST/$PROGRAM" --version
}

@test "install again, with other options of the hook" {
	installer
	run installer -- --enforce '--tmpfs=/run:size=1m' '--exempt=io.kubernetes.pod.namespace=^kube-"system"$'
	same "$output" installed
	is_installed
	same "$(jq -c .hook.args "$HOST/$FILE")" \
		'["oci-readonly-hook","--enforce","--tmpfs=/run:size=1m","--exempt=io.kubernetes.pod.namespace=^kube-\"system\"$"]'
}

@test "the program comes first and goes last, by rename" {
	mkdir -p "$HOST/${PROGRAM%/*}" "$HOST/${FILE%/*}"
	same "$(watched)" "renamed $PROGRAM"$'\n'"renamed $FILE"
	same "$(watched)" "renamed $PROGRAM"$'\n'"renamed $FILE"
	same "$(watched --uninstall)" "removed $FILE"$'\n'"removed $PROGRAM"
	same "$(files)" ''
}

@test "uninstall twice, and where nothing was installed" {
	for _ in 1 2; do
		run installer --uninstall
		same "$output" uninstalled
		same "$(find "$HOST" | wc -l)" 6
	done
}

@test "an immutable host: /usr is read-only, /opt is a link to /var" {
	rmdir "$HOST/opt"
	mkdir "$HOST/var/opt"
	ln -s var/opt "$HOST/opt"
	mount -t tmpfs -o ro none "$HOST/usr"
	run installer
	umount "$HOST/usr"
	same "$output" installed
	cmp "$HOOK" "$HOST/var/$PROGRAM"
	same "$(jq -r .hook.path "$HOST/$FILE")" "/$PROGRAM"
	installer --uninstall
	same "$(files)" '777 opt'
}

@test "links of the host are resolved in the host" {
	mkdir -p "$HOST/var/local" "$W/outside"
	# As they are on the host itself: absolute, and upwards.
	ln -s /var/local "$HOST/usr/local"
	ln -s ../../../../../../../var "$HOST/etc/containers"
	run installer --program=/usr/local/libexec/oci/hooks.d/oci-readonly-hook
	same "$output" installed
	same "$(files | sed 's/^[0-9]* //')" $'etc/containers\nusr/local\nvar/local/libexec/oci/hooks.d/oci-readonly-hook\nvar/oci/hooks.d/oci-readonly-hook.json'
}

@test "refused: a directory that others than root can write to" {
	mkdir -p "$HOST/home/user" "$HOST/etc/containers"
	chown 1000 "$HOST/home/user"
	rmdir "$HOST/opt"
	ln -s /home/user "$HOST/opt"
	refuses 73 'belongs to user 1000'
	same "$(find "$HOST/home/user" -mindepth 1)" ''
	rm "$HOST/opt"
	mkdir -p "$HOST/opt/oci-readonly-hook/bin"
	chmod 0777 "$HOST/opt"
	refuses 73 'mode 0777'
	chmod 1777 "$HOST/opt"
	refuses 73 'mode 1777'
	chmod 0755 "$HOST/opt"
	chmod 0775 "$HOST/etc/containers"
	refuses 73 'mode 0775'
	chmod 0755 "$HOST/etc/containers"
	installer
}

@test "refused: a link, a loop, a file where a directory belongs" {
	ln -s loop "$HOST/opt/loop"
	ln -s nowhere "$HOST/opt/dangling"
	: >"$HOST/opt/file"
	refuses 73 '/opt/loop: ELOOP' --program=/opt/loop/hook
	refuses 73 '/opt/dangling: cannot be created: EEXIST' --program=/opt/dangling/hook
	refuses 73 '/opt/file: ENOTDIR' --program=/opt/file/hook
	mkdir -p "$HOST/${FILE%/*}"
	ln -s ../../../opt/file "$HOST/$FILE"
	refuses 73 "/$FILE: is there, and cannot be read: ELOOP"
}

@test "a link in the program's place is replaced, not followed" {
	mkdir -p "$HOST/${PROGRAM%/*}"
	echo precious >"$W/precious"
	ln -s "$W/precious" "$HOST/$PROGRAM"
	ln -s "$W/precious" "$HOST/${PROGRAM%/*}/.oci-readonly-hook.new"
	installer
	is_installed
	same "$(cat "$W/precious")" precious
}

@test "refused: a directory in the program's place" {
	mkdir -p "$HOST/$PROGRAM"
	refuses 73 "/$PROGRAM: cannot be replaced: EISDIR"
	refuses 73 "/$PROGRAM: cannot be removed: EISDIR" --uninstall
}

@test "refused: a hooks file of somebody else" {
	mkdir -p "$HOST/${FILE%/*}"
	jq '.hook.args += ["--enforce"]' "$W/image/oci-readonly-hook.json" >"$HOST/$FILE"
	refuses 73 "it is not the installer's"
	refuses 73 "it is not the installer's" --uninstall
	echo '{' >"$HOST/$FILE"
	refuses 73 'not a valid hooks file'
	mkfifo "$W/fifo" && mv -f "$W/fifo" "$HOST/$FILE"
	refuses 73 'not a valid hooks file'
}

@test "refused: a host that is read-only, has no /etc, is missing, or is mounted noexec" {
	mount -t tmpfs -o mode=0755 none "$HOST"
	refuses 73 'has no /etc: mount the host'
	mkdir "$HOST/etc"
	mount -o remount,noexec "$HOST"
	refuses 73 'noexec'
	mount -o remount,exec,ro "$HOST"
	refuses 73 'EROFS'
	umount "$HOST"
	rmdir "$HOST"/{etc,opt,usr/bin,usr,var,}
	run installer
	same "$status" 73
	[[ $output == *'mount the host'*ENOENT ]] || fail "$output"
	mkdir -p "$HOST"
}

@test "refused: wrong options, of the installer and of the hook" {
	refuses 64 '--enforced' -- --enforced
	refuses 64 '--help and --version' -- --help
	refuses 64 '--enforce: not a valid option' --enforce
	refuses 64 "the hook's options come after --" enforce
	refuses 64 'write an absolute path' --program=/opt/../hook
	refuses 64 'write an absolute path' --hooks-dir=etc
	refuses 64 'only with --wait' --uninstall-at-end
	refuses 64 'only for installing' --uninstall -- --enforce
	rm "$W/image/oci-readonly-hook"
	refuses 66 'oci-readonly-hook: cannot be read: ENOENT'
	[ ! -e "$HOST/$FILE" ]
}

@test "a full disk changes nothing" {
	mount -t tmpfs -o mode=0755,size=128k none "$HOST"
	mkdir "$HOST/etc" "$HOST/opt"
	refuses 73 "/$PROGRAM: cannot be written: ENOSPC"
}

@test "the program gets the label of the host's programs" {
	setfattr -n security.selinux -v system_u:object_r:bin_t:s0 "$HOST/usr/bin" || skip 'no labels on this filesystem'
	installer
	same "$(getfattr --absolute-names --only-values -n security.selinux "$HOST/$PROGRAM")" system_u:object_r:bin_t:s0
}

# running ARGUMENT...: in the background, until it says that it has installed.
running()
{
	"$INSTALLER" --from="$W/image" --host="$HOST" "$@" >"$W/said" 3>&- &
	CHILD=$!
	for _ in $(seq 100); do
		[ ! -s "$W/said" ] || return 0
		sleep 0.05
	done
	fail 'it does not install'
}

@test "waits for a signal, and uninstalls only if told to" {
	running --wait
	kill "$CHILD"
	wait "$CHILD"
	same "$(cat "$W/said")" installed
	is_installed
	running --wait --uninstall-at-end
	is_installed
	kill "$CHILD"
	wait "$CHILD"
	same "$(cat "$W/said")" $'installed\nuninstalled'
	same "$(files)" ''
}
