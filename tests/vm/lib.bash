# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in a virtual machine with systemd that exists only for them: scripts/assure selinux and systemd. Unlike tests/engine, they use podman
# as it is configured by default, and the hook as it is installed in /usr.
#
#   RUNTIME  runc or crun

load ../engine/lib

USER_NAME=orh
IMAGE=localhost/orh-test
MIB=$((1024 * 1024))

# Makes the image for root and for a user. The 64 MiB are in /opt.
machine_begin()
{
	[ -x /usr/libexec/oci/hooks.d/oci-readonly-hook ] && [ "$(systemctl is-system-running)" != offline ] ||
		fail 'these tests are for a virtual machine: scripts/assure selinux systemd'
	SUITE=$(mktemp -d /var/tmp/orh-vm.XXXXXX)
	export SUITE
	chmod 0755 "$SUITE"
	make_base "$SUITE/base"
	mkfifo "$SUITE/base/var/lib/pipe"
	head -c $((64 * MIB)) /dev/urandom >"$SUITE/base/opt/file"
	tar -C "$SUITE/base" -cf "$SUITE/image.tar" .
	# A confined podman makes its directories with labels that suit it. An unconfined one does not.
	by_service podman info
	podman import -q "$SUITE/image.tar" "$IMAGE"
	[ ! -e /sys/fs/selinux/enforce ] || restorecon -RF /var/lib/containers
	id "$USER_NAME" >/dev/null 2>&1 || useradd -m -s /bin/bash "$USER_NAME"
	loginctl enable-linger "$USER_NAME"
	for _ in $(seq 100); do
		[ ! -S "/run/user/$(id -u "$USER_NAME")/bus" ] || break
		sleep 0.5
	done
	as_user podman import -q "$SUITE/image.tar" "$IMAGE"
}

machine_end()
{
	as_user podman rmi --force "$IMAGE"
	podman rmi --force "$IMAGE"
	rm -rf --one-file-system "$SUITE"
}

as_user()
{
	(cd / && setpriv --reuid "$USER_NAME" --regid "$USER_NAME" --init-groups env -i "HOME=/home/$USER_NAME" PATH=/usr/bin:/bin \
		"XDG_RUNTIME_DIR=/run/user/$(id -u "$USER_NAME")" "$@")
}

# The arguments of podman that every container here has. Only the container's output is in the journal, and once.
RUN=(podman --runtime "$RUNTIME" --events-backend none run --rm --network none --log-driver none)

# by_service COMMAND...: runs it as a service of systemd, in the domain that the policy gives it. Sets $status and $output.
by_service()
{
	local unit=orh-$RUNTIME-$BATS_TEST_NUMBER-$((++units))

	status=0
	systemd-run --quiet --wait --unit "$unit" --setenv=HOME=/root "$@" >"$SUITE/systemd-run.log" 2>&1 || status=$?
	journalctl --sync
	output=$(journalctl --quiet --output cat --unit "$unit" _COMM="${1##*/}")
	[ "$status" = 0 ] || { cat "$SUITE/systemd-run.log" && journalctl --quiet --output cat --unit "$unit"; } >&2
}

# logged TEXT...: the hook's message in the system log since the test began contains each text. With crun, nothing else has it.
logged()
{
	local all text

	journalctl --sync
	all=$(journalctl --quiet --output cat --identifier oci-readonly-hook --since "@$BEGAN")
	for text; do
		[[ $all == *"$text"* ]] || fail "not in the log: $text" "$all"
	done
}
