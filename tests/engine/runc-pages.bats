#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that pages of docs/ show: each is run, and prints what the page says. See tests/tools/follow.

load lib
load podman

DOCS=$BATS_TEST_DIRNAME/../../docs
FOLLOW=$BATS_TEST_DIRNAME/../tools/follow

setup_file()
{
	suite_begin
	[ -z "$OBSTACLE" ] || return 0
	# suggest reads the upper directory.
	export DRIVER=overlay
	make_image
	podman_begin
	[ -n "$OBSTACLE" ] || make_programs
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

# Like the image busybox of a registry.
make_image()
{
	local applet

	while read -r applet; do
		[ -e "$SUITE/base/bin/$applet" ] || ln -s busybox "$SUITE/base/bin/$applet"
	done < <(busybox --list)
	rm -r "$SUITE/base"/{opt,run,srv,usr/lib,var/lib/app,etc/*}
	mkdir -m 0755 "$SUITE/base/run"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$SUITE/base/etc/passwd"
	make_old "$SUITE/base"
}

# What the pages call, by the names that they use. podman has storage of its own, the hook under test and learn. The system log is read as
# journalctl reads the journal.
make_programs()
{
	podman_conf
	jq --arg tool "$BUILDDIR/oci-readonly" '.hook.path = $tool' "$DOCS/../examples/learn.json" >"$SUITE/hooks.d/oci-readonly-learn.json"
	mkdir "$SUITE/bin"
	ln -s "$BUILDDIR/oci-readonly" "$SUITE/bin/oci-readonly"
	printf '#!/bin/sh\nexec "$@"\n' >"$SUITE/bin/sudo"
	cat >"$SUITE/bin/podman" <<-END
		#!/bin/sh
		/usr/bin/podman --root "$SUITE/p/overlay" --runroot "$SUITE/p/overlay.run" --tmpdir "$SUITE/p/overlay.tmp" \\
			--storage-driver overlay --runtime runc --cgroup-manager cgroupfs --events-backend file \\
			--hooks-dir "$SUITE/hooks.d" "\$@"
		status=\$?
		# The next command may need what the container's program does first.
		[ "\$1 \$2" != 'run --detach' ] || sleep 0.5
		exit \$status
	END
	cat >"$SUITE/bin/journalctl" <<-'END'
		#!/bin/sh
		# The log is written by another process.
		sleep 0.1
		cat=no grep=
		while getopts t:o:n:g: option; do
			case $option in
			t) tag=$OPTARG ;;
			o) [ "$OPTARG" = cat ] && cat=yes || exit 1 ;;
			g) grep=$OPTARG ;;
			*) exit 1 ;;
			esac
		done
		grep -F -e "$tag[" "$SYSLOG" | grep -e "$grep" | sed "s/^<[0-9]*>//" | if [ $cat = yes ]; then sed 's/^[^]]*]: //'; else cat; fi
	END
	chmod 0755 "$SUITE/bin"/{sudo,podman,journalctl}
	podman tag localhost/orh-test docker.io/library/busybox:latest
}

# follow PAGE LEAST: at least so many of its commands are run.
follow()
{
	export SYSLOG=$W/syslog
	: >"$SYSLOG"
	# In one mount namespace, with what podman has mounted.
	run env PATH="$SUITE/bin:$PATH" PODMAN_IGNORE_CGROUPSV1_WARNING=1 "$SYSLOG_RUN" "$SYSLOG" sh -c '
		"$@"
		status=$?
		podman rm --all --force --time 0 >/dev/null
		podman image unmount --all >/dev/null
		exit $status' sh "$FOLLOW" ${RENEW:+--renew} "$DOCS/$1" "$W"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(sed -n 's/^\([0-9]*\) commands.*/\1/p' <<<"$output")" -ge "$2" ]
}

@test "docs/tutorial.md" { follow tutorial.md 10; }
@test "docs/sizes.md" { follow sizes.md 10; }
@test "docs/scanners.md" { follow scanners.md 9; }
@test "docs/init-containers.md" { follow init-containers.md 2; }
@test "docs/refusals.md" { follow refusals.md 15; }
@test "docs/rollout.md" { follow rollout.md 8; }
