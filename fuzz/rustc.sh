#!/usr/bin/env bash
# Stands before rustc for the crates of this workspace alone (RUSTC_WORKSPACE_WRAPPER): they count which branches an input
# takes and what it is compared with. Dependencies are those of an ordinary build, and the stable toolchain is enough.
set -euo pipefail
rustc=$1
shift
# Questions about the compiler carry no crate.
case " $* " in
*" --crate-name ___ "* | *" -vV "*) exec "$rustc" "$@" ;;
esac
exec "$rustc" "$@" \
  -Copt-level="${SVERKA_FUZZ_OPT:-1}" -Cstrip=none -Cdebuginfo=line-tables-only -Cdebug-assertions=on -Coverflow-checks=on \
  -Cpasses=sancov-module \
  -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
