#!/usr/bin/env bash
# Fuzzes every target, or those that are named, for some seconds of processor time each:
#
#   fuzz/run.sh [seconds per target] [target…]
#
# Inputs come from the fixtures and samples of the repository, from fuzz/seeds, and from earlier runs in target/fuzz, where
# findings (crash-*, timeout-*, oom-*) and a record of all runs go too (record.tsv: time, commit, target, executions, seconds
# of the processor, findings). FUZZ_RECORD=fuzz/record.tsv adds a long run to the committed record.
# FUZZ_PROFILE=release is some times faster and shares its dependencies with `cargo build --release`; FUZZ_BINARY names one
# that is built already. FUZZ_ARGS goes to libFuzzer after all else; with `-runs` in it a target runs once.
# Ends with 1 when something was found.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
shift || true
profile=${FUZZ_PROFILE:-dev}
folder=target/$([ "$profile" = dev ] && echo debug || echo "$profile")
work=target/fuzz
export RUSTC_WORKSPACE_WRAPPER=$PWD/fuzz/rustc.sh CARGO_INCREMENTAL=0 RAYON_NUM_THREADS=1
binary=${FUZZ_BINARY:-$folder/sverka-fuzz}
[ -n "${FUZZ_BINARY:-}" ] || cargo build --locked --quiet --profile "$profile" -p sverka-fuzz

if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <("$binary"); fi

# Files of the repository that a target begins with.
seeds() {
  case "$1" in
  xlsx) ls samples/*/*/*.xlsx ;;
  xls) ls samples/*/*/*.xls ;;
  parquet) ls tests/fixtures/tree/*.parquet ;;
  commerceml) ls tests/fixtures/*.xml tests/fixtures/tree/cml-*.xml ;;
  1c-client-bank) ls tests/fixtures/tree/clbank-*.txt ;;
  fns-upd) ls tests/fixtures/tree/fns-*.xml ;;
  enterprise-data) ls tests/fixtures/tree/ed-*.xml ;;
  onec-atom) ls tests/fixtures/tree/atom-*.xml tests/fixtures/tree/odata-*.xml ;;
  icml) ls tests/fixtures/tree/icml-*.xml ;;
  onec-json) ls tests/fixtures/tree/onec-*.json tests/fixtures/tree/odata-*.json ;;
  bitrix24-rest) ls tests/fixtures/tree/b24-*.json ;;
  amocrm-rest) ls tests/fixtures/tree/amo-*.json ;;
  retailcrm-rest) ls tests/fixtures/tree/retail-*.json ;;
  profitbase-json) ls tests/fixtures/tree/profitbase-*.json ;;
  json) ls tests/fixtures/tree/json-*.json ;;
  zip) ls tests/fixtures/tree/*.zip ;;
  gzip) ls tests/fixtures/tree/*.gz ;;
  detect | stream) find tests/fixtures -type f ! -name '*.expected' -size -40k ;;
  config) ls samples/*/sverka.toml ;;
  csv | values) ls samples/*/*/*.csv tests/fixtures/tree/*.csv ;;
  esac 2>/dev/null || true
}

# Words of the formats.
dictionary() {
  case "$1" in
  *-rest | *json | detect | stream) echo json ;;
  *-parts | commerceml | fns-upd | enterprise-data | onec-atom | icml | bitrix24-html) echo xml ;;
  csv | values | 1c-client-bank | audit | workbook) echo text ;;
  config | decisions) echo toml ;;
  esac
}

# Seconds of the processor that the children of this script took so far.
spent() {
  awk -v ticks="$(getconf CLK_TCK)" '{ print int(($16 + $17) / ticks) }' "/proc/$$/stat"
}

mkdir -p "$work/found"
record=${FUZZ_RECORD:-$work/record.tsv}
[ -e "$record" ] || printf 'time\tcommit\ttarget\texecutions\tcpu_seconds\tfindings\n' >"$record"
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
total=0
for target in "${targets[@]}"; do
  corpus=$work/corpus/$target
  start=$work/seeds/$target
  mkdir -p "$corpus" "$start"
  seeds "$target" | while IFS= read -r file; do
    # Long files are begun with their head: what a reader does with a row it does with the first.
    head -c 16384 "$file" >"$start/$(echo "$file" | tr / _)"
  done
  [ ! -d "fuzz/seeds/$target" ] || cp fuzz/seeds/"$target"/* "$start/"
  words=$(dictionary "$target")
  # libFuzzer wants other letters than Latin ones by their bytes.
  [ -z "$words" ] || perl -pe 's/([\x80-\xFF])/sprintf("\\x%02X", ord $1)/ge' "fuzz/dicts/$words.dict" >"$work/$words.dict"
  found=$work/found/$target
  mkdir -p "$found"
  before=$(find "$found" -type f | wc -l)
  began=$(spent)
  executions=0
  while :; do
    left=$((seconds - $(spent) + began))
    # A target that gives way to other programs gets less of the processor than time passes: hence slices.
    SVERKA_FUZZ=$target "$binary" "$corpus" "$start" -max_total_time="$((left < 300 ? left : 300))" -max_len=16384 -timeout=10 \
      -rss_limit_mb=1500 -artifact_prefix="$found/" ${words:+-dict="$work/$words.dict"} -print_final_stats=1 \
      -verbosity=0 ${FUZZ_ARGS:-} >"$work/$target.log" 2>&1 || true
    slice=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log" | tail -1)
    executions=$((executions + ${slice:-0}))
    findings=$(($(find "$found" -type f ! -name 'slow-unit-*' | wc -l) - before))
    [ "$findings" -ge 0 ] || findings=0
    case "${FUZZ_ARGS:-}" in *-runs=*) break ;; esac
    [ -n "$slice" ] && [ "$findings" = 0 ] && [ $((seconds - $(spent) + began)) -gt 0 ] || break
  done
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%FT%TZ)" "$commit" "$target" "$executions" "$(($(spent) - began))" "$findings" |
    tee -a "$record"
  if [ -z "$slice" ] || [ "$findings" -gt 0 ]; then
    total=$((total + 1))
    tail -n 30 "$work/$target.log" >&2
  fi
done
[ "$total" = 0 ]
