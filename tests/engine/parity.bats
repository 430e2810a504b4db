#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# podman's own --read-only, --read-only-tmpfs and --tmpfs, compared with annotations for the same result.

load lib
load podman

setup_file()
{
	suite_begin
	podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

# The options that --tmpfs accepts in some version of podman. The annotations have no options for propagation.
OPTIONS_OF_TMPFS=(rw ro exec noexec suid nosuid dev nodev size=64k size=3m size=10% size=1g mode=0700 mode=1750 U tmpcopyup
	notmpcopyup atime noatime relatime strictatime nodiratime nosymfollow uid=5 gid=6 nr_inodes=100 huge=never noswap
	"rw,noexec,size=64k" "ro,size=64k,mode=0500" "exec,suid,dev")
PROPAGATION=(private rprivate slave rslave shared rshared unbindable runbindable)

# podman_takes OPTION
podman_takes()
{
	podman create --tmpfs "/o:$1" --rootfs "$W/rootfs" true >"$W/create.log" 2>&1 && podman rm "$(tail -n 1 "$W/create.log")" >/dev/null
}

# Prints a line for each directory below /o: its name, flags, size and contents.
LOOK='for dir in $(ls /o); do
		line=$(grep " /o/$dir " /proc/self/mountinfo)
		set -- $line
		size=$(echo "${line##* }" | grep -o "size=[^,]*")
		echo "$dir $6 ${size:-unlimited} $(ls /o/$dir)"
	done'

@test "--tmpfs: for every option that podman accepts, an annotation has the same result" {
	local options=() flags=() list='' number=0 option

	cp -a "$SUITE/base" "$W/rootfs"
	for option in "${OPTIONS_OF_TMPFS[@]}"; do
		podman_takes "$option" || continue
		number=$((number + 1))
		mkdir -p "$W/rootfs/o/$number"
		echo image >"$W/rootfs/o/$number/file"
		options+=("$option")
		flags+=(--tmpfs "/o/$number:$option")
		# podman's default is exec, the hook's noexec.
		list+="/o/$number:exec:${option//,/:};"
	done
	[ "$number" -ge 17 ] || fail "podman takes only ${options[*]}"
	run_container "${flags[@]}" --rootfs "$W/rootfs" sh -c "$LOOK"
	podmans=$output
	same "$(grep -c . <<<"$podmans")" "$number"
	run_container --annotation "$LIST_KEY=$list" --rootfs "$W/rootfs" sh -c "$LOOK"
	same "$output" "$podmans"
	[[ $podmans == *' ro,nosuid,nodev,relatime '* && $podmans == *' rw,relatime '* && $podmans == *' size=64k file'* ]] || fail "$podmans"
	echo "# podman takes ${options[*]}" >&3
}

# runc ignores mode=, crun uses 1777 without being asked, and U has no effect there.
@test "--tmpfs: the annotations' mode= and U work with every runtime" {
	run_container --user 7:8 --annotation "$LIST_KEY=/srv:mode=0700;/run:U;/tmp:mode=1750:U" localhost/orh-test \
		stat -c '%n %a %u:%g' /srv /run /tmp
	same "$output" $'/srv 700 0:0\n/run 755 7:8\n/tmp 1750 7:8'
}

@test "--tmpfs: nested and missing paths give the same result by annotation" {
	look='echo x >/var/x; echo x >/var/lib/app/y; echo x >/lacking/deep/z; grep -E " (/var|/var/lib/app|/lacking/deep) " /proc/self/mountinfo |
		cut -d " " -f 5,6 | sort'
	run_container --tmpfs /var:size=3m --tmpfs /var/lib/app --tmpfs /lacking/deep localhost/orh-test sh -c "$look"
	podmans=$output
	run_container --annotation "$LIST_KEY=/var:size=3m:exec;/var/lib/app:exec;/lacking/deep:exec" localhost/orh-test sh -c "$look"
	same "$output" "$podmans"
	same "$(grep -c . <<<"$podmans")" 3
}

@test "--tmpfs: a path below /dev gives the same result by annotation" {
	look='touch /dev/here/x && grep " /dev/here " /proc/self/mountinfo | cut -d " " -f 5,6'
	run_container --tmpfs /dev/here localhost/orh-test sh -c "$look"
	podmans=$output
	run_container --annotation "$LIST_KEY=/dev/here:exec" localhost/orh-test sh -c "$look"
	same "$output" "$podmans"
}

# Prints the mount flags of each directory, and whether it is writable.
WRITABLE='for dir in / /run /tmp /var/tmp /etc /usr /dev /dev/shm; do
		flags=$(grep " $dir " /proc/self/mountinfo | tail -n 1 | cut -d " " -f 6)
		touch $dir/x 2>/dev/null && can=writable || can=shut
		echo "$dir ${flags:-no mount} $can"
	done'

@test "--read-only: annotations for podman's three directories give the same result" {
	run_container --read-only localhost/orh-test sh -c "$WRITABLE"
	podmans=$output
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/run:exec;/tmp:exec;/var/tmp:exec" localhost/orh-test sh -c "$WRITABLE"
	same "$output" "$podmans"
	[[ $podmans == *'/etc no mount shut'* && $podmans == *'/run rw,nosuid,nodev,relatime writable'* ]] || fail "$podmans"
}

@test "--read-only --read-only-tmpfs=false: an annotation gives the same result" {
	run_container --read-only --read-only-tmpfs=false localhost/orh-test sh -c "$WRITABLE"
	podmans=$output
	run_container --annotation "$KEY=true" localhost/orh-test sh -c "$WRITABLE"
	# podman 5 also makes these read-only, which no annotation does.
	if [[ $podmans == *'/dev ro,'*' shut'* ]]; then
		podmans=$(grep -v '^/dev' <<<"$podmans")
		[[ $output == *$'/dev rw,'*' writable'* ]] || fail "$output"
		output=$(grep -v '^/dev' <<<"$output")
	fi
	same "$output" "$podmans"
	[[ $podmans == *'/run no mount shut'* ]] || fail "$podmans"
}

@test "--read-only --tmpfs: annotations give the same result, with a volume" {
	mkdir "$W/volume"
	look="$WRITABLE; touch /data/x && echo data"
	run_container --read-only --tmpfs /etc:size=3m -v "$W/volume:/data" localhost/orh-test sh -c "$look"
	podmans=$output
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/run:exec;/tmp:exec;/var/tmp:exec;/etc:size=3m:exec" \
		-v "$W/volume:/data" localhost/orh-test sh -c "$look"
	same "$output" "$podmans"
	[[ $podmans == *data ]] || fail "$podmans"
}

# Propagation options, and a tmpfs in place of the runtime's own mounts, need podman's own options.
@test "--tmpfs: what annotations cannot do is refused" {
	cp -a "$SUITE/base" "$W/rootfs"
	for option in "${PROPAGATION[@]}"; do
		run_container --annotation "$LIST_KEY=/run:$option" --rootfs "$W/rootfs" true
		[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$option: $output"
	done
	for path in / /dev /proc /proc/acpi /sys /sys/fs/cgroup /dev/shm; do
		run_container --annotation "$LIST_KEY=$path" --rootfs "$W/rootfs" true
		[[ $output =~ 'exit '(status|code:)' '(65|73) ]] || fail "$path: $output"
	done
}
