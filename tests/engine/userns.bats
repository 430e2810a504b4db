#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# A user namespace: lost metadata must not grant access, and what cannot be done is reported.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown()
{
	# A worker that a test has stopped before it failed.
	[ -z "${WORKER:-}" ] || kill -CONT "$WORKER" 2>/dev/null || true
	if [ -n "${SUBMOUNT:-}" ]; then
		runtime delete --force "$ID" >/dev/null 2>&1 || true
		in_lab umount -l "$SUBMOUNT"
	fi
	bundle_end
}

# The rootfs belongs to the container's root, who must be able to reach it.
enter_userns()
{
	local dir=$W

	while [ "$dir" != / ] && [ "$dir" != /tmp ] && [ "$dir" != /var/tmp ]; do
		chmod a+x "$dir"
		dir=$(dirname "$dir")
	done
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
}

@test "userns: mapped owners are kept, unmapped ones lose set-id bits, and a lost ACL grants no access" {
	enter_userns
	echo x >"$W/rootfs/etc/own"
	chown $((HOST_IDS + 7)):$((HOST_IDS + 8)) "$W/rootfs/etc/own"
	chmod 6755 "$W/rootfs/etc/own"
	echo x >"$W/rootfs/etc/foreign"
	chown 5:5 "$W/rootfs/etc/foreign"
	chmod 6755 "$W/rootfs/etc/foreign"
	echo secret >"$W/rootfs/etc/acl"
	chown "$HOST_IDS:$((HOST_IDS + 50))" "$W/rootfs/etc/acl"
	setfacl -m u::rw,u:1234:rw,g::---,m::rw,o::--- "$W/rootfs/etc/acl"
	readonly_root
	tmpfs '/etc:exec:suid'
	create
	is_ours /etc
	is /etc/own '%a %u:%g' "6755 $((HOST_IDS + 7)):$((HOST_IDS + 8))"
	is /etc/foreign '%a' 755
	is /etc/acl '%a' 600
}

@test "userns: a requested owner keeps a set-id bit, even if it has the overflow id" {
	enter_userns
	tmpfs '/srv:gid=65534:mode=2770;/missing:uid=65534:mode=4700'
	create
	is /srv '%a %g' "2770 $((HOST_IDS + 65534))"
	is /missing '%a %u' "4700 $((HOST_IDS + 65534))"
}

@test "userns: a file that the container's root may not read is refused by name, and shows through an overlay" {
	enter_userns
	mkdir "$W/rootfs/etc/sub"
	echo secret >"$W/rootfs/etc/sub/shadow"
	chmod 0600 "$W/rootfs/etc/sub/shadow"
	tmpfs /etc
	refused 74 '/etc: sub/shadow: ' "the container's root" seed=overlay EACCES
	chown "$HOST_IDS" "$W/rootfs/etc/sub/shadow"
	chmod 0700 "$W/rootfs/etc/sub"
	rm "$W"/hook.*
	refused 74 '/etc: sub: ' "the container's root" EACCES
	rm "$W"/hook.*
	tmpfs /etc:seed=overlay
	create
	same "$(mount_fs /etc | cut -d ' ' -f 1,2)" 'overlay oci-readonly-hook'
	# It still belongs to the image's owner, with the same mode.
	is /etc/sub '%a %u' '700 0'
}

@test "userns: in a joined namespace, the kernel's mappings count, not config.json's" {
	enter_userns
	chown -R -h "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	unshare -U sleep 100 3>&- &
	sleeper=$!
	for _ in $(seq 100); do
		[ "$(readlink "/proc/$sleeper/ns/user")" = "$(readlink /proc/self/ns/user)" ] || break
		sleep 0.01
	done
	echo 0 "$HOST_IDS" 1000 >"/proc/$sleeper/uid_map"
	echo 0 "$HOST_IDS" 2000 >"/proc/$sleeper/gid_map"
	config --arg path "/proc/$sleeper/ns/user" '
		.linux.namespaces |= map(if .type == "user" then .path = $path else . end)
		| .mounts |= map(select(.type != "devpts"))'
	# runc 1.1.5 requires mappings here, too. runc 1.1.15 accepts only the kernel's, and crun none.
	if [ "$RUNTIME" = crun ] || ! runtime create --bundle "$W" "$ID" >"$W/create.log" 2>&1; then
		[ "$RUNTIME" = crun ] || grep -q 'non-matching mapping' "$W/create.log" || fail "$(cat "$W/create.log")"
		config 'del(.linux.uidMappings, .linux.gidMappings)'
	fi
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.*
	tmpfs '/run:uid=1000'
	r=0
	refused 65 'uid=1000 is not mapped' || r=$?
	rm "$W"/hook.*
	tmpfs '/run:gid=2000'
	[ "$r" != 0 ] || refused 65 'gid=2000 is not mapped' || r=$?
	rm -f "$W"/hook.*
	tmpfs '/run:uid=999:gid=1999'
	[ "$r" != 0 ] || create || r=$?
	kill "$sleeper"
	same "$r" 0
	is /run %u:%g $((HOST_IDS + 999)):$((HOST_IDS + 1999))
}

@test "userns: a namespace without user 0 is refused" {
	enter_userns
	config '.mounts |= map(select(.type != "devpts"))
		| .linux.uidMappings[0].containerID = 1000 | .linux.gidMappings[0].containerID = 1000
		| .process.user = {uid: 1000, gid: 1000}'
	tmpfs /etc
	# runc refuses it itself.
	if [ "$RUNTIME" = crun ]; then
		refused 66 'group 0 is not mapped'
	elif create 2>/dev/null; then
		fail 'it was created'
	fi
}

# If the machine has fs.suid_dumpable=1, a change of user makes the worker dumpable again. The worker therefore repeats the call.
@test "userns: the worker is not dumpable after it has entered the container" {
	have strace || skip 'strace is not here'
	enter_userns
	readonly_root
	tmpfs /run
	TRACE="/usr/bin/strace -f -qq -o '$W/trace' -e trace=setresuid,prctl"
	write_wrapper
	create
	is_ours /run
	same "$(sed -n '/ setresuid(/,$p' "$W/trace" | grep -c 'prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) *= 0')" 1
	same "$(sed -n '/ setresuid(/,$p' "$W/trace" | grep -c 'prctl(PR_SET_PDEATHSIG, SIGKILL) *= 0')" 1
}

# Stops the worker when it is at work in the container's namespaces. Sets $WORKER.
catch_worker()
{
	local pid

	for _ in $(seq 3000); do
		for pid in $(pgrep -f "^$HOOK"); do
			if [ "$(readlink "/proc/$pid/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ] &&
				[ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]; then
				kill -STOP "$pid"
				WORKER=$pid
				return 0
			fi
		done
		sleep 0.005
	done
	fail 'no worker was met'
}

@test "userns: the container's root cannot inspect or trace the worker, nor reach the engine's descriptors" {
	local inside=() thing

	have strace || skip 'strace is not here'
	enter_userns
	mkdir "$W/rootfs/srv/many"
	(cd "$W/rootfs/srv/many" && seq 30000 | xargs touch)
	chown -R "$HOST_IDS:$HOST_IDS" "$W/rootfs/srv/many"
	readonly_root
	tmpfs /srv
	echo secret >"$W/secret"
	sed -i "2i exec 7<'$W/secret' 9<'$W/secret'" "$W/hook"
	(create >"$W/said" 2>&1 && echo created >"$W/created") &
	creating=$!
	catch_worker
	inside=(nsenter -t "$WORKER" -U -m -S 0 -G 0 --)
	# Another process of the container's user, to see that inspecting works in general.
	"${inside[@]}" sleep 100 3>&- &
	other=$!
	until [ "$(cat "/proc/$other/comm")" = sleep ]; do sleep 0.01; done
	"${inside[@]}" ls "/proc/$other/fd" >/dev/null
	"${inside[@]}" cat "/proc/$other/environ" >/dev/null
	for thing in fd environ mem exe cwd root maps; do
		case $thing in
		fd) run "${inside[@]}" ls "/proc/$WORKER/fd" ;;
		exe | cwd | root) run "${inside[@]}" readlink "/proc/$WORKER/$thing" ;;
		*) run "${inside[@]}" head -c 1 "/proc/$WORKER/$thing" ;;
		esac
		[ "$status" != 0 ] || fail "/proc/PID/$thing of the worker can be looked at: $output"
	done
	run "${inside[@]}" strace -o /dev/null -p "$WORKER"
	[ "$status" != 0 ]
	[[ $output == *"Operation not permitted"* ]]
	same "$(find "/proc/$WORKER/fd" -lname '*secret*')" ''
	kill "$other"
	kill -CONT "$WORKER"
	wait "$creating"
	[ -e "$W/created" ] || fail "$(cat "$W/said")"
	same "$(find "/proc/$(cat "$W/pid")/root/srv/many" -type f | wc -l)" 30000
}

@test "userns: with a device and an unknown --root of crun, config.json cannot be found" {
	enter_userns
	config '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5, fileMode: 438, uid: 0, gid: 0}]'
	sed -i "2i /usr/bin/tee '$W/state.json' | (" "$W/hook"
	sed -i 's/^exit .*/exit $status)/' "$W/hook"
	readonly_root
	tmpfs /etc
	if create 2>/dev/null; then
		is_ours /etc
		not_writable /
		return
	fi
	same "$(jq -r '.bundle, .root' "$W/state.json")" $'/\nrootfs'
	rm "$W"/hook.{status,err}
	refused 66 'bundle /: ' 'an absolute root.path' ENOENT
	rm "$W"/hook.{status,err}
	config --arg root "$W/rootfs" '.root.path = $root'
	refused 66 'bundle /: ' "crun's copy of config.json" ENOENT
}

@test "userns: a second run with the same limits changes nothing" {
	enter_userns
	hook_options --readonly --max-size=10% --max-total=20% --tmpfs=/srv
	config '.hooks.createRuntime += .hooks.createRuntime'
	tmpfs '/run;/tmp:size=10000;/etc:seed=overlay;/opt:seed=none:size=1%'
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" 4
}

@test "userns: a mount of a volume below a directory that the container's root may not enter stays" {
	enter_userns
	mkdir -p "$W/volume/secret/mount"
	chmod 0700 "$W/volume/secret"
	in_lab mount -t tmpfs none "$W/volume/secret/mount"
	SUBMOUNT=$W/volume/secret/mount
	add_mount /srv/host "$W/volume" rbind rprivate
	tmpfs /srv
	create
	is_ours /srv
	same "$(mounts_at /srv/host)" 1
	# In a user namespace, crun 1.8 does not take along what is mounted on a volume.
	[ "$RUNTIME" = crun ] || same "$(mounts_at /srv/host/secret/mount)" 1
}
