#!/bin/sh
# Installs the vendors' SDKs, pinned by hash, into .cache/e2e at the project root: one
# virtual environment per Python SDK, as releases of one share a name, and the npm packages
# in node/node_modules. Does nothing when they are there already. On Debian it adds
# python3-venv, nodejs and npm when they are missing and it may.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$(dirname "$here")/.cache/e2e
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9

missing=
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "e2e/install.sh: please install first:$missing" >&2
		exit 1
	fi
	apt-get update -q
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

# The stamp names all that the installation depends on.
want=$(
	cat "$0" "$here"/python/*/requirements.txt "$here/node/package.json" "$here/node/package-lock.json" | sha256sum
	python3 --version
	node --version
)
[ "$(cat "$cache/stamp" 2>/dev/null)" != "$want" ] || exit 0
rm -f "$cache/stamp"

install_python() {
	python3 -m venv --clear "$cache/$1"
	"$cache/$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: -r "$here/python/$1/requirements.txt"
}
pids=
for sdk in "$here"/python/*/requirements.txt; do
	install_python "$(basename "$(dirname "$sdk")")" &
	pids="$pids $!"
done

mkdir -p "$cache/node"
cp "$here/node/package.json" "$here/node/package-lock.json" "$cache/node/"
(cd "$cache/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
for pid in $pids; do
	wait "$pid"
done

echo "$want" >"$cache/stamp"
