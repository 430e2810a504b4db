#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# With SELinux enforcing: confined and unconfined podman, with and without labels. scripts/assure selinux runs these tests.

load lib

AUDIT=/var/log/audit/audit.log
LIST='/etc;/opt:seed=overlay;/srv:seed=auto;/made:seed=none'
LINE=(--annotation "$KEY=true" --annotation "$LIST_KEY=$LIST")

# Prints the process's label, the label of each mount of the hook, and what cannot be written.
SCRIPT='exec 2>&1
	cat /proc/self/attr/current; echo
	grep ^oci-readonly-hook /proc/mounts
	for dir in /etc /opt /srv /made; do echo mine >$dir/mine && cat $dir/mine; done
	cat /etc/ssl/certs/a.pem
	stat -c %s /opt/file
	! touch /usr/x'

setup_file()
{
	machine_begin
	DENIED=$(denials | wc -l)
	export DENIED
}

teardown_file() { machine_end; }

setup()
{
	BEGAN=$(date +%s)
	NAME=orh-$RUNTIME-$BATS_TEST_NUMBER
	[ "$(getenforce)" = Enforcing ]
}

teardown()
{
	podman rm --force --time 0 "$NAME"
	as_user podman rm --force --time 0 "$NAME"
	rm -rf /usr/local/libexec/orh /etc/containers/containers.conf.d/orh.conf
}

# Denials of the hook's since the machine was booted; before these tests, there were $DENIED.
denials()
{
	grep -E '^type=AVC .* denied .* comm="oci-readonly' "$AUDIT"
}

# labelled: the container ran confined, and each mount has the label of its files with the categories of its process.
labelled()
{
	local process=${output%%$'\n'*} mount count=0

	same "$status" 0
	[[ $process == *:container_t:s0:c* ]] || fail "$output"
	while read -r mount; do
		[[ $mount == *":container_file_t:${process##*:container_t:}"* ]] || fail "no label of the container's: $mount" "$output"
		count=$((count + 1))
	done < <(grep ^oci-readonly-hook <<<"$output")
	same "$count" 4
	works
}

# unlabelled: no mount has a label of its own.
unlabelled()
{
	same "$status" 0
	[[ $output != *context=* ]] || fail "$output"
	same "$(grep -c ^oci-readonly-hook <<<"$output")" 4
	works
}

works()
{
	[[ $output == *$'\nmine\nmine\nmine\nmine\ncertificate\n'$((64 * MIB))$'\n'*'Read-only file system' ]] || fail "$output"
}

@test "the hook and the runtime are labelled as programs" {
	local file

	for file in /usr/libexec/oci/hooks.d/oci-readonly-hook /usr/bin/oci-readonly-runc; do
		[[ $(getfattr -n security.selinux --only-values --absolute-names "$file") == *:bin_t:* ]] || fail "$(ls -Z "$file")"
	done
}

@test "podman started by systemd is confined, and each mount has the container's label" {
	by_service "${RUN[@]}" "${LINE[@]}" "$IMAGE" sh -c "$SCRIPT"
	labelled
	by_service podman info --format '{{.Host.Security.SELinuxEnabled}}'
	same "$output" true
}

# by_unconfined PODMAN...: sets $status and $output. The policy does not let the container write to a pipe of an unconfined process.
by_unconfined()
{
	local pid

	"$@" --runtime "$RUNTIME" run --detach --name "$NAME" --network none "${LINE[@]}" "$IMAGE" \
		sh -c "($SCRIPT) >/etc/result; mv /etc/result /etc/complete; sleep 1000"
	pid=$("$@" inspect --format '{{.State.Pid}}' "$NAME")
	for _ in $(seq 100); do
		[ ! -e "/proc/$pid/root/etc/complete" ] || break
		sleep 0.5
	done
	status=0
	output=$(cat "/proc/$pid/root/etc/complete")
	"$@" rm --force --time 0 "$NAME"
}

@test "unconfined podman: each mount has the container's label" {
	by_unconfined podman
	labelled
}

@test "a user's podman: each mount has the container's label" {
	by_unconfined as_user podman
	labelled
}

@test "label=disable: the process is not confined, and the container starts" {
	by_service "${RUN[@]}" --security-opt label=disable "${LINE[@]}" "$IMAGE" sh -c "$SCRIPT"
	same "$status" 0
	[[ $output == *:spc_t:* ]] || fail "$output"
	works
}

# Without mountLabel in config.json.
no_labels()
{
	mkdir -p /etc/containers/containers.conf.d
	printf '[containers]\nlabel = false\n' >/etc/containers/containers.conf.d/orh.conf
}

@test "label = false in containers.conf: no mount has a label" {
	no_labels
	by_service "${RUN[@]}" "${LINE[@]}" "$IMAGE" sh -c "$SCRIPT"
	unlabelled
}

@test "the policy denied nothing to the hook" {
	[ "$(systemctl is-active auditd)" = active ]
	same "$(denials | wc -l)" "$DENIED"
}

# The audit log of the test before has to be able to show something.
@test "without a label, a FIFO that the policy refuses ends the seed with 74, and the audit log has the denial" {
	no_labels
	by_service "${RUN[@]}" --annotation "$LIST_KEY=/var/lib" "$IMAGE" true
	[ "$status" != 0 ]
	logged ' status=74 ' ': /var/lib: pipe: cannot be created: a security module, such as SELinux, refuses it; the audit log has the reason: EACCES'
	denials | tail -n +$((DENIED + 1)) | grep 'tclass=fifo_file'
	by_service "${RUN[@]}" --annotation "$LIST_KEY=/var/lib:seed=overlay" "$IMAGE" test -p /var/lib/pipe
	same "$status" 0
}

@test "with a label, the FIFO is copied" {
	by_service "${RUN[@]}" --annotation "$LIST_KEY=/var/lib" "$IMAGE" test -p /var/lib/pipe
	same "$status" 0
}

@test "below /usr/local, the hook is not executed; doctor reports the label, and its fix works" {
	local dir=/usr/local/libexec/orh hook=/usr/local/libexec/orh/oci-readonly-hook fix

	mkdir -p "$dir/hooks.d"
	cp /usr/libexec/oci/hooks.d/oci-readonly-hook "$hook"
	jq --arg hook "$hook" '.hook.path = $hook' /usr/share/containers/oci/hooks.d/oci-readonly-hook.json >"$dir/hooks.d/oci-readonly-hook.json"
	restorecon -R "$dir"
	mkdir -p /etc/containers/containers.conf.d
	printf '[engine]\nhooks_dir = ["%s"]\n' "$dir/hooks.d" >/etc/containers/containers.conf.d/orh.conf
	by_service "${RUN[@]}" "${LINE[@]}" "$IMAGE" true
	[ "$status" != 0 ]
	run oci-readonly doctor --json
	same "$(jq -r '.findings[] | select(.check == "selinux-label") | .text' <<<"$output" | sed 's/ [^ ]*:usr_t:/ usr_t:/')" \
		"$hook: its SELinux label is usr_t:s0: a confined engine may not execute it"
	fix=$(jq -r '.findings[] | select(.check == "selinux-label") | .fix' <<<"$output" | grep -o 'semanage fcontext -a .*')
	bash -c "$fix"
	by_service "${RUN[@]}" "${LINE[@]}" "$IMAGE" sh -c "$SCRIPT"
	labelled
	run oci-readonly doctor --json
	same "$(jq '[.findings[] | select(.check == "selinux-label")] | length' <<<"$output")" 0
	semanage fcontext -d "$hook"
}
