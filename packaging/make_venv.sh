#!/usr/bin/env bash
# Create the virtual environment that the Makefile works in. Usage: packaging/make_venv.sh FOLDER
# $PYTHON names the interpreter; without it the first of python3, python3.14 ... python3.11 that is new enough serves.
set -euo pipefail
folder=$1

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Only an administrator on Debian or Ubuntu gets packages installed unasked; anyone else is told what to install.
apt_install() {
  local needed="apt-get install $*"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "this Python lacks what a virtual environment with C extensions needs. As root: $needed"
  fi
  printf 'installing %s\n' "$*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; } \
    >/dev/null </dev/null || fail "'$needed' failed; its messages are above"
}

is_new_enough() {
  command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

command -v swift >/dev/null ||
  fail "no 'swift' on PATH. Install Swift 6.1 or newer (https://www.swift.org/install) and add its usr/bin to PATH."
swift -print-target-info >/dev/null 2>&1 || fail "'swift' is on PATH but does not run: try 'swift --version'"

if [ -n "${PYTHON:-}" ]; then
  is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer"
  python=$PYTHON
else
  command -v python3 >/dev/null || apt_install python3 python3-venv python3-dev
  python=
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$candidate"; then
      python=$candidate
      break
    fi
  done
  [ -n "$python" ] || fail "Python 3.11 or newer is needed, and $(python3 --version) is what there is. Set PYTHON=..."
fi

missing=$("$python" - <<'END'
import importlib.util, os, sys, sysconfig
name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
if importlib.util.find_spec("ensurepip") is None:
    print(name + "-venv")
if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
    print(name + "-dev")
END
)
# shellcheck disable=SC2086  # a list of package names
[ -z "$missing" ] || apt_install $missing

rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input 'setuptools>=70.1' ||
  fail "pip could not fetch setuptools; is there a network? Without one see 'Install' in README.md."
