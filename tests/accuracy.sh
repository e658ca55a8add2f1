#!/usr/bin/env bash
# How right matching is, as tables: invented projects with their truth and traps, and public sets of labelled pairs.
#
# tests/accuracy.sh [ROWS:SEEDS ...]      sizes and seeds; default 200:1-8 2000:1-10 50000:1-10
# tests/accuracy.sh --sets DIR            sets in DIR/febrl4 and DIR/fodors-zagats: left.csv, right.csv, truth.csv
#
# Exit code 1 when a trap was merged or a goal was missed. SVERKA names the program; without it target/release/sverka is built.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in jq; do command -v "$tool" >/dev/null || { echo "needs $tool" >&2; exit 2; }; done
if [ -z "${SVERKA:-}" ]; then
  cargo build --release --quiet
  SVERKA=target/release/sverka
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# measure PROJECT TRUTH [TRAPS]: figures of one project as JSON.
measure() {
  "$SVERKA" evaluate "$1" --truth "$2" ${3:+--traps "$3"} --json | jq -c '{
    pairs: .true_pairs, auto, shown: .auto_and_review, traps: (.traps.pairs // 0), merged: (.traps.merged // 0)
  }'
}

# row NAME JSON
row() {
  jq -rn --arg name "$1" --argjson f "$2" '
    def r: . * 10000 | round / 10000;
    [$name, $f.pairs, $f.traps, $f.merged, ($f.auto.precision | r), ($f.auto.recall | r), ($f.auto.f1 | r),
     ($f.shown.recall | r), ($f.shown.f1 | r)] | "| " + (map(tostring) | join(" | ")) + " |"'
}

head_of_table() {
  printf '| %s | pairs | traps | merged | precision, auto | recall, auto | F1, auto | recall with review | F1 with review |\n' "$1"
  echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|'
}

# goal JSON CONDITION MESSAGE
goal() {
  if ! jq -en --argjson f "$1" "\$f | $2" >/dev/null; then
    echo "missed: $3" >&2
    failed=1
  fi
}

if [ "${1:-}" = --sets ]; then
  sets=${2:?folder}
  project() {
    local name=$1 entity=$2 left=$3 right=$4
    mkdir -p "$work/$name"
    cp "$sets/$name"/{left,right,truth}.csv "$work/$name/"
    for side in crm:left:"$left" onec:right:"$right"; do
      IFS=: read -r system file columns <<<"$side"
      printf '[[source]]\nside = "%s"\nentity = "%s"\npath = "%s.csv"\n[source.columns]\n%b\n' \
        "$system" "$entity" "$file" "$columns"
    done | { printf '[project]\nname = "%s"\n' "$name"; cat; } >"$work/$name/sverka.toml"
  }
  persons='id = "id"\nfirst_name = "given_name"\nlast_name = "surname"\nbirth_date = "date_of_birth"\ndocument = "soc_sec_id"\naddress = ["street_number", "address_1", "address_2", "suburb", "postcode", "state"]'
  firms='id = "id"\nname = "name"\naddress = ["addr", "city"]\nphone = "phone"'
  head_of_table set
  project febrl4 contact "$persons" "$persons"
  found=$(measure "$work/febrl4" "$work/febrl4/truth.csv")
  row febrl4 "$found"
  goal "$found" '.shown.f1 >= 0.9995' 'febrl4: F1 with review'
  project fodors-zagats counterparty "$firms" "$firms"
  found=$(measure "$work/fodors-zagats" "$work/fodors-zagats/truth.csv")
  row fodors-zagats "$found"
  goal "$found" '.shown.f1 >= 0.97' 'fodors-zagats: F1 with review'
  exit $failed
fi

[ $# -gt 0 ] || set -- 200:1-8 2000:1-10 50000:1-10
head_of_table 'rows, seed'
for run in "$@"; do
  rows=${run%%:*}
  seeds=${run#*:}
  all='[]'
  for seed in $(seq "${seeds%-*}" "${seeds#*-}"); do
    rm -rf "$work/world"
    "$SVERKA" generate --rows "$rows" --seed "$seed" --out "$work/world" >/dev/null
    found=$(measure "$work/world" "$work/world/truth.csv" "$work/world/traps.csv")
    row "$rows, $seed" "$found"
    all=$(jq -c --argjson f "$found" '. + [$f]' <<<"$all")
    goal "$found" '.merged == 0' "$rows rows, seed $seed: a trap was merged"
    goal "$found" '.auto.precision >= 0.999' "$rows rows, seed $seed: precision of automatic links"
  done
  mean=$(jq -c '{pairs: (map(.pairs) | add), traps: (map(.traps) | add), merged: (map(.merged) | add)} as $sum
    | def mean(f): (map(f) | add) / length;
    $sum + {auto: {precision: mean(.auto.precision), recall: mean(.auto.recall), f1: mean(.auto.f1)},
            shown: {recall: mean(.shown.recall), f1: mean(.shown.f1)}}' <<<"$all")
  row "**$rows, mean**" "$mean"
  # A world of few rows has few pairs: there the mean counts.
  goal "$mean" '.auto.recall >= 0.93' "$rows rows: automatic recall"
  goal "$mean" '.shown.recall >= 0.97' "$rows rows: recall with review"
done
exit $failed
