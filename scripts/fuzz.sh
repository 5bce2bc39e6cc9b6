#!/usr/bin/env bash
# Runs every fuzz target in turn, each for the given time.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
for file in $(git grep -l '^func Fuzz' -- '*_test.go'); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$file"); do
		echo "== $(dirname "$file") $target"
		go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-20s}"
	done
done
