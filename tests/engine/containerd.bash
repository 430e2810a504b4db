# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# containerd with its CRI plugin, called as kubelet calls it. Load it after lib.bash. The runtimes:
#
#   runc       containerd's default, which does not know the hook
#   spec       the hook in base_runtime_spec, and pod_annotations that match the hook's keys
#   binary     oci-readonly-runc as BinaryName, with the same pod_annotations
#   narrow     like spec, but the pattern in pod_annotations does not match keys that contain a "/"
#   wide       like spec, but pod_annotations matches every key
#   enforced   the hook in base_runtime_spec with --enforce and --tmpfs=/run, and no pod_annotations
#   readonly   that of examples/containerd, with the spec of this suite and without systemd

load daemons

CRI=$BATS_TEST_DIRNAME/../tools/cri

# make_archive FILE NAME ROOTFS COMMAND...: writes an image as docker save does.
make_archive()
{
	local file=$1 name=$2 rootfs=$3 dir=$SUITE/archive architecture

	shift 3
	rm -rf "$dir"
	mkdir "$dir"
	case $(uname -m) in
	x86_64) architecture=amd64 ;;
	aarch64) architecture=arm64 ;;
	*) architecture=$(uname -m) ;;
	esac
	tar -C "$rootfs" -cf "$dir/layer.tar" .
	jq -n --arg architecture "$architecture" --arg layer "sha256:$(sha256sum "$dir/layer.tar" | cut -d ' ' -f 1)" \
		'{architecture: $architecture, os: "linux", config: {Cmd: $ARGS.positional}, rootfs: {type: "layers", diff_ids: [$layer]}}' \
		--args "$@" >"$dir/config.json"
	jq -n --arg name "$name" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' >"$dir/manifest.json"
	tar -C "$dir" -cf "$file" manifest.json config.json layer.tar
}

# base_spec FILE OPTION...: a base_runtime_spec that contains the hook of a hooks file, by the command of docs/containerd.md, and
# resource limits that this machine can set.
base_spec()
{
	local file=$1 program

	shift
	hooks_file "$@"
	program=$(sed -n "s/.*ctr oci spec | jq --slurpfile file [^']*'\\([^']*\\)'.*/\\1/p" "$BATS_TEST_DIRNAME/../../docs/containerd.md")
	[ -n "$program" ] || return 1
	caged ctr oci spec | jq --slurpfile file "$SUITE/hooks.json" "$program" |
		jq --argjson nofile "$(ulimit_most n 1024)" '.process.rlimits = [{type: "RLIMIT_NOFILE", hard: $nofile, soft: $nofile}]' >"$file"
}

# The configuration of containerd's CRI plugin from docs/containerd.md, with additions for machines like these.
cri_config()
{
	local cri='plugins."io.containerd.grpc.v1.cri"'
	local patterns='["io.container*.read*", "io.container*.read*/*"]'

	cat <<-END
		[$cri]
		  sandbox_image = "localhost/orh-pause:1"
		  restrict_oom_score_adj = true
		  disable_apparmor = true
		  disable_hugetlb_controller = true
		  tolerate_missing_hugetlb_controller = true
		  [$cri.cni]
		    conf_dir = "$SUITE/cni"
		  [$cri.containerd.runtimes.runc]
		    runtime_type = "io.containerd.runc.v2"
		  [$cri.containerd.runtimes.spec]
		    runtime_type = "io.containerd.runc.v2"
		    base_runtime_spec = "$SUITE/spec.json"
		    pod_annotations = $patterns
		  [$cri.containerd.runtimes.binary]
		    runtime_type = "io.containerd.runc.v2"
		    pod_annotations = $patterns
		    [$cri.containerd.runtimes.binary.options]
		      BinaryName = "$SUITE/oci-readonly-${RUNTIME:-runc}"
		  [$cri.containerd.runtimes.narrow]
		    runtime_type = "io.containerd.runc.v2"
		    base_runtime_spec = "$SUITE/spec.json"
		    pod_annotations = ["io.containers.*"]
		  [$cri.containerd.runtimes.wide]
		    runtime_type = "io.containerd.runc.v2"
		    base_runtime_spec = "$SUITE/spec.json"
		    pod_annotations = ["*", "*/*"]
		  [$cri.containerd.runtimes.enforced]
		    runtime_type = "io.containerd.runc.v2"
		    base_runtime_spec = "$SUITE/enforced.json"
	END
	sed "s|/etc/containerd/oci-readonly.json|$SUITE/spec.json|; s/SystemdCgroup = true/SystemdCgroup = false/" \
		"$BATS_TEST_DIRNAME/../../examples/containerd/config-v2.toml"
}

ctr()
{
	caged /usr/bin/ctr -a "$SUITE/containerd.sock" "$@"
}

# Begins the suite, too.
cri_begin()
{
	# These tests need no bundle and no mount namespace for crun.
	RUNTIME=none suite_begin
	wrappers_begin
	if [ -z "$OBSTACLE" ] && ! python3 -c 'import grpc' 2>/dev/null; then
		OBSTACLE='python3-grpcio is not here'
	elif [ -z "$OBSTACLE" ] && ! have ctr; then
		OBSTACLE='containerd is not here'
	fi
	cage_begin
	[ -z "$OBSTACLE" ] || return 0
	mkdir "$SUITE/cni"
	echo '{"cniVersion": "0.4.0", "name": "none", "plugins": [{"type": "loopback"}]}' >"$SUITE/cni/10-none.conflist"
	base_spec "$SUITE/spec.json"
	base_spec "$SUITE/enforced.json" --enforce --tmpfs=/run
	cri_config >"$SUITE/cri.toml"
	containerd_begin <"$SUITE/cri.toml"
	[ -z "$OBSTACLE" ] || return 0
	make_archive "$SUITE/pause.tar" localhost/orh-pause:1 "$SUITE/base" /bin/sleep 100000
	make_archive "$SUITE/image.tar" localhost/orh-test:1 "$SUITE/base" /bin/sh
	for name in pause image; do
		ctr -n k8s.io images import "$SUITE/$name.tar" >>"$SUITE/import.log" 2>&1 ||
			OBSTACLE="containerd cannot import an image: $(tail -n 1 "$SUITE/import.log")"
	done
	for _ in $(seq 100); do
		! cri Version >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	OBSTACLE="containerd has no CRI: $(cri Version 2>&1)"
}

cri_end()
{
	cage_end
	suite_end
}

# cri METHOD [JSON]
cri()
{
	"$CRI" "$SUITE/containerd.sock" "$1" 3>&- <<<"${2:-{\}}"
}

cri_test_begin()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	mkdir "$W" "$W/log"
	hooks_file
	host_mounts >"$W/mounts.before"
}

cri_test_end()
{
	local id

	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	for id in $(cri ListPodSandbox | jq -r '.items[]?.id'); do
		cri StopPodSandbox "{\"pod_sandbox_id\": \"$id\"}" >/dev/null || true
		cri RemovePodSandbox "{\"pod_sandbox_id\": \"$id\"}" >/dev/null || true
	done
	nothing_left
	rm -rf --one-file-system "$W"
}

# The arguments KEY VALUE... as a JSON object.
object()
{
	jq -n '[$ARGS.positional | range(0; length; 2) as $i | {(.[$i]): .[$i + 1]}] | add // {}' --args "$@"
}

# pod RUNTIME KEY VALUE...: starts a pod with these annotations, and sets $POD to its id.
pod()
{
	local runtime=$1

	shift
	jq -n --argjson annotations "$(object "$@")" --arg log "$W/log" --arg uid "$BATS_TEST_NUMBER-$RANDOM" --arg cgroup "/$CGROUP" '{
		metadata: {name: "pod", uid: $uid, namespace: "default"}, log_directory: $log, annotations: $annotations,
		linux: {cgroup_parent: $cgroup, security_context: {namespace_options: {network: 2}}}}' >"$W/pod.json"
	POD=$(cri RunPodSandbox "$(jq -n --slurpfile pod "$W/pod.json" --arg runtime "$runtime" '{config: $pod[0], runtime_handler: $runtime}')" |
		jq -r .pod_sandbox_id)
	[ -n "$POD" ] || fail 'the pod did not start'
}

# container NAME [JQ-FILTER]: starts a container in that pod, with its configuration filtered. Sets $CONTAINER, $PID and $ROOT.
container()
{
	local request id

	request=$(jq -n --slurpfile pod "$W/pod.json" --arg pod_id "$POD" --arg name "$1" '{
		pod_sandbox_id: $pod_id, sandbox_config: $pod[0],
		config: ({metadata: {name: $name}, image: {image: "localhost/orh-test:1"}, command: ["/bin/sleep", "100000"],
			log_path: ($name + ".log"), linux: {security_context: {namespace_options: {network: 2}}}}
			| '"${2:-.}"')}')
	CONTAINER=$(cri CreateContainer "$request" | jq -r .container_id)
	[ -n "$CONTAINER" ] || return 1
	cri StartContainer "{\"container_id\": \"$CONTAINER\"}" >/dev/null || return 1
	PID=$(cri ContainerStatus "{\"container_id\": \"$CONTAINER\", \"verbose\": 1}" | jq -r '.info.info | fromjson | .pid')
	PID=$(host_pid "$PID")
	ROOT=/proc/$PID/root
}

# Runs a shell script in the last container that was started.
in_container()
{
	cri ExecSync "$(jq -n --arg id "$CONTAINER" --arg script "exec 2>&1; $1" '{container_id: $id, cmd: ["/bin/sh", "-c", $script], timeout: 20}')" |
		jq -r '.stdout // ""'
}

# not_started TEXT...: the last container did not start, and the error contains each text. Call it after "run container".
not_started()
{
	local text

	[ "$status" != 0 ] || fail 'the container started'
	for text; do
		[[ $output == *"$text"* ]] || fail "not said: $text" "$output"
	done
}
