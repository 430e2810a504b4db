#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that docs/containerd.md shows: each is run, and prints what the page says. See tests/tools/follow.

load lib
load containerd

setup_file()
{
	RUNTIME=none suite_begin
	cri_begin
	export OBSTACLE
}

teardown_file()
{
	cri_end
	suite_end
}

setup() { cri_test_begin; }

teardown()
{
	[ -z "${W:-}" ] || uninstalled
	cri_test_end
}

@test "docs/containerd.md" {
	installed
	caged mkdir -p /etc/containerd /etc/containers/oci/hooks.d
	hooks_file
	make_archive "$SUITE/busybox.tar" docker.io/library/busybox:latest "$SUITE/base" /bin/sh
	ctr images import "$SUITE/busybox.tar" >/dev/null
	program ctr <<-END
		#!/bin/sh
		[ "\$1" != run ] || { shift; set -- run --cgroup "/$CGROUP/page" "\$@"; }
		exec /usr/bin/ctr -a "$SUITE/containerd.sock" "\$@"
	END
	follow containerd.md 3
	[ "$(caged jq -r '.hooks.createRuntime[0].path' /etc/containerd/oci-readonly.json)" = "$HOOK" ]
}
