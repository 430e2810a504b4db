#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What a container gets, on a bundle of runc or crun.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

@test "a container without annotations is unchanged" {
	create
	same "$(our_mounts)" 0
	writable /usr
	writable /etc
	same "$(mounts_at /)" 1
}

@test "annotations of other programs are ignored" {
	annotate io.containers.trace x org.example.mode 700 io.containers.read true
	create
	same "$(our_mounts)" 0
	writable /usr
}

@test "config.json and annotations may contain UTF-8" {
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

@test "readonly=false leaves the root writable" {
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

@test "a process in the container can write to a tmpfs, but not to the root" {
	readonly_root
	tmpfs '/run;/tmp:size=1m;/etc:rw:noexec:nosuid:size=2m'
	inside 'touch /usr/x; echo 1 >>/etc/app.conf && cat /etc/app.conf; echo x >/tmp/x && cat /tmp/x /run/app/pid'
	[[ $output == *'Read-only file system'* ]] || fail "$output"
	[[ $output == *$'setting = 1\n1\nx\npid' ]] || fail "$output"
	hook_succeeded
	same "$(cat "$W/rootfs/etc/app.conf")" 'setting = 1'
	[ ! -e "$W/rootfs/tmp/x" ]
}

@test "what a container wrote is gone in the next container" {
	readonly_root
	tmpfs /etc
	inside 'echo mine >/etc/mine; cat /etc/mine'
	same "$status:$output" 0:mine
	runtime delete --force "$ID"
	inside 'test -e /etc/mine || echo gone'
	same "$output" gone
}

@test "each tmpfs starts with the image's files" {
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

@test "a list may use docker's commas" {
	readonly_root
	tmpfs '/run;/tmp:size=64k;/etc:rw,noexec,nosuid,size=2g'
	create
	has_option /etc size=2097152k noexec nosuid rw
	has_option /tmp size=64k
}

@test "blanks, newlines and empty entries in a list are ignored" {
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

@test "the annotations also work if config.json makes the root read-only" {
	config '.root.readonly = true'
	readonly_root
	tmpfs '/run;/etc;/made/here'
	create
	not_writable /
	is_ours /run /etc /made/here
	writable /etc
	is /made/here '%a %u:%g' '1777 0:0'
}

@test "a root that only config.json makes read-only stays read-only" {
	config '.root.readonly = true'
	tmpfs /etc
	create
	not_writable /
	writable /etc
	is_ours /etc
}

@test "a missing directory is created on a root whose mount is read-only" {
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

@test "a missing directory on a read-only filesystem is refused" {
	PREFIX=(unshare -m --propagation private sh -c '
		mount -t tmpfs none "$0" && cp -a "$1/." "$0" && mount -o remount,ro "$0" && shift && exec "$@"' \
		"$W/rootfs" "$SUITE/base")
	readonly_root
	tmpfs /made/here
	refused 73 /made/here EROFS
}

@test "a root on a read-only filesystem is seeded" {
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

@test "the process's cwd is created on a read-only root" {
	config '.process.cwd = "/work/deep"'
	readonly_root
	inside 'pwd; touch /x'
	[[ $output == /work/deep*'Read-only file system' ]] || fail "$output"
	hook_succeeded
}

@test "the process's cwd is created in a tmpfs" {
	config '.process.cwd = "/run/work/deep"'
	readonly_root
	tmpfs '/run:size=1m'
	inside 'pwd; echo x >x && cat x'
	same "$output" $'/run/work/deep\nx'
	[ ! -e "$W/rootfs/run/work" ]
}

@test "keys for this container of a pod override the plain keys" {
	annotate io.kubernetes.container.name web "$KEY" false "$KEY/web" true "$LIST_KEY" /run \
		"$LIST_KEY/web" /etc "$LIST_KEY/db" 'no list'
	create
	not_writable /
	is_ours /etc
	same "$(our_mounts)" 1
}

@test "the container's name may come from containerd's annotation" {
	annotate io.kubernetes.cri.container-name db "$KEY/web" true "$LIST_KEY/db" /etc
	create
	writable /usr
	is_ours /etc
}

@test "a CRI-O sandbox is left alone" {
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID "$ID" "$KEY" true "$LIST_KEY" /run
	create
	writable /usr
	same "$(our_mounts)" 0
}

@test "a containerd sandbox is left alone" {
	annotate io.kubernetes.cri.container-type sandbox io.kubernetes.cri.sandbox-id "$ID" "$KEY" true
	create
	writable /usr
}

@test "a container that claims to be a sandbox is not treated as one" {
	hook_options --enforce
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri.container-type sandbox \
		io.kubernetes.cri-o.SandboxID "${ID}0" io.kubernetes.cri.sandbox-id sandbox
	create
	not_writable /usr
}

@test "a second run of the hook changes nothing" {
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

@test "registering the hook for both prestart and createRuntime is harmless" {
	readonly_root
	tmpfs '/run;/etc'
	config '.hooks.prestart = .hooks.createRuntime'
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" 2
	not_writable /
}

@test "a second run keeps the mounts that the first one moved" {
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

@test "no mount appears in the host's mount table at any time" {
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

@test "the host sees no mount of a root with shared propagation" {
	# The runtime sets the propagation after the hook. The rootfs itself is on a shared mount of the host.
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

@test "in a user namespace, root owns what root owned in the image" {
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

@test "files do not get the engine's own group" {
	mkdir -p "$W/rootfs/usr/lib"
	chown 0:0 "$W/rootfs/etc/app.conf"
	chmod 2755 "$W/rootfs/etc/app.conf"
	# Some machines do not allow setting limits of another group's process.
	config '.process.rlimits = []'
	tmpfs '/etc;/usr/lib/new/dir'
	PREFIX=(setpriv --regid 4242 --keep-groups "$SYSLOG_RUN" "$W/log")
	create
	is /etc/app.conf '%a %u:%g' '2755 0:0'
	same "$(stat -c %u:%g "$W/rootfs/usr/lib/new" "$W/rootfs/usr/lib/new/dir")" $'0:0\n0:0'
	is /usr/lib/new/dir '%u:%g' 0:0
	is /etc/ssl %u:%g 0:0
}

@test "the runtime's error contains the hook's message" {
	if [ "$RUNTIME" = crun ]; then
		annotate run.oci.hooks.stderr "$W/crun.err"
	fi
	config --arg hook "$HOOK" '.hooks.createRuntime[0].path = $hook'
	annotate "$KEY" maybe
	# To a file: a created container keeps a pipe open.
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		fail 'the container was created'
	fi
	output=$(cat "$W/create.log")
	[ "$RUNTIME" != crun ] || output=$(cat "$W/crun.err")
	[[ $output == *"oci-readonly-hook: ${ID:0:12}: "*maybe* ]] || fail "$output"
}
