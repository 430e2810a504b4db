#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The job: contract sections 1 and 3, on a bundle of runc or crun.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "a container without annotations is untouched" {
	create
	same "$(our_mounts)" 0
	writable /usr
	writable /etc
	same "$(mounts_at /)" 1
}

@test "other annotations are nobody's business" {
	annotate io.containers.trace x org.example.mode 700 io.containers.read true
	create
	same "$(our_mounts)" 0
	writable /usr
}

@test "a config.json and annotations that are not ASCII" {
	config '.process.env += ["NAME=Grüße 🐋"] | .annotations["org.example.märz"] = "três €"'
	readonly_root
	mkdir "$W/rootfs/größe"
	echo kept >"$W/rootfs/größe/datei"
	tmpfs '/größe'
	create
	same "$(cat "$ROOT/größe/datei")" kept
	not_writable /
	writable /größe
}

@test "the root is read-only" {
	readonly_root
	create
	has_option / ro
	not_writable /
	not_writable /usr
	not_writable /etc
	same "$(mounts_at /)" 1
	same "$(our_mounts)" 0
}

@test "false leaves the root writable" {
	annotate "$KEY" false
	create
	writable /usr
}

@test "a list without readonly leaves the root writable" {
	tmpfs /etc
	create
	is_ours /etc
	writable /usr
	writable /etc
}

@test "a process in the container cannot write to the root, and to a tmpfs it can" {
	readonly_root
	tmpfs '/run;/tmp:size=1m;/etc:rw:noexec:nosuid:size=2m'
	inside 'touch /usr/x; echo 1 >>/etc/app.conf && cat /etc/app.conf; echo x >/tmp/x && cat /tmp/x /run/app/pid'
	[[ $output == *'Read-only file system'* ]] || fail "$output"
	[[ $output == *$'setting = 1\n1\nx\npid' ]] || fail "$output"
	hook_succeeded
	same "$(cat "$W/rootfs/etc/app.conf")" 'setting = 1'
	[ ! -e "$W/rootfs/tmp/x" ]
}

@test "what a container wrote is gone the next time" {
	readonly_root
	tmpfs /etc
	inside 'echo mine >/etc/mine; cat /etc/mine'
	same "$status:$output" 0:mine
	runtime delete --force "$ID"
	inside 'test -e /etc/mine || echo gone'
	same "$output" gone
}

@test "each tmpfs starts out with what the image holds there" {
	readonly_root
	tmpfs '/run;/tmp;/etc;/var/lib/app'
	create
	is_ours /run /tmp /etc /var/lib/app
	same "$(our_mounts)" 4
	diff -r "$W/rootfs/etc" "$ROOT/etc"
	same "$(cat "$ROOT/run/app/pid")" pid
	is /run/app '%a %u:%g' '2750 33:44'
	is /etc/app.conf '%a %u:%g %y' '640 100:101 2001-02-03 04:05:06.123456789 +0000'
	is /tmp '%a %u:%g' '1777 0:0'
	is /var/lib/app '%a %u:%g %y' '755 33:44 2001-02-03 04:05:06.123456789 +0000'
	not_writable /
}

@test "docker's spelling, with commas" {
	readonly_root
	tmpfs '/run;/tmp:size=64k;/etc:rw,noexec,nosuid,size=2g'
	create
	has_option /etc size=2097152k noexec nosuid rw
	has_option /tmp size=64k
}

@test "blanks, newlines and empty entries in a list" {
	tmpfs $'\n /run ;\n;; /tmp:size=64k \n'
	create
	is_ours /run /tmp
	same "$(our_mounts)" 2
}

@test "volumes and other mounts keep their flags" {
	mkdir "$W/rw" "$W/ro" "$W/rootfs/rw" "$W/rootfs/ro"
	add_mount /rw "$W/rw" rbind rw
	add_mount /ro "$W/ro" rbind ro nosuid
	readonly_root
	tmpfs /run
	create
	not_writable /
	writable /rw
	writable /dev/shm
	not_writable /ro
	has_option /ro ro nosuid
	lacks_option /rw nosuid nodev noexec ro
	has_option /proc rw
}

@test "the root keeps its other flags" {
	create
	before=$(mount_flags /)
	runtime delete --force "$ID"
	rm "$W/hook.status"
	readonly_root
	create
	same "$(mount_flags /)" "${before/rw/ro}"
}

@test "config.json that asks for a read-only root too" {
	config '.root.readonly = true'
	readonly_root
	tmpfs '/run;/etc;/made/here'
	create
	not_writable /
	is_ours /run /etc /made/here
	writable /etc
	is /made/here '%a %u:%g' '1777 0:0'
}

@test "config.json's read-only root without annotations is the runtime's affair" {
	config '.root.readonly = true'
	tmpfs /etc
	create
	not_writable /
	writable /etc
	is_ours /etc
}

@test "a root that comes read-only, and a directory that it lacks" {
	PREFIX=(unshare -m --propagation private sh -c '
		mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' "$W/rootfs")
	readonly_root
	tmpfs '/etc;/made/here:size=64k'
	create
	not_writable /
	is_ours /etc /made/here
	writable /made/here
	is /made '%a %u:%g' '755 0:0'
}

@test "a root that cannot be written at all, and a directory that it lacks" {
	PREFIX=(unshare -m --propagation private sh -c '
		mount -t tmpfs none "$0" && cp -a "$1/." "$0" && mount -o remount,ro "$0" && shift && exec "$@"' \
		"$W/rootfs" "$SUITE/base")
	readonly_root
	tmpfs /made/here
	refused 73 /made/here EROFS
}

@test "a root that cannot be written at all is seeded" {
	PREFIX=(unshare -m --propagation private sh -c '
		mount -t tmpfs none "$0" && cp -a "$1/." "$0" && mount -o remount,ro "$0" && shift && exec "$@"' \
		"$W/rootfs" "$SUITE/base")
	readonly_root
	tmpfs /etc
	create
	is_ours /etc
	writable /etc
	is /etc/app.conf '%a %u:%g' '640 100:101'
}

@test "the process's cwd is made where the root is read-only" {
	config '.process.cwd = "/work/deep"'
	readonly_root
	inside 'pwd; touch /x'
	[[ $output == /work/deep*'Read-only file system' ]] || fail "$output"
	hook_succeeded
}

@test "the process's cwd is made in a tmpfs" {
	config '.process.cwd = "/run/work/deep"'
	readonly_root
	tmpfs '/run:size=1m'
	inside 'pwd; echo x >x && cat x'
	same "$output" $'/run/work/deep\nx'
	[ ! -e "$W/rootfs/run/work" ]
}

@test "keys for this container of a pod win over the plain ones" {
	annotate io.kubernetes.container.name web "$KEY" false "$KEY/web" true "$LIST_KEY" /run \
		"$LIST_KEY/web" /etc "$LIST_KEY/db" 'no list'
	create
	not_writable /
	is_ours /etc
	same "$(our_mounts)" 1
}

@test "containerd's name of the container" {
	annotate io.kubernetes.cri.container-name db "$KEY/web" true "$LIST_KEY/db" /etc
	create
	writable /usr
	is_ours /etc
}

@test "a pod's sandbox is left alone" {
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID "$ID" "$KEY" true "$LIST_KEY" /run
	create
	writable /usr
	same "$(our_mounts)" 0
}

@test "containerd's sandbox is left alone" {
	annotate io.kubernetes.cri.container-type sandbox io.kubernetes.cri.sandbox-id "$ID" "$KEY" true
	create
	writable /usr
}

@test "a container that calls itself a sandbox is none" {
	hook_options --enforce
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri.container-type sandbox \
		io.kubernetes.cri-o.SandboxID "${ID}0" io.kubernetes.cri.sandbox-id sandbox
	create
	not_writable /usr
}

@test "called twice, the second run changes nothing" {
	readonly_root
	tmpfs '/run;/etc'
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" 2
	same "$(mounts_at /etc)" 1
	same "$(mounts_at /)" 1
	not_writable /
	writable /etc
}

@test "registered for prestart and createRuntime both" {
	readonly_root
	tmpfs '/run;/etc'
	config '.hooks.prestart = .hooks.createRuntime'
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" 2
	not_writable /
}

@test "called twice with mounts to carry over" {
	echo host >"$W/hosts"
	add_mount /etc/hosts "$W/hosts" rbind rw
	readonly_root
	tmpfs '/etc;/etc/ssl'
	config '.hooks.createRuntime += .hooks.createRuntime'
	create
	same "$(our_mounts)" 2
	same "$(mounts_at /etc/hosts)" 1
	same "$(cat "$ROOT/etc/hosts")" host
}

@test "no mount shows in the host's table at any time" {
	readonly_root
	"$TREE_MAKE" "$W/rootfs/torture" 2>/dev/null
	tmpfs '/torture;/etc;/run;/made'
	while sleep 0.001; do
		cat /proc/self/mountinfo
	done >"$W/table" 3>&- &
	watch=$!
	for _ in $(seq 1000); do
		[ ! -s "$W/table" ] || break
		sleep 0.01
	done
	status=0
	create || status=$?
	kill "$watch"
	wait "$watch" || true
	same "$status" 0
	is_ours /torture /etc /run /made
	[ "$(wc -l <"$W/table")" -gt 10 ]
	if grep -e oci-readonly-hook -e "$W" "$W/table"; then
		fail 'it did'
	fi
}

@test "a root that is to be shared: the host sees nothing of it" {
	# The runtime makes it so after the hook; the rootfs itself is on a shared mount of the host's.
	config '.linux.rootfsPropagation = "shared"'
	PREFIX=(unshare -m --propagation private sh -c '
		mount --bind "$0" "$0" && mount --make-rshared "$0" && "$@" || exit
		! grep oci-readonly-hook /proc/self/mountinfo' "$W")
	readonly_root
	tmpfs '/run;/made/here'
	create
	PREFIX=()
	is_ours /run /made/here
	not_writable /
}

@test "a user namespace: root in the container owns what root owned in the image" {
	chown -R --from=0:0 "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	chown $((HOST_IDS + 100)):$((HOST_IDS + 101)) "$W/rootfs/etc/app.conf"
	chown $((HOST_IDS + 33)):$((HOST_IDS + 44)) "$W/rootfs/run/app" "$W/rootfs/var/lib/app"
	config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| del(.linux.resources)'
	readonly_root
	tmpfs '/etc;/run:size=1m;/made/here:uid=5'
	inside 'stat -c "%u:%g" /etc /etc/app.conf /made/here /made; touch /etc/new && stat -c %u /etc/new; touch /usr/x'
	[[ $output == $'0:0\n100:101\n5:0\n0:0\n0\n'*'Read-only file system'* ]] || fail "$output"
	hook_succeeded
}

@test "the engine's own group is not the container's" {
	mkdir -p "$W/rootfs/usr/lib"
	chown 0:0 "$W/rootfs/etc/app.conf"
	chmod 2755 "$W/rootfs/etc/app.conf"
	# To set them for another one's process, a machine may not allow.
	config '.process.rlimits = []'
	tmpfs '/etc;/usr/lib/new/dir'
	PREFIX=(setpriv --regid 4242 --keep-groups "$SYSLOG_RUN" "$W/log")
	create
	is /etc/app.conf '%a %u:%g' '2755 0:0'
	same "$(stat -c %u:%g "$W/rootfs/usr/lib/new" "$W/rootfs/usr/lib/new/dir")" $'0:0\n0:0'
	is /usr/lib/new/dir '%u:%g' 0:0
	is /etc/ssl %u:%g 0:0
}

@test "the runtime's own message has the hook's" {
	if [ "$RUNTIME" = crun ]; then
		annotate run.oci.hooks.stderr "$W/crun.err"
	fi
	config --arg hook "$HOOK" '.hooks.createRuntime[0].path = $hook'
	annotate "$KEY" maybe
	# Into a file: a container that is created holds a pipe open.
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		fail 'the container was created'
	fi
	output=$(cat "$W/create.log")
	[ "$RUNTIME" != crun ] || output=$(cat "$W/crun.err")
	[[ $output == *"oci-readonly-hook: ${ID:0:12}: "*maybe* ]] || fail "$output"
}
