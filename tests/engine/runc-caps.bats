#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What a hostile author may try against examples/enforced.json: each container is refused, or its mounts are within the caps.
# tests/unit/test_caps.c tests the decisions; these tests ask the kernel for the result.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	config --slurpfile file "$BATS_TEST_DIRNAME/../../examples/enforced.json" \
		'.hooks.createRuntime[].args = $file[0].hook.args'
}

teardown() { bundle_end; }

EACH=$((256 * 1024 * 1024))
ALL=$((512 * 1024 * 1024))

# Every tmpfs of the hook in the container has a limit (the kernel shows 0 for none) and the flags that nobody may remove.
within_caps()
{
	local path sum=0 size count=0

	while read -r path; do
		size=$(stat -fc '%b * %S' "$ROOT$path")
		size=$((size))
		[ "$size" -gt 0 ] && [ "$size" -le "$EACH" ] || fail "$1: $path has $size bytes"
		has_option "$path" noexec nosuid nodev
		sum=$((sum + size))
		count=$((count + 1))
	done < <(awk '$0 ~ / - (tmpfs|overlay) oci-readonly-hook / { print $5 }' "/proc/$PID/mountinfo")
	[ "$sum" -le "$ALL" ] || fail "$1: $sum bytes together"
	[ "$count" -gt 0 ] || fail "$1: no tmpfs"
	not_writable /usr
}

# tried KEY VALUE [KEY VALUE]...: refused in one line because of annotation, path or policy; or within the caps.
tried()
{
	rm -f "$W"/hook.{status,err}
	jq '.annotations = ($ARGS.positional | [range(0; length; 2) as $i | {key: .[$i], value: .[$i + 1]}] | from_entries)' \
		"$W/config.json" --args "$@" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		PID=$(cat "$W/pid")
		ROOT=/proc/$PID/root
		hook_succeeded
		within_caps "$*"
		echo "allowed: $*" >>"$W/tried"
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		return 0
	fi
	case $(cat "$W/hook.status") in
	65 | 73 | 77) one_line "${ID:0:12}" "$W/hook.err" ;;
	*) show_logs && fail "$*: status $(cat "$W/hook.status")" ;;
	esac
	echo "refused: $*" >>"$W/tried"
	rm -f "$W/hook.err"
}

# The numbers of accepted and refused containers. If all were refused for one wrong reason, the test would show nothing.
tally()
{
	local said

	said="$(grep -c ^allowed "$W/tried" || true) $(grep -c ^refused "$W/tried" || true)"
	[ "$said" = "$1" ] || fail "$said and not $1:" "$(cat "$W/tried")"
}

# filled PATH BYTES: the container can write at most BYTES there, and more than half of it.
filled()
{
	local got

	inside "i=0; while dd if=/dev/zero of=$1/f\$i bs=65536 count=64 2>/dev/null; do i=\$((i + 1)); [ \$i -lt 50 ] || break; done
		cat $1/f* | wc -c"
	got=${lines[-1]}
	[ "$got" -le "$2" ] && [ "$got" -ge $(($2 / 2)) ] || fail "$1 took $got bytes: $output"
	runtime delete --force "$ID" >/dev/null 2>&1 || true
}

@test "no spelling of a size exceeds the caps" {
	for size in 4097 4096 256m 256M 262144k 0000000000256m 268435456; do
		tried "$LIST_KEY" "/run:size=$size"
	done
	tried "$LIST_KEY" '/run:size=1t:size=1m'
	tried "$LIST_KEY" '/run:size=256m;/srv:size=128m'
	tally '9 0'
	for size in 0 00 0% 0k 1 4095 3k -1 +1 ' 1' '' 268435457 257m 1g 1G 1t 100% 99999999999999999999 18446744073709551616 18446744073709551617 \
		9223372036854775807 9223372036854775808 16777216t 0x10 1e3 1p 1kk 1m% inf unlimited max $'1m\t' '1m ' '1m\' '１m'; do
		tried "$LIST_KEY" "/run:size=$size"
	done
	tried "$LIST_KEY" '/run:size=1m:size=1t'
	tried "$LIST_KEY" '/run:size=256m;/srv:size=256m;/opt:size=4k'
	tried "$LIST_KEY" '/run:size=256m;/run/a:size=256m;/run/a/b:size=4k'
	tried "$LIST_KEY" '/run:nr_blocks=999999'
	tried "$LIST_KEY" '/run,/srv:size=1g'
	tried "$LIST_KEY" '/run /srv'
	tried "$LIST_KEY" '/run:/srv'
	# A blank or a tab at the end of an entry does not belong to its size.
	tally '11 40'
}

@test "no spelling or position of an option exceeds the caps" {
	for option in exec suid dev exec:noexec noexec:exec rw,exec ',exec' ' exec' EXEC exec= 'exec ' nr_inodes=0 nr_inodes=1 nr_inodes=9007199254740991 \
		noswap huge=never huge=always HUGE=always nosuid:suid remount bind shared defaults context=x; do
		tried "$LIST_KEY" "/run:$option"
	done
	tried "$LIST_KEY" $'/run\n/srv:exec'
	tried "$LIST_KEY" '/run;;;/srv:exec'
	tried "$LIST_KEY" '/run,exec'
	tried "$LIST_KEY" '/run\:exec;/srv\;:exec'
	tally '0 28'
	for option in ro rw atime noatime relatime strictatime nodiratime nosymfollow mode=4755 mode=07777 mode=0 uid=0 uid=4294967294 U \
		tmpcopyup notmpcopyup seed=none seed=overlay; do
		tried "$LIST_KEY" "/srv:$option"
	done
	tally '18 28'
}

@test "no spelling of a path and no link of the image reaches a denied directory" {
	ln -s ../usr/bin "$W/rootfs/opt/programs"
	ln -s /usr/not-yet "$W/rootfs/opt/not-yet"
	ln -s opt/programs "$W/rootfs/chain"
	for path in /usr //usr /usr/ '/\usr' '\/usr' /usr/bin /usr//bin '/usr/\bin' /usr/not-yet /usr/. /./usr /opt/../usr '/opt/\.\./usr' \
		/opt/programs /opt/not-yet /opt/not-yet/below /chain /chain/x /opt/loop /bin /sbin /lib /lib64/x / // '\//' \
		/proc/self/root/usr /proc/1/cwd /dev/fd /dev /dev/shm; do
		tried "$LIST_KEY" "$path"
	done
	tried "$LIST_KEY" '/run;/var/run'
	tried "$LIST_KEY" '/run;//run/'
	tally '0 33'
	[ ! -e "$W/rootfs/usr/not-yet" ]
	tried "$LIST_KEY" '/opt/escape'
	tried "$LIST_KEY" '/usrx;/usr2/bin'
	tally '2 33'
}

@test "no annotation key removes the caps" {
	local name=io.kubernetes.container.name

	tried "$KEY" false
	tried "$KEY" False
	tried "$KEY" $'false\n'
	tried "$KEY" ''
	tried "$name" web "$KEY" true "$KEY/web" false
	tried "$name" web "$LIST_KEY" /run "$LIST_KEY/web" /run:size=1g
	tried "$name" web "$LIST_KEY/web" /run:exec
	tried "$LIST_KEY/web" /run
	tried "$LIST_KEY/" /run
	tried "$KEY.max-size" 1t
	tried "$LIST_KEY" /run size 1t
	tried "$LIST_KEY" /run /srv:size 1t
	tried io.containers.readOnly false
	tried "$LIST_KEY" /run "$LIST_KEY=/usr/bin:mode" 0777
	tried io.kubernetes.pod.namespace=kube-system ''
	tried io.kubernetes.cri-o.ContainerType=sandbox '' io.kubernetes.cri-o.SandboxID="$ID" ''
	tally '0 16'
	tried "$name" web "$LIST_KEY" /run:size=1g "$LIST_KEY/web" /run
	tried "$name" web "$LIST_KEY/db" /run:size=1g "$KEY/db" false
	tried io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID another
	tried io.kubernetes.pod.namespace $'kube-system\nx'
	tried io.kubernetes.cri.sandbox-namespace kube-system
	tally '5 16'
}

@test "defaults stay within the caps if the image's directories are links" {
	rm -r "$W/rootfs/run" "$W/rootfs/tmp"
	ln -s srv "$W/rootfs/run"
	ln -s srv "$W/rootfs/tmp"
	tried "$LIST_KEY" '/srv:size=1m'
	tally '1 0'
	create
	within_caps 'the defaults alone'
	same "$(our_mounts)" 2
}

@test "a container cannot write more than the cap, with huge pages or below an overlay" {
	hook_options --enforce --max-size=3m
	tmpfs /opt/new
	filled /opt/new $((3 * 1024 * 1024))
	tmpfs /opt/new:huge=always
	filled /opt/new $((3 * 1024 * 1024))
	tmpfs /opt/new:huge=always:size=1m
	filled /opt/new $((1024 * 1024))
	tmpfs /srv:seed=overlay
	filled /srv $((3 * 1024 * 1024))
	tmpfs '/opt/new:mode=7777:uid=5:gid=5:nr_inodes=1g'
	filled /opt/new $((3 * 1024 * 1024))
}

@test "a container without CAP_SYS_ADMIN cannot remove the caps" {
	inside 'mount -o remount,size=1g,exec /tmp; mount -o remount,rw /; mount -t tmpfs none /srv; touch /usr/x; echo tried'
	same "$(grep -c 'oci-readonly-hook\|Read-only file system\|tried' <<<"$output")" 2
	[[ $output == *tried ]] || fail "$output"
	same "$(grep -ic 'permission denied\|not permitted' <<<"$output")" 3
}
