#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that docs/docker.md shows: each is run, and prints what the page says. See tests/tools/follow.

load lib
load docker

setup_file()
{
	RUNTIME=none suite_begin
	docker_begin
	export OBSTACLE
}

teardown_file()
{
	docker_end
	suite_end
}

setup() { docker_test_begin; }

teardown()
{
	[ -z "${W:-}" ] || uninstalled
	docker_test_end
}

@test "docs/docker.md" {
	installed
	caged mkdir -p /etc/docker
	caged ln -sf "$SUITE/daemon.json" /etc/docker/daemon.json
	# Networks need iptables and bridges.
	program docker <<-END
		#!/bin/sh
		[ "\$1" != run ] || { shift; set -- run --network none "\$@"; }
		DOCKER_CONFIG=$SUITE/docker-config exec $DOCKER -H unix://$SUITE/docker.sock "\$@"
	END
	program systemctl <<-'END'
		#!/bin/sh
		[ "$*" = 'reload docker' ] && kill -HUP "$(cat /run/orh-docker.pid)" && sleep 1
	END
	docker tag orh-test busybox
	echo '{}' >"$SUITE/daemon.json"
	caged kill -HUP "$(caged cat /run/orh-docker.pid)"
	follow docker.md 12
	docker rmi busybox >/dev/null
}
