# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Docker, for bench/run: how its users get the image's files into a tmpfs, and the hook with --seed-tmpfs. The daemon is
# that of the engine tests.

# Variables that the files of the engine tests expect.
load()
{
	# shellcheck source=/dev/null
	. "$source/tests/engine/$1.bash"
}

fail()
{
	echo "bench: $*" >&2
	return 1
}

# cp as Docker images contain it: coreutils' with its libraries.
docker_base()
{
	local rootfs=$SUITE/base file

	mkdir -p "$rootfs"/{bin,dev,proc,sys,tmp,etc}
	cp "$(command -v busybox)" "$rootfs/bin/busybox"
	ln -s busybox "$rootfs/bin/sh"
	ln -s busybox "$rootfs/bin/true"
	for file in $(ldd "$(command -v cp)" | grep -o '/[^ ]*'); do
		mkdir -p "$rootfs${file%/*}"
		cp -L "$file" "$rootfs$file"
	done
	cp -L "$(command -v cp)" "$rootfs/bin/cp"
}

# image NAME DIRECTORY: builds the base image with the tree of 20,000 files in that directory.
docker_image()
{
	tar -cf "$SUITE/image.tar" -C "$SUITE/base" . -C "$W/trees/small20k" --transform "s|^seed|$2|" seed || return 1
	docker import "$SUITE/image.tar" "$1" >/dev/null || return 1
	rm -f "$SUITE/image.tar"
}

docker_prepare()
{
	export SUITE=$W/docker OBSTACLE='' RUNTIME=runc
	mkdir "$SUITE" || return 1
	load docker
	docker_base
	[ -d "$W/trees/small20k" ] || make_tree small20k || exit 1
	docker_begin
	[ -z "$OBSTACLE" ] && hooks_file --seed-tmpfs && docker_image orh-seed srv && docker_image orh-entry srv.image
}

# docker_perform SUBJECT: runs one container, and measures from the client's start to its end.
docker_perform()
{
	local run=("$MEASURE" "$W/time" "$DOCKER" -H "unix://$SUITE/docker.sock" run --rm --network none)

	case $1 in
	docker-nothing) "${run[@]}" --tmpfs /srv orh-seed /bin/true ;;
	docker-entry) "${run[@]}" --tmpfs /srv orh-entry /bin/sh -c 'cp -a /srv.image/. /srv/ && exec true' ;;
	docker-hook) "${run[@]}" --runtime readonly --tmpfs /srv orh-seed /bin/true ;;
	esac >"$W/log" 2>&1 </dev/null && settle
}

measure_docker()
{
	# crun needs another program.
	# shellcheck disable=SC2034
	local LAB_PID=

	if docker_prepare; then
		rounds 7 docker docker-nothing docker-entry docker-hook
	else
		skipped "docker: ${OBSTACLE:-its images cannot be made}"
	fi
	[ -z "${CAGE_PID:-}" ] || docker_end
}
