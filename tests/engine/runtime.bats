#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2153
# oci-readonly-runc with runc and oci-readonly-crun with crun, without an engine.

load lib
load daemons

setup_file()
{
	local runtime=$RUNTIME

	RUNTIME=none suite_begin
	wrappers_begin
	have "$runtime" || OBSTACLE="$runtime is not here"
	cage_begin
	if [ -z "$OBSTACLE" ]; then
		caged "$runtime" spec --bundle "$SUITE"
		jq --argjson nofile "$(ulimit_most n 1024)" '
			.process.terminal = false | .process.args = ["/bin/sh", "-c", "exec 2>&1; touch /usr/x; touch /etc/x && echo yes"]
			| .process.rlimits = [{type: "RLIMIT_NOFILE", hard: $nofile, soft: $nofile}]
			| .root = {path: "rootfs", readonly: false} | .linux.cgroupsPath = "/@C@" | .hostname = "orh"' \
			"$SUITE/config.json" >"$SUITE/config.template"
	fi
}

teardown_file()
{
	cage_end
	suite_end
}

setup()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	ID=${SUITE##*.}-n$BATS_TEST_NUMBER
	mkdir "$W"
	cp -a "$SUITE/base" "$W/rootfs"
	bundle
	hooks_file --readonly --tmpfs=/etc
	host_mounts >"$W/mounts.before"
}

teardown()
{
	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	wrapped delete --force "$ID" >/dev/null 2>&1 || true
	nothing_left
	rm -rf --one-file-system "$W"
}

bundle()
{
	sed "s|@C@|$CGROUP/$ID|" "$SUITE/config.template" >"$W/config.json"
	chmod 0640 "$W/config.json"
}

# wrapped ARGUMENT...: runs the program, in the directory $IN if it is set.
wrapped()
{
	local options=()

	[ "$RUNTIME" = runc ] || options=(--cgroup-manager=cgroupfs)
	caged sh -c 'cd "$1" && shift && exec "$@"' sh "${IN:-/}" "$SUITE/oci-readonly-$RUNTIME" --root "$W/run" "${options[@]}" "$@" </dev/null
}

RESULT=$'touch: /usr/x: Read-only file system\nyes'

# protected ARGUMENT...: the container ran with the hook, which is in $CONFIG exactly once.
protected()
{
	run wrapped "$@"
	same "$*: $output" "$*: $RESULT"
	same "$(jq -c '[.hooks.createRuntime[].path]' "${CONFIG:-$W/config.json}")" "[\"$HOOK\"]"
}

@test "every way to name the bundle works" {
	local form

	for form in "--bundle $W" "--bundle=$W" "-b $W"; do
		bundle
		# shellcheck disable=SC2086
		protected run $form "$ID"
	done
	bundle
	IN=$W protected run "$ID"
	bundle
	if [ "$RUNTIME" = runc ]; then
		protected run -b="$W" "$ID"
		protected run "$ID" -bundle "$W"
	else
		protected run -b"$W" "$ID"
		protected run --bun "$W" "$ID"
	fi
}

@test "a config.json with another name is found" {
	if [ "$RUNTIME" = crun ]; then
		mkdir "$W/elsewhere"
		mv "$W/config.json" "$W/elsewhere/other.json"
		# The hook itself reads the bundle's file.
		bundle
		CONFIG=$W/elsewhere/other.json IN=$W/elsewhere protected run -f other.json -b "$W" "$ID"
		CONFIG=$W/elsewhere/other.json protected run --config="$W/elsewhere/other.json" --bundle="$W" "$ID"
		same "$(jq .hooks "$W/config.json")" null
		IN=$W/elsewhere protected run -f config.json -b "$W" "$ID"
	else
		mv "$W/config.json" "$W/other.json"
		bundle
		if runc run --help | grep -q -e '--config'; then
			CONFIG=$W/other.json IN=$W protected run --config other.json -b "$W" "$ID"
		else
			# This runc refuses the option, which it does not know. The hook is in the file that a newer runc would read.
			IN=$W run wrapped run --config other.json -b "$W" "$ID"
			[ "$status" != 0 ]
			[[ $output == *config* ]]
			same "$(jq -c '[.hooks.createRuntime[].path]' "$W/other.json")" "[\"$HOOK\"]"
			same "$(jq .hooks "$W/config.json")" null
		fi
	fi
}

@test "the rest of config.json, its owner and its mode are unchanged" {
	local before

	chown 12:34 "$W/config.json"
	jq -c '. + {"unknown": {"number": 18446744073709551615, "float": 1.50}}' "$W/config.json" >"$W/config.new"
	sed -i 's/18446744073709552000/18446744073709551615/; s/"float":1.5/"float":1.50e+0/' "$W/config.new"
	cat "$W/config.new" >"$W/config.json"
	protected run -b "$W" "$ID"
	same "$(stat -c '%a %u:%g' "$W/config.json")" '640 12:34'
	before=$(cat "$W/config.new")
	# The hook's entry is the only change.
	[[ $(cat "$W/config.json") == '{"hooks":{"createRuntime":['*']},'"${before:1}" ]]
	same "$(find "$W" -maxdepth 1 -name '.*' ! -path "$W")" ''
	protected run -b "$W" "$ID"
}

@test "an existing hook stays first" {
	jq '.hooks.createRuntime = [{path: "/bin/true"}]' "$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	run wrapped run -b "$W" "$ID"
	same "$output" "$RESULT"
	same "$(jq -c '[.hooks.createRuntime[].path]' "$W/config.json")" "[\"/bin/true\",\"$HOOK\"]"
}

@test "create, start, state, exec, kill and delete work" {
	jq '.process.args = ["/bin/sleep", "1000"]' "$W/config.json" >"$W/config.new"
	mv "$W/config.new" "$W/config.json"
	wrapped create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1
	wrapped start "$ID"
	same "$(wrapped state "$ID" | jq -r '.id + " " + .status')" "$ID running"
	same "$(wrapped exec "$ID" /bin/sh -c "exec 2>&1; touch /usr/x; touch /etc/x && echo yes")" "$RESULT"
	wrapped kill "$ID" KILL
	wrapped delete --force "$ID"
	same "$(wrapped --version | head -n 1)" "$("$RUNTIME" --version | head -n 1)"
}

@test "a refusal is one line on standard error and in the log, and nothing is started" {
	local said=oci-readonly-runc:

	run wrapped --log "$W/log" --log-format json run --unknown -b "$W" "$ID"
	same "$output" "$said argument '--unknown': not known"
	same "$status" 64
	same "$(jq -r '.level + " " + .msg' "$W/log")" "error $output"
	run wrapped --log "$W/log.text" run -b "$W/none" "$ID"
	same "$output" "$said bundle $W/none: cannot be opened: ENOENT"
	same "$status" 66
	[[ $(cat "$W/log.text") == time=\"*\"\ level=error\ msg=\""$output"\" ]]
	echo '{' >"$SUITE/broken.json"
	caged cp "$SUITE/broken.json" /etc/containers/oci/hooks.d/oci-readonly-hook.json
	run wrapped run -b "$W" "$ID"
	[[ $output == "$said /etc/containers/oci/hooks.d/oci-readonly-hook.json: hooks file: not JSON: "* && $status = 64 ]]
	# Other commands need no hooks file.
	same "$(wrapped --version | head -n 1)" "$("$RUNTIME" --version | head -n 1)"
	same "$(jq .hooks "$W/config.json")" null
}

@test "another runtime gets the same arguments, environment and descriptors" {
	cat >"$W/runtime" <<-'EOF'
		#!/bin/sh
		printf '%s\n' "$#" "$@" "A=$A" "$(cd /proc/self/fd && echo *)" "$(readlink /proc/self/fd/7)" "$(cat)" >"$OUT"
		kill -0 "$PPID" && echo "$$" >>"$OUT"
	EOF
	chmod 0755 "$W/runtime"
	# In the same process: the number is not a child's.
	caged env -i OUT="$W/direct" A='a b' sh -c 'exec "$@" 7<"$0"' "$W/config.json" "$W/runtime" create -b "$W" 'x  y' <<<given
	caged env -i OUT="$W/through" A='a b' sh -c 'echo $$ >"$1/number"; shift; exec "$@" 7<"$0"' "$W/config.json" "$W" \
		"$SUITE/oci-readonly-$RUNTIME" "--oci-readonly-runtime=$W/runtime" create -b "$W" 'x  y' <<<given
	same "$(sed '$d' "$W/through" | sed "s|/[^/]*$||")" "$(sed '$d' "$W/direct" | sed "s|/[^/]*$||")"
	same "$(tail -n 1 "$W/through")" "$(cat "$W/number")"
	same "$(jq -c '[.hooks.createRuntime[].path]' "$W/config.json")" "[\"$HOOK\"]"
	run caged "$SUITE/oci-readonly-runc" --oci-readonly-runtime=runc state x
	same "$status $output" "64 oci-readonly-runc: runtime 'runc': is not an absolute path"
}
