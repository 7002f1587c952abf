#!/usr/bin/env bash
# Prints the path of a clang, which the kernels are written for: a Swift toolchain brings one, not always on PATH but
# beside the real 'swift'.
set -euo pipefail
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[ -x "$clang" ] || clang=$(command -v clang) || {
  echo "no clang, neither beside 'swift' nor on PATH" >&2
  exit 1
}
echo "$clang"
