#!/usr/bin/env bash
# Everything that 'make test' runs, each stage with its time: packaging/test.sh [INSTRUCTION_SET ...]
# A build that fails ends the run; the test suites are all run, and any that fails makes the whole fail. With instruction
# sets (portable, avx2, avx512, avx512_bf16, avx512_amx) they run under each in turn, as SWIFTGAN_ISA sets it.
set -euo pipefail
cd "$(dirname "$0")/.."
make=${MAKE:-make}
failed=()
complaints=$(mktemp) # what failed, said again at the end, where a reader of the last lines finds it
trap 'rm -f "$complaints"' EXIT

# stage NAME COMMAND...: run it, and say when it began and how long it took. Returns its status.
stage() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '\n[%s] %s\n' "$(date +%H:%M:%S)" "$name"
  "$@" </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    printf '[%s] %s: passed in %d s\n' "$(date +%H:%M:%S)" "$name" $((SECONDS - began))
  else
    printf '[%s] %s: FAILED with status %d after %d s\n' "$(date +%H:%M:%S)" "$name" "$status" $((SECONDS - began))
  fi
  return "$status"
}

suite() { stage "$@" || failed+=("$1"); }

# On optimised code: the kernels of a debug build are many times slower, and it is not what ships.
swift_options=(-c release -Xswiftc -enable-testing --scratch-path .build/tests)

# swift_tests OPTION...: run the Swift tests that the options choose; of what they print, show what is news.
swift_tests() {
  local log status
  log=$(mktemp)
  swift test --skip-build "${swift_options[@]}" --disable-xctest "$@" 2>&1 | tee "$log" | awk '
    /Test run with/ { print; next }
    /^◇ Test case passing/ && !/started\.$/ { skipping = 1 } # its arguments have line breaks
    skipping { if (/started\.$/) skipping = 0; next }
    !/^[^ ]+ (Test|Suite) .* (started|passed after [0-9.]+ seconds)\.$/ { print substr($0, 1, 2000) }'
  status=${PIPESTATUS[0]}
  # A runner that finds no test, or dies early with status 0, must not pass: the closing line has the last word.
  grep -qE 'Test run with [1-9][0-9]* tests? .*passed after' "$log" || status=1
  [ "$status" -eq 0 ] || { grep -aE '^✘|[Ee]rror: |[Ff]atal' "$log" || tail -n 20 "$log"; } | cut -c -400 >>"$complaints"
  rm -f "$log"
  return "$status"
}

stage "Python environment" "$make" --no-print-directory .venv/.tests
stage "Build and install the package" "$make" --no-print-directory .venv/.installed
stage "Build the Swift tests" swift build --build-tests "${swift_options[@]}"

# suites SUFFIX: run all test suites; the suffix tells their names apart.
suites() {
  # The kernels' tests change the process's instruction set, and tests run side by side: others, which compare bits, must
  # not run beside them.
  suite "Swift tests of the kernels$1" swift_tests --filter '\.Kernel'
  suite "Swift tests of all else$1" swift_tests --skip '\.Kernel'
  suite "C interface$1" Tests/ABITests/run .venv
  suite "Python tests$1" .venv/bin/python -X faulthandler .venv/bin/pytest python/tests
}

[ $# -gt 0 ] || suites ""
for level; do
  export SWIFTGAN_ISA=$level
  # What the processor lacks, or nobody has heard of, the library replaces by its best.
  used=$(.venv/bin/python -c 'import swiftgan; print(swiftgan.get_config()["isa"])')
  if [ "$used" = "$level" ]; then
    suites ", $level"
  else
    printf '\nNot run: %s, which is not an instruction set of this processor (%s is).\n' "$level" "$used"
  fi
done

if [ "${#failed[@]}" -gt 0 ]; then
  echo
  cat "$complaints"
  printf '\nFAILED after %d s:' "$SECONDS"
  printf ' %s;' "${failed[@]}"
  printf '\n'
  exit 1
fi
printf '\nAll tests passed in %d s.\n' "$SECONDS"
