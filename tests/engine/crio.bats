#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# A pod of CRI-O: what CRI-O gave its runtime for one of two containers (tests/golden/crio), run here by the runtime without CRI-O.
# Only what depends on the machine is replaced: paths, the pod's namespaces that the container joins, and the cgroup.

load lib

GOLDEN=$BATS_TEST_DIRNAME/../golden

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	PREFIX=("$SYSLOG_RUN" "$W/log")
	mkdir "$W/pod" "$W/pod/shm" "$W/pod/token" "$W/pod/volume"
	echo from-the-pod | tee "$W/pod/hostname" >"$W/pod/.containerenv"
	echo secret >"$W/pod/token/token"
}

teardown() { bundle_end; }

# The image of the golden cases. Lines given as arguments come first.
make_image()
{
	local kind path to

	rm -rf "$W/rootfs"
	cp -a "$SUITE/base" "$W/rootfs"
	rm "$W/rootfs/var/run"
	{ printf '%s\n' "$@"; grep -v '^#' "$GOLDEN/crio/rootfs"; } | while read -r kind path to; do
		path=$W/rootfs$path
		case $kind in
		d) mkdir -p "$path" ;;
		l) [ -e "$path" ] || [ -L "$path" ] || ln -s "$to" "$path" ;;
		f) [ -e "$path" ] || echo image >"$path" ;;
		esac
	done
}

# pod_container CASE: the bundle of the pod's container, with the changes of the golden case. The hook logs at level debug.
pod_container()
{
	local change=$GOLDEN/crio-$1.case first

	readarray -t first < <(jq -r '.rootfs // [] | .[]' "$change")
	make_image "${first[@]}"
	jq --slurpfile change "$change" --arg w "$W" --arg runtime "$RUNTIME" --arg cgroup "/orh-$ID" --arg id "$ID" '
		$change[0] as $case
		| .root.path = $w + "/rootfs"
		| .process.args = ["/bin/sleep", "1000"]
		| .process += ($case.process // {})
		| .hooks.createRuntime = [{path: ($w + "/hook"), env: [],
			args: (["oci-readonly-hook", "--log-level=debug"] + ($case.options // []))}]
		| .annotations = (.annotations + ($case.annotations // {}) | with_entries(select(.value != null)))
		# The id of a sandbox is that of the container, which differs here.
		| if .annotations["io.kubernetes.cri-o.SandboxID"] == .annotations["io.kubernetes.cri-o.ContainerID"] then
			.annotations["io.kubernetes.cri-o.SandboxID"] = $id else . end
		| .mounts |= map(if .type == "bind" then .source |= $w + "/pod/" + sub(".*/"; "") else . end)
		# Engines sort mounts by the length of the path.
		| .mounts = (($case.mounts // []) | map(select(.type == "tmpfs"))) + .mounts
			+ (($case.mounts // []) | map(select(.type != "tmpfs") | .source |= $w + "/pod/" + .))
		| .linux.devices += ($case.devices // [])
		| .linux.namespaces |= map(del(.path))
		| .linux.cgroupsPath = $cgroup
		# Where these tests run, crun has no cgroup to set limits in.
		| if $runtime == "crun" then del(.linux.resources, .linux.cgroupsPath) else . end
		' "$GOLDEN/crio/config.json" >"$W/config.json"
}

messages()
{
	sed -n 's/^<[0-9]*>.* oci-readonly-hook\[[0-9]*\]: container=[^ ]* //p' "$W/log"
}

# Replaces the filesystem type of the pod's mounts, which differs here.
without_filesystems()
{
	sed 's/ ([^ ]* from [^ ]*)//'
}

# The decisions of this run, in the form of the golden file.
decided()
{
	if [ -s "$W/hook.err" ]; then
		echo "refused, exit status $(cat "$W/hook.status"): $(sed "s/^oci-readonly-hook: ${ID:0:12}: //" "$W/hook.err")"
	else
		# What is filled in place depends on the image too, which no golden case has.
		messages | sed -n '/ (--seed-tmpfs): /d; s/^decided: //p; /^left alone: /p'
	fi | without_filesystems
}

expected()
{
	sed '/^plan:/,$d' "$GOLDEN/$1.expected" | without_filesystems
}

again()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.{status,err,stderr} "$W/log"
}

# mounted_as CASE: exactly the mounts of the plan are there.
mounted_as()
{
	same "$1: $(awk '/ - (tmpfs|overlay) oci-readonly-hook / { print $5 }' "/proc/$PID/mountinfo" | sort)" \
		"$1: $(sed -n "s/, over the engine's own$//; s/^  mount the tmpfs at //p" "$GOLDEN/$1.expected" | sort)"
	same "$1: $(mount_flags / | grep -o '^r[ow]')" \
		"$1: $(grep -q '^  make the root read-only' "$GOLDEN/$1.expected" && echo ro || echo rw)"
}

@test "each golden case has the same decisions and mounts in a real container" {
	local count=0 file name

	for file in "$GOLDEN"/crio-*.case; do
		name=$(basename "$file" .case)
		pod_container "${name#crio-}"
		if create 2>/dev/null; then
			mounted_as "$name"
		elif [ ! -s "$W/hook.err" ]; then
			show_logs
			fail "$name: the runtime made no container of it"
		fi
		same "$name: $(decided)" "$name: $(expected "$name")"
		again
		count=$((count + 1))
	done
	[ "$count" -ge 18 ]
}

@test "each container of a pod follows its own keys, and the sandbox is unchanged" {
	local name

	for name in c1 c2; do
		pod_container as-it-is
		annotate "$KEY" true "$LIST_KEY/c1" '/run;/etc' "$LIST_KEY/c2" /var/lib/app:size=64k "$KEY/c2" false \
			io.kubernetes.container.name "$name"
		create
		case $name in
		c1)
			is_ours /etc /run
			same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '2 ro'
			same "$(cat "$ROOT/etc/hostname" "$ROOT/run/.containerenv")" $'from-the-pod\nfrom-the-pod'
			same "$(mounts_at /etc/hostname) $(mounts_at /run/.containerenv)" '1 1'
			;;
		c2)
			is_ours /var/lib/app
			has_option /var/lib/app size=64k
			same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 rw'
			;;
		esac
		again
	done
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID "$ID"
	config 'del(.annotations["io.kubernetes.container.name"])'
	create
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '0 rw'
}

# As kubelet does it: the files are links into a directory, which is exchanged by renaming a link.
project_token()
{
	mkdir "$W/pod/token/..$1"
	echo "$1" >"$W/pod/token/..$1/token"
	ln -s "..$1" "$W/pod/token/..data_tmp"
	mv -T "$W/pod/token/..data_tmp" "$W/pod/token/..data"
	ln -sfn ..data/token "$W/pod/token/token"
}

@test "a service account's token is mounted once, stays read-only, and follows kubelet's renewal" {
	local name token said

	rm "$W/pod/token/token"
	for name in token-run token-var token-var-no-link token-defaults; do
		rm -rf "$W/pod/token/"..[!.]*
		project_token one
		pod_container "$name"
		create
		token=/run/secrets/kubernetes.io/serviceaccount
		[ "$name" != token-var-no-link ] || token=/var$token
		same "$name: $(mounts_at "$token") $(mount_flags "$token" | cut -c 1-2)" "$name: 1 ro"
		same "$(cat "$ROOT$token/token")" one
		if said=$(touch "$ROOT$token/x" 2>&1) || [[ $said != *'Read-only file system'* ]]; then
			fail "$name: $said"
		fi
		project_token two
		same "$(cat "$ROOT$token/token")" two
		[ "$name" = token-var ] || writable "$(dirname "$token")"
		not_writable /usr
		again
	done
}

@test "the process of a pod without annotations writes where the operator's defaults allow" {
	pod_container defaults
	inside 'touch /usr/x; for dir in /tmp /run /var/run /var/tmp /dev/shm; do touch $dir/x && echo $dir; done; stat -c %a /var/tmp'
	same "$output" $'touch: /usr/x: Read-only file system\n/tmp\n/run\n/var/run\n/var/tmp\n/dev/shm\n1777'
}
