#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The hooks files of examples/: with their arguments on a runtime, and read by podman from the directories that
# examples/README.md names.

load lib

setup_file()
{
	suite_begin
	[ -z "$OBSTACLE" ] || return 0
	mkdir "$SUITE/xdg"
	: >"$SUITE/empty"
	chmod 0700 "$SUITE/xdg"
	mkdir -p "$SUITE/base/var/tmp"
	ln -s usr/lib "$SUITE/base/lib"
}

teardown_file()
{
	if [ -z "$OBSTACLE" ] && [ -d "$SUITE/storage" ]; then
		podman rm --all --force >/dev/null 2>&1 || true
	fi
	suite_end
}

setup() { bundle_begin; }
teardown() { bundle_end; }

EXAMPLES=$BATS_TEST_DIRNAME/../../examples

# The hook gets the arguments of an example.
example()
{
	config --slurpfile file "$EXAMPLES/$1.json" '.hooks.createRuntime[].args = $file[0].hook.args'
}

# Clears up for the next container of a test.
again()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.{status,err}
	config '.annotations = {}'
}

# shut PATH...: each is a tmpfs of the hook that is mounted noexec.
shut()
{
	local path

	for path; do
		is_ours "$path"
		has_option "$path" rw noexec nosuid nodev
		writable "$path"
	done
}

size_of()
{
	mount_fs "$1" | sed -n 's/.*size=\([0-9]*\)k.*/\1/p'
}

@test "opt-in.json protects containers with annotations and leaves others alone" {
	example opt-in
	create
	writable /usr
	same "$(our_mounts)" 0
	again
	readonly_root
	tmpfs /run
	create
	not_writable /usr
	shut /run
}

@test "default-readonly.json protects every container and gives it three writable directories" {
	example default-readonly
	create
	not_writable /usr
	not_writable /etc
	shut /run /tmp /var/tmp
	same "$(our_mounts)" 3
	is /tmp %a 1777
	[ -e "$ROOT/run/app/pid" ]
}

@test "default-readonly.json lets a container opt out with false" {
	example default-readonly
	annotate "$KEY" false
	create
	writable /usr
	same "$(our_mounts)" 0
}

@test "default-readonly.json lets an entry or a volume replace a default" {
	mkdir "$W/volume"
	add_mount /tmp "$W/volume" rbind rw
	example default-readonly
	tmpfs '/var/run:exec:size=1m;/etc'
	create
	not_writable /usr
	lacks_option /run noexec
	same "$(size_of /run)" 1024
	shut /etc /var/tmp
	touch "$ROOT/tmp/mine"
	[ -e "$W/volume/mine" ]
	same "$(our_mounts)" 3
}

@test "enforced.json protects every container within its limits" {
	example enforced
	create
	not_writable /usr
	shut /run /tmp /var/tmp
	same "$(our_mounts)" 3
	# A third of 512 MiB, rounded down to whole pages.
	for path in /run /tmp /var/tmp; do
		same "$(size_of "$path")" $((512 * 1024 / 3 / 4 * 4))
	done
}

@test "enforced.json accepts an author's entries within the limits" {
	example enforced
	tmpfs '/run:size=256m;/etc:size=16m'
	create
	same "$(size_of /run) $(size_of /etc)" '262144 16384'
	same "$(size_of /tmp) $(size_of /var/tmp)" '122880 122880'
	not_writable /usr
}

@test "enforced.json refuses opting out and exceeding the limits" {
	example enforced
	annotate "$KEY" false
	refused 77 --enforce
	for entry in /run:size=257m /run:size=268435457 /run:size=100% '/run:size=256m;/etc:size=256m' \
		'/run:size=256m;/etc:size=256m;/srv:size=4k'; do
		again
		tmpfs "$entry"
		refused 77 --max-
	done
	for option in exec suid dev nr_inodes=1g noswap huge=always; do
		again
		tmpfs "/run:$option"
		refused 77 "--forbid=${option%%=*}"
	done
	for path in /usr /usr/bin /bin /bin/x /lib /lib/x //usr/lib '/\usr'; do
		again
		tmpfs "$path"
		refused 77 --deny=
	done
}

@test "enforced.json refuses a link to a directory of programs" {
	example enforced
	ln -s ../usr/bin "$W/rootfs/opt/programs"
	tmpfs /opt/programs
	refused 77 /opt/programs "'/usr/bin', which is denied"
}

@test "enforced.json exempts only the namespace kube-system" {
	example enforced
	annotate io.kubernetes.pod.namespace kube-system
	create
	writable /usr
	same "$(our_mounts)" 0
	for namespace in kube-systemx xkube-system kube_system KUBE-SYSTEM $'kube-system\n'; do
		again
		annotate io.kubernetes.pod.namespace "$namespace"
		create
		not_writable /usr
	done
}

# A tmpfs accepts as much as its limit allows, and no more.
@test "enforced.json bounds what a container can write" {
	example enforced
	tmpfs '/run:size=1m'
	inside 'dd if=/dev/zero of=/run/large bs=65536 count=32 2>/dev/null; wc -c </run/large; touch /usr/x'
	[ "${lines[0]}" -le $((1024 * 1024)) ] || fail "$output"
	[ "${lines[0]}" -gt $((512 * 1024)) ] || fail "$output"
	[[ $output == *'Read-only file system'* ]] || fail "$output"
}

# --- podman, by its configuration ---

podman()
{
	in_lab env XDG_RUNTIME_DIR="$SUITE/xdg" CONTAINERS_CONF="$W/containers.conf" podman --log-level error --root "$SUITE/storage" \
		--runroot "$SUITE/runroot" --tmpdir "$SUITE/tmp" --storage-driver vfs --runtime "$RUNTIME" \
		--cgroup-manager cgroupfs --events-backend file "$@" <"$SUITE/empty" 3>&-
}

# run_container OPTION... -- COMMAND...
run_container()
{
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ -z "$LAB_PID" ] || options+=(--cgroups=disabled)
	rm -f "$W/said"
	run podman run --rm --network none --ulimit "nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)" \
		--ulimit "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)" --log-driver k8s-file --log-opt "path=$W/said" \
		"${options[@]}" --rootfs "$W/rootfs" "$@"
	output_by_log "$W/said"
}

# configured FILE: the [engine] table of examples/README.md, with directories of the test. The first one contains the packaged
# file.
configured()
{
	have podman || skip 'podman is not here'
	awk '/^    \[engine\]/ { inside = 1 } inside && !/^    / { exit } inside { print substr($0, 5) }' \
		"$EXAMPLES/README.md" | sed "s|\"/|\"$W/|g" >"$W/containers.conf"
	grep -q "^hooks_dir = .*\"$W/usr/share/containers/oci/hooks.d\".*\"$W/etc/containers/oci/hooks.d\"" "$W/containers.conf" ||
		fail 'no such table:' "$(cat "$W/containers.conf")"
	mkdir -p "$W/usr/share/containers/oci/hooks.d" "$W/etc/containers/oci/hooks.d"
	jq --arg hook "$W/hook" '.hook.path = $hook' "$BUILDDIR/hooks.d/oci-readonly-hook.json" \
		>"$W/usr/share/containers/oci/hooks.d/oci-readonly-hook.json"
	# At the place and under the name that the README gives, by rename.
	jq --arg hook "$W/hook" '.hook.path = $hook' "$EXAMPLES/$1.json" >"$W/etc/containers/oci/hooks.d/.new"
	mv "$W/etc/containers/oci/hooks.d/.new" "$W/etc/containers/oci/hooks.d/oci-readonly-hook.json"
}

calls()
{
	[ ! -e "$W/hook.status" ] || wc -l <"$W/hook.status"
	rm -f "$W/hook.status"
}

SCRIPT='touch /usr/x 2>&1; touch /tmp/x && echo tmp; grep -c oci-readonly-hook /proc/mounts'

@test "podman reads opt-in.json from the directory that containers.conf names" {
	configured opt-in
	run_container -- sh -c "$SCRIPT"
	same "$output" $'tmp\n0'
	same "$(calls)" ''
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/tmp" -- sh -c "$SCRIPT"
	[[ $output == *'Read-only file system'$'\ntmp\n1' ]] || fail "$output"
	same "$(calls)" 1
}

@test "podman prefers default-readonly.json to the packaged file" {
	configured default-readonly
	run_container -- sh -c "$SCRIPT"
	[[ $output == *'Read-only file system'$'\ntmp\n3' ]] || fail "$output"
	same "$(calls)" 1
	run_container --annotation "$KEY=false" -- sh -c "$SCRIPT"
	same "$output" $'tmp\n0'
	same "$(calls)" 1
}

@test "podman reads enforced.json from the directory that containers.conf names" {
	configured enforced
	run_container -- sh -c "$SCRIPT"
	[[ $output == *'Read-only file system'$'\ntmp\n3' ]] || fail "$output"
	run_container --annotation "$KEY=false" -- true
	[[ $output =~ 'exit '(status|code:)' 77' ]] || fail "$output"
	run_container --annotation "$LIST_KEY=/run:size=1g" -- true
	[[ $output =~ 'exit '(status|code:)' 77' ]] || fail "$output"
	rm -f "$W/hook.err"
}

@test "containers.conf gives annotations to every container of podman" {
	configured opt-in
	# The table of oci-readonly-annotations(5).
	awk '/^\[containers\]/ { inside = 1 } inside && /^\.fi/ { exit } inside' "$BATS_TEST_DIRNAME/../../man/oci-readonly-annotations.5.in" |
		sed 's/\\-/-/g' >>"$W/containers.conf"
	grep -q 'io.containers.readonly=true' "$W/containers.conf"
	run_container -- sh -c "$SCRIPT"
	[[ $output == *'Read-only file system'$'\ntmp\n2' ]] || fail "$output"
	run_container --annotation "$KEY=false" -- sh -c 'touch /usr/x && echo written'
	same "$output" written
}
