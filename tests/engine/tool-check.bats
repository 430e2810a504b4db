#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2034,SC2153
# oci-readonly check and flags predict what the hook does in podman's containers.

load lib
load podman

TOOL=$BUILDDIR/oci-readonly

setup_file()
{
	export LAB_CGROUPS=v1
	suite_begin
	podman_conf
	podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown() { podman_clear; podman_test_end; }

# --- flags ---

# labelled LABEL=VALUE...: builds an image with these labels.
labelled()
{
	local label

	rm -rf "$W/context"
	mkdir "$W/context"
	{
		echo FROM localhost/orh-test
		for label; do
			printf 'LABEL %s="%s"\n' "${label%%=*}" "${label#*=}"
		done
	} >"$W/context/Containerfile"
	podman build --isolation chroot --tag localhost/orh-labelled "$W/context" >"$W/build.log" 2>&1 ||
		fail "$(cat "$W/build.log")"
}

# As the words of an unquoted $(...), which people use.
run_labelled()
{
	# shellcheck disable=SC2046
	run_container $(podman image inspect localhost/orh-labelled | "$TOOL" flags) localhost/orh-labelled "$@"
}

@test "flags: podman run accepts the labels of an image that podman build made" {
	labelled "$KEY=true" "$LIST_KEY=/run;/tmp:size=64m,mode=0700; /etc:rw,noexec,nosuid,size=2g"
	run_labelled sh -c 'touch /usr/x 2>&1; stat -c %a /tmp; grep ^oci-readonly-hook /proc/mounts | sort'
	same "$status" 0
	[[ $output == *'Read-only file system'$'\n700\n'* ]] || fail "$output"
	[[ $output == *'hook /etc tmpfs '*size=2097152k*'hook /run tmpfs '*'hook /tmp tmpfs '*size=65536k* ]] || fail "$output"
}

@test "flags: prints nothing for an image without labels, and passes false on" {
	labelled other=x
	same "$(podman image inspect localhost/orh-labelled | "$TOOL" flags 2>&1)" ''
	run_labelled sh -c 'touch /usr/x && grep -c ^oci-readonly-hook /proc/mounts'
	same "$output" 0
	labelled "$KEY=false"
	same "$(podman image inspect localhost/orh-labelled | "$TOOL" flags 2>&1)" "--annotation=$KEY=false"
}

@test "flags: prints nothing for wrong labels and those that cannot be passed on" {
	labelled "$KEY=true" "$LIST_KEY=/run;/tmp:siez=64m;/opt/my dir"
	status=0
	podman image inspect localhost/orh-labelled | "$TOOL" flags >"$W/flags" 2>"$W/said" || status=$?
	same "$status" 1
	[ ! -s "$W/flags" ]
	grep -Fq "did you mean 'size'?" "$W/said"
	grep -Fq "'/opt/my dir', at 8" "$W/said"
	labelled io.containers.readonly.tmfps=/run
	status=0
	podman image inspect localhost/orh-labelled | "$TOOL" flags >"$W/flags" 2>"$W/said" || status=$?
	same "$status" 1
	[ ! -s "$W/flags" ]
}

# --- check ---

# check_status STATUS ARGUMENT...: sets $output to what check prints, with standard error.
check_status()
{
	local wanted=$1

	shift
	run "$TOOL" check "$@"
	[ "$status" = "$wanted" ] || fail "exit status $status, not $wanted:" "$output"
}

# What check prints for each tmpfs, one per line: PATH FLAGS SIZE.
checked()
{
	"$TOOL" check --json "$@" | jq -r '.containers[0].tmpfs[] |
		"\(.path) \(.options | split(",") | map(select(IN("rw", "ro", "nosuid", "nodev", "noexec"))) | join(",")) \(.size // 0)"'
}

# The same for the container's mounts, as the kernel shows them; 0 if the size is the default.
mounted()
{
	in_container 'grep ^oci-readonly-hook /proc/mounts' | awk '{
		split($4, options, ",")
		flags = ""; size = 0
		for (i = 1; i in options; i++) {
			if (options[i] ~ /^(rw|ro|nosuid|nodev|noexec)$/)
				flags = flags (flags ? "," : "") options[i]
			if (options[i] ~ /^size=/)
				size = substr(options[i], 6) * 1024
		}
		print $2, flags, size
	}' | sort
}

# start OPTION...: starts a container that keeps running, $NAME.
start()
{
	container_options
	NAME=$(podman run --detach "${OPTIONS[@]}" "$@" localhost/orh-test /bin/sleep 1000 2>"$W/log") || fail "$(cat "$W/log")"
}

@test "check: predicts the mounts of a podman container" {
	mkdir "$W/volume"
	start --annotation "$KEY=true" --volume "$W/volume:/var/lib/app/volume" --annotation \
		"$LIST_KEY=/var/run:size=1m;/opt/escape:exec;/new/dir:size=64k:mode=0700;/var/lib/app:size=3m:ro;/etc:size=5000k"
	config=$(podman inspect --format '{{.OCIConfigPath}}' "$NAME")
	check_status 0 --config "$config" --rootfs "$SUITE/base"
	[[ $output == *'root read-only, by io.containers.readonly'* ]] || fail "$output"
	[[ $output == *'keeps /var/lib/app/volume'* ]] || fail "$output"
	same "$(checked --config "$config" --rootfs "$SUITE/base" | sed 's/^\(.srv .*\) 0$/\1 0/' | grep -v '^/srv')" \
		"$(mounted | grep -v '^/srv')"
	same "$(checked --config "$config" --rootfs "$SUITE/base" | grep -c '^/srv rw,nosuid,nodev ')" 1
}

# refused_alike STATUS ANNOTATION...: hook and check refuse it with the same message.
refused_alike()
{
	local wanted=$1 annotation options=() text

	shift
	for annotation; do
		options+=(--annotation "$annotation")
	done
	run_container "${options[@]}" localhost/orh-test true
	[ "$status" != 0 ] || fail "not refused: $*"
	[ "$RUNTIME" = crun ] || said=$output
	check_status 1 --rootfs "$SUITE/base" "${options[@]}"
	text=$(sed -n 's/^mistake: //p' <<<"$output" | head -n 1)
	[ -n "$text" ] || fail "$output"
	same "$("$TOOL" check --json --rootfs "$SUITE/base" "${options[@]}" | jq '.containers[0].status')" "$wanted"
	[ "$RUNTIME" = crun ] || [[ ${said//\\\"/\"} == *"$text"* ]] || fail "$text" "is not in" "$said"
}

@test "check: predicts the hook's refusals, with message and exit status" {
	refused_alike 65 "$KEY=yes"
	refused_alike 65 "$LIST_KEY=/run;/tmp:siez=1m"
	refused_alike 65 "$LIST_KEY=/run:/tmp"
	refused_alike 65 "$KEY/web=true"
	refused_alike 65 io.containers.read-only=true
	refused_alike 65 "$LIST_KEY=/tmp" mode=0700
	refused_alike 73 "$LIST_KEY=/etc/passwd"
	refused_alike 73 "$LIST_KEY=/var/run;/run"
	refused_alike 73 "$LIST_KEY=/opt/loop"
}

@test "check: predicts that a seed does not fit" {
	dd if=/dev/zero of="$W/large" bs=1k count=300 2>/dev/null
	mkdir "$W/context"
	cp "$W/large" "$W/context"
	printf 'FROM localhost/orh-test\nCOPY large /var/lib/app/large\n' >"$W/context/Containerfile"
	podman build --isolation chroot --tag localhost/orh-large "$W/context" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	run_container --annotation "$LIST_KEY=/var/lib/app:size=64k" localhost/orh-large true
	[ "$status" != 0 ]
	cp -a "$SUITE/base" "$W/rootfs"
	cp "$W/large" "$W/rootfs/var/lib/app"
	check_status 1 --rootfs "$W/rootfs" --annotation "$LIST_KEY=/var/lib/app:size=64k"
	[[ $output == *'refused, exit status 74'*'the seed does not fit: it needs '*'size=30'* ]] || fail "$output"
	# With the size that the message recommends, it fits.
	size=$(grep -o 'size=[0-9]*k' <<<"$output" | tail -n 1)
	check_status 0 --rootfs "$W/rootfs" --annotation "$LIST_KEY=/var/lib/app:$size"
	run_container --annotation "$LIST_KEY=/var/lib/app:$size" localhost/orh-large true
	same "$status" 0
}

@test "check: compares a seed with the memory limit, and chooses for seed=auto" {
	cp -a "$SUITE/base" "$W/rootfs"
	dd if=/dev/zero of="$W/rootfs/var/lib/app/large" bs=1k count=300 2>/dev/null
	limited()
	{
		jq -n --arg key "$LIST_KEY" --arg list "$2" --arg limit "$1" '{kind: "Pod", metadata: {annotations: {($key): $list}},
			spec: {containers: [{name: "a", resources: {limits: {memory: $limit}}}]}}' >"$W/pod.json"
	}
	limited 200Ki /var/lib/app
	check_status 1 --pod "$W/pod.json" --rootfs "$W/rootfs"
	[[ $output == *'refused, exit status 74'*'memory limit is 204800'* ]] || fail "$output"
	limited 200Ki /var/lib/app:seed=auto
	check_status 0 --pod "$W/pod.json" --rootfs "$W/rootfs"
	[[ $output == *'auto is overlay (memory)'* ]] || fail "$output"
	limited 1Mi '/var/lib/app:seed=auto;/run'
	check_status 0 --pod "$W/pod.json" --rootfs "$W/rootfs"
	[[ $output == *'auto is copy (small)'* ]] || fail "$output"
	limited 1G '/var/lib/app:seed=auto:size=100k'
	check_status 0 --pod "$W/pod.json" --rootfs "$W/rootfs"
	[[ $output == *'auto is overlay (size)'* ]] || fail "$output"
	jq --arg key "$LIST_KEY" '.annotations = {($key): "/var/lib/app"} | .linux.resources.memory.limit = 204800' \
		"$BATS_TEST_DIRNAME/../golden/crio/config.json" >"$W/config.json"
	check_status 1 --config "$W/config.json" --rootfs "$W/rootfs"
	[[ $output == *'memory limit is 204800'* ]] || fail "$output"
}

@test "check: predicts the result of kube play, and warns of what only kube play refuses" {
	needs_catatonit
	pod "$KEY: \"true\", $LIST_KEY: \"/var/lib/app;/etc:size=1m\""
	check_status 0 --pod "$W/pod.yaml" --rootfs "$SUITE/base"
	[[ $output == 'Pod shop, container web'*'/etc          1 MiB '*'Pod shop, container db'* ]] || fail "$output"
	podman kube play --network none "$W/pod.yaml" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	NAME=shop-web
	same "$(mounted)" $'/etc rw,nosuid,nodev,noexec 1048576\n/var/lib/app rw,nosuid,nodev,noexec 0'
	podman kube down "$W/pod.yaml" >"$W/log" 2>&1
	# Without the container's name, the hook refuses what it accepts on a cluster.
	pod "$KEY/web: \"true\""
	check_status 0 --pod "$W/pod.yaml"
	[[ $output == *":5:"*"warning: $KEY/web: podman kube play does not pass on a container's name"* ]] || fail "$output"
	run podman kube play --network none "$W/pod.yaml"
	# podman reports the error, but some versions exit with 0.
	[[ $status != 0 || $output == *'exit status 65'* ]] || fail "$output"
	podman pod rm --all --force --time 0 >"$W/log" 2>&1
}

@test "check: reads standard input, JSON and several documents" {
	pod "$KEY: true"
	check_status 1 --pod - <"$W/pod.yaml"
	[[ $output == *"standard input:5:41: mistake: $KEY: an annotation must be a string"* ]] || fail "$output"
	jq -n --arg key "$KEY" '{kind: "Pod", metadata: {annotations: {($key): "true"}}, spec: {containers: [{name: "a"}]}}' \
		>"$W/pod.json"
	check_status 0 --pod "$W/pod.json"
	{ cat "$W/pod.json"; echo ---; cat "$W/pod.yaml"; } >"$W/both"
	check_status 1 --pod "$W/both"
	[[ $output == *'Pod, container a'*'Pod shop, container web'*"both:$(grep -n "$KEY: true" "$W/both" | cut -d: -f1):"* ]] ||
		fail "$output"
	same "$("$TOOL" check --json --pod "$W/both" | jq '.containers | length')" 3
}

@test "check: reads the operator's options from a hooks file and after --" {
	check_status 1 --hooks-file "$BATS_TEST_DIRNAME/../../examples/enforced.json" --annotation "$LIST_KEY=/run:exec"
	[[ $output == *"'exec' is forbidden by the operator's --forbid="* ]] || fail "$output"
	check_status 0 --hooks-file "$BATS_TEST_DIRNAME/../../examples/enforced.json" --annotation "$LIST_KEY=/srv"
	[[ $output == *'root read-only, by --enforce'*"the operator's --tmpfs"* ]] || fail "$output"
	check_status 0 -- --readonly --tmpfs=/run
	[[ $output == *'root read-only, by --readonly'* ]] || fail "$output"
	check_status 1 --annotation "$KEY=true" -- --max-size=x
	[[ $output == *'mistake: options: --max-size: '* ]] || fail "$output"
	check_status 1 --annotation "$LIST_KEY=/run:size=2m" -- --max-size=1m
	[[ $output == *'refused, exit status 77'* ]] || fail "$output"
}

@test "check: does not follow links out of the image's root" {
	mkdir -p "$W/rootfs/var" "$W/outside/run"
	ln -s ../../../../../../../../.. "$W/rootfs/up"
	ln -s "$W/outside/run" "$W/rootfs/run"
	dd if=/dev/zero of="$W/outside/run/large" bs=1k count=100 2>/dev/null
	mkfifo "$W/rootfs/var/fifo"
	check_status 0 --rootfs "$W/rootfs" --annotation "$LIST_KEY=/run:size=4k;/up/etc:size=4k;/var:size=4k"
	[[ $output == *"$W/outside/run"*'the image has no such directory'* ]] || fail "$output"
	[[ $output == *$'\n/etc\n'*'written /up/etc; the image has no such directory'* ]] || fail "$output"
	[[ $output == *'seed of 1 file, 0 bytes'* ]] || fail "$output"
}

@test "check: works for a user who may not read the whole image" {
	mkdir -p "$W/rootfs/etc/secret"
	chmod 0700 "$W/rootfs/etc/secret"
	chmod 0755 "$W" "$W/rootfs" "$W/rootfs/etc"
	cp "$TOOL" "$W/oci-readonly"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$W/oci-readonly" check --rootfs "$W/rootfs" \
		--annotation "$LIST_KEY=/etc"
	same "$status" 0
	[[ $output == *'warning: /etc: the seed cannot be measured: '* ]] || fail "$output"
}

@test "check: exits as documented, with one line for what cannot be read" {
	check_status 2
	check_status 2 --config a --pod b
	check_status 2 --annotation novalue
	check_status 2 --annotation a=b operand
	check_status 3 --pod "$W/nothing"
	same "${#lines[@]}" 1
	printf 'a: [b\nc: d\n' >"$W/bad.yaml"
	check_status 3 --pod "$W/bad.yaml"
	same "$output" "oci-readonly check: $W/bad.yaml:2:2: did not find expected ',' or ']'"
	check_status 3 --config "$W/bad.yaml"
	same "${#lines[@]}" 1
	check_status 3 --annotation a=b --rootfs "$W/bad.yaml"
	check_status 3 --annotation a=b --hooks-file "$W/bad.yaml"
	echo '{"ociVersion": "1.0.2"}' >"$W/config.json"
	check_status 1 --config "$W/config.json"
	[[ $output == *'mistake: config.json: root: '* ]] || fail "$output"
}

# In a terminal with that many columns.
in_terminal()
{
	local columns=$1

	shift
	script -qec "stty cols $columns; TERM=xterm $*" /dev/null </dev/null | tr -d '\r'
}

@test "check: adapts colours and width to the terminal" {
	have script || skip 'script is not here'
	line="'$TOOL' check --annotation '$LIST_KEY=/run;/日本:mode=0700;/srv:siez=1'"
	[[ $(in_terminal 80 "$line") == *$'\033[31mmistake\033[0m'* ]]
	[[ $(in_terminal 80 "NO_COLOR=1 $line") != *$'\033'* ]]
	[[ $("$TOOL" check --annotation "$LIST_KEY=/srv:siez=1") != *$'\033'* ]]
	for columns in 30 40 60 80 120 160; do
		in_terminal "$columns" "NO_COLOR=1 ${line%:siez*}'" >"$W/wide"
		# An East Asian character has two columns.
		longest=$(sed 's/[日本]/xx/g' "$W/wide" | LC_ALL=C.UTF-8 awk '{ if (length($0) > longest) longest = length($0) } END { print longest }')
		[ "$longest" -le "$columns" ] || fail "$longest columns of $columns" "$(cat "$W/wide")"
	done
}
