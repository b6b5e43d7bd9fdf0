#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [JOBS]: builds the fuzz targets and runs each for SECONDS, JOBS at a time
# (1), from the seeds and from what earlier runs found (build/fuzz/corpus). A crash, a leak, a report
# of a sanitizer, more than 5 seconds or 1 GB is a finding: its input stays in build/fuzz/findings,
# to be run again as `build/fuzz/tests/fuzz/fuzz_TARGET FILE`. One line for each target, then the
# count of both kinds; status 1 if there is a finding.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ $# -lt 1 || $# -gt 2 || ! ${1-} =~ ^[1-9][0-9]*$ || ! ${2-1} =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: tests/fuzz/run.sh SECONDS [JOBS]" >&2
  exit 2
fi
seconds=$1 jobs=${2-1}
targets=(study pairs table initial_state store)
build=$PWD/build/fuzz

cmake --preset fuzz >&2
cmake --build --preset fuzz >&2
mkdir -p "$build/findings" "$build/logs"
"$build/tests/fuzz/make_store_seeds" "$build/seeds/store"

seeds_of() {
  case $1 in
    study) echo tests/fuzz/seeds/study figures ;;
    store) echo "$build/seeds/store" ;;
    *) echo "tests/fuzz/seeds/$1" ;;
  esac
}

run_target() {
  local name=$1 log=$build/logs/$1.log status=0 seeds options=()
  mkdir -p "$build/corpus/$name"
  read -ra seeds <<<"$(seeds_of "$name")"
  [ ! -f "tests/fuzz/$name.dict" ] || options+=("-dict=tests/fuzz/$name.dict")
  ASAN_OPTIONS=quarantine_size_mb=16:allocator_may_return_null=0 \
    UBSAN_OPTIONS=print_stacktrace=1 \
    "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 \
    -max_len=16384 -print_final_stats=1 -artifact_prefix="$build/findings/$name-" \
    "${options[@]}" "$build/corpus/$name" "${seeds[@]}" >"$log" 2>&1 || status=$?
  local executions
  executions=$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$log")
  if [ "$status" -eq 0 ] && [ "${executions:-0}" -gt 0 ]; then
    echo "fuzz $name: $executions executions in $seconds s, no finding"
  else
    echo "fuzz $name: FINDING (status $status, ${executions:-?} executions): see $log"
    grep -m 3 -E 'ERROR|runtime error|SUMMARY|^fuzz: ' "$log" || tail -n 3 "$log"
    return 1
  fi
}

failed=0 running=()
for name in "${targets[@]}"; do
  if [ ${#running[@]} -ge "$jobs" ]; then
    wait "${running[0]}" || failed=$((failed + 1))
    running=("${running[@]:1}")
  fi
  run_target "$name" &
  running+=($!)
done
for process in "${running[@]}"; do
  wait "$process" || failed=$((failed + 1))
done
echo "$((${#targets[@]} - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
