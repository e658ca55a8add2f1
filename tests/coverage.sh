#!/usr/bin/env bash
# Line coverage of the tests by LLVM: tests/coverage.sh [filter of tests…]
#
# Only the crates of this workspace are instrumented, so that dependencies are those of an ordinary `cargo test`. Needs
# llvm-profdata and llvm-cov of LLVM 19 or newer (Debian: llvm-19), or others named by LLVM_PROFDATA and LLVM_COV. Writes
# target/coverage/lines.txt, a line a file: covered lines, all lines, per cent, with the least covered first. Build nothing else here
# meanwhile: profiles of a program that was built anew while the tests ran count for nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$PWD/target/coverage
if [ "${1:-}" = --rustc ]; then
  # This script again, as what stands before rustc.
  rustc=$2
  shift 2
  case " $* " in *" --crate-name ___ "* | *" -vV "*) exec "$rustc" "$@" ;; esac
  exec "$rustc" "$@" -Cinstrument-coverage
fi
for tool in profdata cov; do
  name=LLVM_$(echo $tool | tr a-z A-Z)
  if [ -z "${!name:-}" ]; then
    found=$(compgen -c "llvm-$tool-" | grep -E '^llvm-(profdata|cov)-[0-9]+$' | sort -t- -k3 -n | tail -1)
    [ -n "$found" ] && [ "${found##*-}" -ge 19 ] || { echo "needed: llvm-$tool of LLVM 19 or newer" >&2; exit 2; }
    declare "$name=$found"
  fi
done
rm -rf "$work"
mkdir -p "$work/profiles"
wrapper=$work/rustc
printf '#!/usr/bin/env bash\nexec "%s" --rustc "$@"\n' "$PWD/tests/coverage.sh" >"$wrapper"
chmod +x "$wrapper"
export RUSTC_WORKSPACE_WRAPPER=$wrapper CARGO_INCREMENTAL=0 LLVM_PROFILE_FILE=$work/profiles/%p-%m.profraw
cargo test --locked --no-run --message-format=json "$@" 2>/dev/null |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | sort -u >"$work/binaries"
cargo test --locked "$@" || echo "some tests failed; what they covered counts" >&2
# Tests kill the program while it works, and one that is killed while it writes its profile leaves half of it: such a profile is
# named and left out.
find "$work/profiles" -name '*.profraw' >"$work/profiles.txt"
"$LLVM_PROFDATA" merge -sparse --failure-mode=all -f "$work/profiles.txt" -o "$work/all.profdata"
mapfile -t objects < <(sed 's/^/--object=/' "$work/binaries")
"$LLVM_COV" export --summary-only --instr-profile="$work/all.profdata" --sources src "${objects[@]}" >"$work/summary.json" ||
  "$LLVM_COV" export --summary-only --instr-profile="$work/all.profdata" "${objects[@]}" >"$work/summary.json"
jq -r --arg root "$PWD/" '.data[0] | (.files[] | select(.filename | startswith($root + "src/"))
  | [.summary.lines.covered, .summary.lines.count, .summary.lines.percent, (.filename | ltrimstr($root))]) | @tsv' \
  "$work/summary.json" | sort -t$'\t' -k3 -n >"$work/lines.txt"
awk -F'\t' '{ c += $1; n += $2 } END { printf "lines covered: %d of %d, %.1f %%\n", c, n, 100 * c / n }' "$work/lines.txt"
head -n 25 "$work/lines.txt"
