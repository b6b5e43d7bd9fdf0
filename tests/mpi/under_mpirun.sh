#!/usr/bin/env bash
# under_mpirun.sh GROKTHEORY MPIRUN CASE: `groktheory study run` as ranks of mpirun, on one machine.
#   records   the records of three ranks are those of one process, byte for byte
#   refine    so are those of a study with [refine], and its points
#   errors    bad input: one line, status 2, nothing written
#   killed    a rank is killed with -9: what was finished is kept, the same command goes on
#   stopped   SIGTERM to mpirun: all ranks end, what was finished is kept
set -euo pipefail
groktheory=$1 mpirun=$2 case=$3

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # root: inside containers
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_hwloc_base_binding_policy=none PRTE_MCA_hwloc_default_binding_policy=none
ranks() { timeout 300 "$mpirun" -n 3 "$groktheory" "$@"; }

fail() {
  echo "under_mpirun: $case: $*" >&2
  cat ./*.err >&2 || true
  exit 1
}

# Some runs take thirty times as long as others.
study() {
  cat > "$1.toml" <<END
name = "$1"
[run]
task = "addition"
symbols = 6
train = 12
decoder_widths = [16]
output_dimension = 6
stop = "budget"
[axes]
steps = [${2:-100, 1000, 3000}]
decoder_rate = { logspace = [1e-4, 1e-1], count = 5 }
seed = { range = [1, ${3:-4}], step = 1 }
END
}

# Without what says when and by whom a record was made. No cell of these studies has a comma.
exported() {
  "$groktheory" study export "$1.toml" --store "$2.db" ${3:-} 2>export.err | awk -F, '
    NR == 1 {
      for (k = 1; k <= NF; ++k)
        made[k] = $k ~ /^(seconds|threads|host|started_at|starts|finished_at)$/
      columns = NF
    }
    NF != columns { print "cells = " NF; exit 1 }
    { row = ""; for (k = 1; k <= NF; ++k) if (!made[k]) row = row "," $k; print row }' > "$2.csv"
}

same_records() {
  exported "$1" one "${2:-}"
  exported "$1" many "${2:-}"
  cmp one.csv many.csv || fail "records differ"
  [ "$(wc -l < many.csv)" -gt 1 ] || fail "no records"
}

number() { grep -o "\"$1\": [0-9]*" | grep -o '[0-9]*$'; }
# (status: 4 while it is not complete)
count() { { "$groktheory" study status "$1.toml" --store "$2.db" --json || [ $? = 4 ]; } | number done; }

case_records() {
  study even
  "$groktheory" study run even.toml --store one.db --threads 2 > one.out 2> one.err
  ranks study run even.toml --store many.db --threads 1 --json > many.out 2> many.err ||
    fail "status = $?, allowed 0"
  same_records even
  [ "$(number trained < many.out)" = 60 ] && [ "$(grep -c '^{' many.out)" -eq 1 ] ||
    fail "not one JSON object: $(cat many.out)"
  grep -q "even: 3 ranks on 1 machine, 3 threads" many.err || fail "no ranks in $(cat many.err)"
  ranks study run even.toml --store part.db --shard 1/2 --threads 2 > part.out 2> part.err ||
    fail "--shard: status = $?, allowed 0"
  ranks study run even.toml --store part.db --curves 50 > part.out 2> part.err ||
    fail "--curves: status = $?, allowed 0"
  "$groktheory" study run even.toml --store one.db --curves 50 > one.out 2> one.err
  mv part.db many.db
  same_records even
  same_records even --curves
}

case_refine() {
  study fine "300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700" 2
  sed -i 's/count = 5/count = 9/' fine.toml
  printf '[refine]\naxes = ["steps", "decoder_rate"]\nstart = [4, 4]\n' >> fine.toml
  "$groktheory" study run fine.toml --store one.db --threads 2 > one.out 2> one.err ||
    fail "one process: status = $?, allowed 0"
  ranks study run fine.toml --store many.db --threads 1 > many.out 2> many.err ||
    fail "status = $?, allowed 0"
  same_records fine
  same_records fine --points
}

case_errors() {
  study even
  sed 's/symbols = 6/symbols = -6/' even.toml > bad.toml
  local status=0
  ranks study run bad.toml --store b.db > bad.out 2> bad.err || status=$?
  [ "$status" -eq 2 ] || fail "status = $status, allowed 2"
  [ "$(grep -c '^groktheory: bad.toml:4: symbols = -6' bad.err)" -eq 1 ] || fail "allowed one line"
  status=0
  ranks study run even.toml --store b.db --threads none > bad.out 2> bad.err || status=$?
  [ "$status" -eq 2 ] && [ "$(grep -c '^groktheory: ' bad.err)" -eq 1 ] || fail "flag: $status"
  # A rank with another list
  printf '#!/bin/sh\ns=1; [ "${OMPI_COMM_WORLD_RANK:-$PMIX_RANK}" = 2 ] && s=2
exec "%s" study run even.toml --store b.db --shard $s/2\n' "$groktheory" > differ.sh
  chmod +x differ.sh
  status=0
  timeout 300 "$mpirun" -n 3 ./differ.sh > bad.out 2> bad.err || status=$?
  [ "$status" -eq 2 ] && grep -q '^groktheory: rank 2 on .*: runs = ' bad.err || fail "list: $status"
  [ ! -s bad.out ] || fail "standard output: $(cat bad.out)"
  [ ! -e b.db ] || fail "a store was written"
}

# Ends a study of ranks by `how PID_OF_MPIRUN` after some records, then lets it go on.
interrupted() {
  study long 35000 20
  ranks study run long.toml --store many.db --threads 1 > many.out 2> many.err &
  local job=$! status=0 before after
  for ((k = 0; k < 600; ++k)); do
    [ -e many.db ] && [ "$(count long many 2>/dev/null || echo 0)" -ge 8 ] && break
    sleep 0.1
  done
  before=$(count long many)
  "$1"
  wait "$job" || status=$?
  [ "$status" -ne 0 ] || fail "status = 0 of a job that was ended"
  after=$(count long many)
  [ "$before" -ge 8 ] && [ "$after" -ge "$before" ] && [ "$after" -lt 100 ] ||
    fail "$before records before, $after after, allowed 8 to 99"
  ranks study run long.toml --store many.db --threads 1 --json > many.out 2> many.err ||
    fail "going on: status = $?, allowed 0"
  [ "$(number trained < many.out)" -eq $((100 - after)) ] || fail "trained again: $(cat many.out)"
  "$groktheory" study run long.toml --store one.db --threads 2 > one.out 2> one.err
  same_records long
}

# Processes of this job by their rank and this folder.
pid_of_rank() {
  local folder
  for folder in /proc/[0-9]*; do
    if [ "$(readlink "$folder/cwd")" = "$PWD" ] && [ "$(cat "$folder/comm")" = groktheory ] &&
      tr '\0' '\n' < "$folder/environ" | grep -Eq "^(OMPI_COMM_WORLD_RANK|PMIX_RANK)=$1\$"; then
      basename "$folder"
      return
    fi
  done 2>/dev/null
  fail "rank $1 is not there"
}
kill_rank() { kill -9 "$(pid_of_rank 2)"; }
stop_mpirun() { kill -TERM "$(ps -o ppid= -p "$(pid_of_rank 0)" | tr -d ' ')"; }

case $case in
  records | refine | errors) "case_$case" ;;
  killed) interrupted kill_rank ;;
  stopped) interrupted stop_mpirun ;;
  *) fail "allowed records, refine, errors, killed, stopped" ;;
esac
