#!/bin/sh
# Makes sure that the tests find a PostgreSQL, a Redis and a Chromium to start for
# themselves. Does nothing when they are there; else it installs Debian's packages, if it
# may. No server of the system's is started or left running.
set -eu

has_postgres() {
	for server in /usr/lib/postgresql/*/bin/postgres; do
		[ -x "$server" ] && return
	done
	command -v postgres >/dev/null
}

missing() {
	has_postgres || printf ' postgresql'
	command -v redis-server >/dev/null || printf ' redis-server'
	command -v chromium >/dev/null || printf ' chromium'
}

packages=$(missing)
[ -n "$packages" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "install-servers.sh: please install first:$packages" >&2
	exit 1
fi

exec 9>/var/lock/holdplane-install-servers
flock 9
packages=$(missing)
[ -n "$packages" ] || exit 0

# Debian starts what it installs, unless this file says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # a list of words
apt-get install -y -q --no-install-recommends $packages

packages=$(missing)
if [ -n "$packages" ]; then
	echo "install-servers.sh: installed, and yet there is nothing of$packages" >&2
	exit 1
fi
