#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The hook called without a runtime: what it reads, and what it refuses before it looks at a container.

load lib

setup_file()
{
	RUNTIME=none
	suite_begin
}
teardown_file() { suite_end; }

setup()
{
	RUNTIME=none
	bundle_begin
	jq -n '{ociVersion: "1.0.2", root: {path: "rootfs"}, process: {cwd: "/", user: {uid: 0, gid: 0}},
		mounts: [], linux: {namespaces: [{type: "mount"}]}, annotations: {}}' >"$W/config.json"
	sleep 100 3>&- &
	SLEEPER=$!
	jq -n --arg bundle "$W" --argjson pid "$SLEEPER" '{ociVersion: "1.0.2", id: "0123456789abcdef",
		status: "creating", pid: $pid, bundle: $bundle, annotations: {}}' >"$W/state.json"
}

teardown()
{
	[ -z "${SLEEPER:-}" ] || kill "$SLEEPER" 2>/dev/null || true
	[ -z "${OTHER:-}" ] || kill "$OTHER" 2>/dev/null || true
	bundle_end
}

state()
{
	jq "$@" "$W/state.json" >"$W/state.new"
	mv "$W/state.new" "$W/state.json"
}

# says STATUS [HOOK-OPTION...]: runs the hook on $W/state.json, and sets $stderr to its standard error.
says()
{
	local want=$1 status=0

	shift
	env -i "$HOOK" "$@" <"$W/state.json" >"$W/hook.stdout" 2>"$W/hook.err" 3>&- || status=$?
	stderr=$(cat "$W/hook.err")
	[ "$status" = "$want" ] || fail "status $status, not $want" "$stderr"
	if [ "$want" = 0 ]; then
		same "$stderr" ''
	else
		one_line "${CONTAINER-0123456789ab}" "$W/hook.err"
	fi
}

mentions()
{
	local text

	for text; do
		[[ $stderr == *"$text"* ]] || fail "not said: $text" "$stderr"
	done
}

# refuses_list LIST TEXT...
refuses_list()
{
	local list=$1

	shift
	state --arg list "$list" '.annotations = {"io.containers.readonly.tmpfs": $list}'
	says 65
	mentions io.containers.readonly.tmpfs "$@"
}

# A process in another mount namespace.
other_namespace()
{
	unshare -m --propagation private sh -c 'echo >"$0"; exec sleep 100' "$W/other.ready" 3>&- &
	OTHER=$!
	for _ in $(seq 100); do
		[ -e "$W/other.ready" ] && break
		sleep 0.01
	done
	state --argjson pid "$OTHER" '.pid = $pid'
}

@test "a container that asks for nothing is left alone silently" {
	says 0
	same "$(cat "$W/hook.stdout")" ''
	state 'del(.annotations)'
	says 0
}

@test "a container that asks for nothing needs no process and no config.json" {
	rm "$W/config.json"
	state '.pid = 2147483647'
	says 0
}

@test "annotations come from config.json if the state has none" {
	state 'del(.annotations)'
	config '.annotations = {"io.containers.readonly": "perhaps"}'
	says 65
	mentions io.containers.readonly perhaps
}

@test "annotations of config.json override those of the state" {
	state '.annotations = {"io.containers.readonly": "true"}'
	config '.annotations = {"io.containers.readonly": "perhaps"}'
	says 65
	mentions io.containers.readonly perhaps
	config '.annotations = {"org.example": "x"}'
	says 0
}

# How runc writes the key "io.k=openshift-x".
@test "an exemption that only the state contains does not count" {
	state '.annotations = {"io.k": "openshift-x="}'
	config '.annotations = {"io.k": "default", "io.containers.readonly": "false"}'
	says 77 --enforce --exempt=io.k=^openshift
	config '.annotations = {"io.k=openshift-x": ""}'
	says 65 --enforce --exempt=io.k=^openshift
	mentions io.k=openshift-x "'io.k'"
}

@test "crun's state without annotations is accepted" {
	rm "$W/config.json"
	state 'del(.annotations) | .root = "/nowhere" | .bundle = "/"'
	says 0
	state '.bundle = "/no/such/bundle"'
	says 0
	says 66 --readonly
	mentions /no/such/bundle
}

@test "a state may arrive in pieces" {
	state '.annotations = {"io.containers.readonly": "perhaps"}'
	head -c 20 "$W/state.json" >"$W/head"
	tail -c +21 "$W/state.json" >"$W/tail"
	status=0
	{ cat "$W/head"; sleep 0.1; cat "$W/tail"; } | env -i "$HOOK" 2>"$W/hook.err" || status=$?
	same "$status" 65
	one_line 0123456789ab "$W/hook.err"
}

@test "--help and --version work, and report an error of standard output" {
	run "$HOOK" --help </dev/null
	same "$status" 0
	[[ $output == *--readonly* && $output == *--max-total* && $output == *--exempt* ]]
	run "$HOOK" --version </dev/null
	same "$status" 0
	[[ $output == 'oci-readonly-hook '[0-9]* ]]
	for option in --help --version; do
		status=0
		"$HOOK" "$option" </dev/null >/dev/full 2>"$W/hook.err" || status=$?
		same "$option: $status" "$option: 71"
		same "$(cat "$W/hook.err")" "oci-readonly-hook: standard output cannot be written to: ENOSPC"
	done
}

@test "an id that looks like a field of a log line is escaped" {
	state '.id = "container=x ro" | .annotations = {"io.containers.readonly": "perhaps"}'
	CONTAINER='container\\x3dx\\x20'
	says 65
}

@test "64: the hook's options are wrong" {
	CONTAINER=
	for option in --bogus --max-size=x --max-size=0 --max-size=64 --max-total=4095 --max-size= --max-total=1x --log-level=loud --tmpfs=run \
		--tmpfs=/run:bogus '--exempt=[' '--exempt=key' '--exempt=key=[' --forbid=bogus --readonly=yes; do
		says 64 "$option"
		mentions "${option%%=*}"
	done
	says 64 operand
	says 64 --max-size=1m --max-size=2m
	mentions --max-size
}

@test "66: the state is not an OCI state" {
	CONTAINER=
	for text in '' ' ' nonsense '[]' '"text"' 7 null '{' '{}' '{"id": "a"} {"id": "b"}'; do
		printf %s "$text" >"$W/state.json"
		says 66
	done
	head -c 2000 /dev/urandom >"$W/state.json"
	says 66
	head -c 100000 /dev/zero | tr '\0' '[' >"$W/state.json"
	says 66
}

@test "66: the state is over 1 MiB" {
	CONTAINER=
	state --arg long "$(head -c 100000 /dev/zero | tr '\0' x)" '.annotations = {a: ($long * 11)}'
	says 66
	state --arg long "$(head -c 100000 /dev/zero | tr '\0' x)" '.annotations = {a: ($long * 10)}'
	says 0
}

@test "66: a member of the state is missing or has another type" {
	CONTAINER=
	cp "$W/state.json" "$W/good"
	for filter in 'del(.pid)' '.pid = "12"' '.pid = 0' '.pid = -1' '.pid = 1.5' '.pid = 4294967296' '.pid = null' \
		'.pid = []'; do
		cp "$W/good" "$W/state.json"
		state "$filter | .annotations = {\"$KEY\": \"true\"}"
		says 66
		mentions pid
	done
	for filter in 'del(.bundle)' '.bundle = 7' '.bundle = "relative"' '.bundle = ""' '.bundle = null'; do
		cp "$W/good" "$W/state.json"
		state "$filter | .annotations = {\"$KEY\": \"true\"}"
		says 66
		mentions bundle
	done
	for filter in 'del(.id)' '.id = 7' '.id = ""' '.annotations = []' ".annotations = {\"$KEY\": true}"; do
		cp "$W/good" "$W/state.json"
		state "$filter"
		says 66
	done
}

@test "66: the hook is registered for another stage" {
	state '.status = "running"'
	says 0
	says 66 --readonly
	mentions 'register it for createRuntime'
	state '.status = "stopped"'
	says 0
	says 66 --readonly
	mentions 'register it for createRuntime'
	state 'del(.pid)'
	says 66
	mentions 'register it for createRuntime'
	state '.pid = 0'
	says 66
	mentions 'register it for createRuntime'
}

@test "66: config.json is malformed or cannot be read" {
	cp "$W/config.json" "$W/good"
	state ".annotations = {\"$KEY\": \"true\"}"
	for filter in 'del(.root)' 'del(.root.path)' '.root.path = 7' '.root.path = ""' '.root = []' '[]'; do
		cp "$W/good" "$W/config.json"
		config "$filter"
		says 66
		mentions config.json
	done
	echo nonsense >"$W/config.json"
	says 66
	mentions config.json
	rm "$W/config.json"
	says 66
	mentions config.json ENOENT
	mkdir "$W/config.json"
	says 66
	rmdir "$W/config.json"
	mkfifo "$W/config.json"
	timeout 10 env -i "$HOOK" <"$W/state.json" 2>"$W/hook.err" && status=0 || status=$?
	same "$status" 66
}

@test "66: config.json is over 16 MiB" {
	state ".annotations = {\"$KEY\": \"true\"}"
	head -c 16777217 /dev/zero | tr '\0' ' ' >"$W/config.json"
	says 66
	mentions config.json 'more than 16777216 bytes'
}

@test "66: the bundle is gone, or the state cannot be read" {
	state --arg bundle "$W/gone" ".annotations = {\"$KEY\": \"true\"} | .bundle = \$bundle"
	says 66
	mentions "$W/gone" ENOENT
	mv "$W/state.json" "$W/state"
	mkdir "$W/state.json"
	CONTAINER='' says 66
	mentions 'standard input' EISDIR
}

@test "66: the process is gone" {
	kill "$SLEEPER"
	wait "$SLEEPER" || true
	state ".annotations = {\"$KEY\": \"true\"}"
	says 66
	mentions "$SLEEPER"
	SLEEPER=
}

@test "66: the container shares the hook's mount namespace" {
	state ".annotations = {\"$KEY\": \"true\", \"$LIST_KEY\": \"/etc\"}"
	says 66
	mentions namespace 'register it for createRuntime'
}

@test "66: the rootfs is not a mount of the container" {
	other_namespace
	state ".annotations = {\"$KEY\": \"true\", \"$LIST_KEY\": \"/etc;/made\"}"
	says 66
	mentions mount
	[ ! -e "$W/rootfs/made" ]
	config '.root.path = "/no/such/place"'
	says 66
}

@test "65: a key is misspelt" {
	for key in io.containers.readonly.tmpf io.containers.readonly.tmpfss io.containers.readonlyy \
		io.containers.readonly. io.containers.readonly/ io.containers.readonly.tmpfs/ io.containers.readonly.Tmpfs \
		io.containers.read-only io.containers.read_only io.containers.read.only io.container.readonly io.containers.readOnly \
		IO.CONTAINERS.READONLY io.container.read-Only.tmpfs io.containers.readonly.readonly; do
		state --arg key "$key" '.annotations = {($key): "true"}'
		says 65
		mentions "$key"
	done
	state '.annotations = {"io.containers.readonly.tmfs": "/run"}'
	says 65
	mentions io.containers.readonly.tmfs io.containers.readonly.tmpfs
	state '.annotations = {"io.containers.readonly.tmpfs:/run": ""}'
	says 65
	mentions "did you mean 'io.containers.readonly.tmpfs'?"
	state '.annotations = {"io.containers.readonly.readonly": "true"}'
	says 65
	mentions "did you mean 'io.containers.readonly'?"
	state '.annotations = {"io.containers.readony": "true", "io.containers.read--only": "true"}'
	says 0
}

@test "65: a value is neither true nor false" {
	for value in '' True TRUE yes 1 ' true' 'true ' $'true\n' 'true;false'; do
		state --arg value "$value" '.annotations = {"io.containers.readonly": $value}'
		says 65
		mentions io.containers.readonly
	done
	state '.annotations = {"io.containers.readonly": "True"}'
	says 65
	mentions 'write lower-case' 'quote it in YAML'
}

@test "65: a key names a container, but the container's name is unknown" {
	state '.annotations = {"io.containers.readonly/web": "true"}'
	says 65
	mentions io.containers.readonly/web
	state '.annotations = {"io.containers.readonly.tmpfs/web": "/run"}'
	says 65
	mentions io.containers.readonly.tmpfs/web
}

@test "65: podman has split a list at its commas" {
	for pair in mode=700 uid=7 gid=7 size=1m nr_inodes=7 seed=none huge=always; do
		state --arg key "${pair%%=*}" --arg value "${pair#*=}" \
			'.annotations = {"io.containers.readonly.tmpfs": "/run:rw", ($key): $value}'
		says 65
		mentions "${pair%%=*}" :
	done
	state '.annotations = {"io.containers.readonly.tmpfs": "/run", "/tmp:size": "64m"}'
	says 65
	mentions "';/tmp:size=64m'"
	state '.annotations = {mode: "700", "/tmp:size": "64m"}'
	says 0
}

@test "65: a path of a list is wrong" {
	refuses_list run run
	refuses_list /
	refuses_list //
	refuses_list /run/../etc /run/../etc
	refuses_list /./run /./run
	refuses_list '/run;etc' etc
	refuses_list '/run;/run' /run
	refuses_list '/run;/etc;/run/' /run
	refuses_list ':size=1m'
	refuses_list '/run\'
	refuses_list "/$(head -c 300 /dev/zero | tr '\0' x)"
	refuses_list "$(printf '/%0100d' {1..50})"
	for list in /run,/tmp '/run /tmp' $'/run\t/tmp' /run:/tmp /run:size=1m,/tmp '/run:size=1m /tmp'; do
		refuses_list "$list" "write ';' between entries"
	done
	refuses_list '/run;size=64m' 'options follow their path'
}

@test "65: an option of a list is wrong" {
	for option in bogus size size= size=x size=0 size=64 size=4095 size=3k tmpfs-size=1m tmpfs-mode=700 inodes=5 mpol=bind nr_blocks=5 64m /tmp size=-1 size=1.5m size=1kk size=101% size=99999999999999999999 \
		nr_inodes=0 nr_inodes=x nr_inodes=5% mode=8 mode=10000 mode=rwx mode= uid=-1 uid=root uid=4294967295 \
		uid=4294967296 gid=x seed=x seed= huge=x u RW 'r o' rw=1 noexec=1; do
		refuses_list "/run:size=1m:$option" "/run:size=1m:"
	done
}

@test "65: an option is empty" {
	refuses_list /run:
	refuses_list /run::rw
	refuses_list /run:rw,
}

@test "65: the message names the entry and the position in it" {
	refuses_list '/run:size=1m;/tmp:rw:size=x;/etc' '/tmp:rw:size=x' 9
	[[ $stderr != *'/run:size'* ]]
}

@test "65: control characters from an annotation are escaped in the message" {
	refuses_list $'/run:\x1b[31mred\noci-readonly-hook: all is well'
	refuses_list $'/run:a\x7f\u2028b'
	[[ $stderr == *'\x'* ]]
}

@test "65: a list is too long" {
	refuses_list "$(head -c 70000 /dev/zero | tr '\0' ' ')$(printf '/run/%0100d;' {1..127})$(seq -s ';' -f /many/%g 200)"
}

@test "77: the operator's policy is checked before the container" {
	cp "$W/state.json" "$W/good"
	policy()
	{
		cp "$W/good" "$W/state.json"
		state --arg value "$1" ".annotations = {\"$LIST_KEY\": \$value}"
		shift
		says 77 "$@"
	}
	policy /etc --deny=/etc
	mentions /etc
	policy /etc/ssl '--deny=/etc/**'
	policy /etc --allow=/run
	policy /run --allow=/run --deny=/run
	policy /run/x --allow=/run
	policy /run:exec --forbid=exec
	mentions exec
	policy /run:size=1m --forbid=size
	cp "$W/good" "$W/state.json"
	state ".annotations = {\"$KEY\": \"false\"}"
	says 77 --enforce
	mentions "$KEY"
}

@test "66: a restored checkpoint has no rootfs mount yet" {
	other_namespace
	state ".annotations = {\"$KEY\": \"true\"}"
	says 66
}

@test "a message is also written to the system log" {
	busybox --list | grep -qx syslogd || skip 'this busybox has no syslogd'
	state '.annotations = {"io.containers.readonly": "perhaps"}'
	unshare -m --propagation private sh -c '
		mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9 || exit 1
		busybox syslogd -n -O "$1/log" &
		for i in 1 2 3 4 5 6 7 8 9 10; do [ -S /dev/log ] || sleep 0.1; done
		env -i "$2" <"$1/state.json"
		for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$1/log" ] || sleep 0.1; done
		sleep 0.1
		kill $!' sh "$W" "$HOOK" 2>"$W/hook.err" 3>&-
	one_line 0123456789ab "$W/hook.err"
	grep -F "$(sed 's/^oci-readonly-hook: //' "$W/hook.err")" "$W/log" || fail "$(cat "$W/log")"
	grep -F oci-readonly-hook "$W/log" | grep -q err || fail "$(cat "$W/log")"
}
