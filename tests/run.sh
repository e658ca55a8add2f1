#!/usr/bin/env bash
# Runs all tests. Installs what they need and is missing: Chromium and LibreOffice (the report and the workbook are
# opened for real), curl and jq (scripts are run against local servers), PostgreSQL and SQLite (a server of a test on
# loopback; so are scripts in SQL), a linter for 1C, npm (for axe-core, which goes into the cache of the user).
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v soffice >/dev/null || missing+=(libreoffice-calc)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
command -v curl >/dev/null || missing+=(curl)
command -v jq >/dev/null || missing+=(jq)
command -v sqlite3 >/dev/null || missing+=(sqlite3)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Install these programs and run again: ${missing[*]}" >&2
    exit 2
  fi
fi

# The linter asks for a newer Python than it needs.
linter=target/tools/bsl
if [ ! -x "$linter/bin/onec-hbk-bsl" ]; then
  python3 -m venv "$linter"
  "$linter/bin/pip" install --quiet --ignore-requires-python 'onec-hbk-bsl-core==0.8.53'
fi
# The checker of accessibility that runs inside Chromium.
axe_version=4.14.1
axe="${XDG_CACHE_HOME:-$HOME/.cache}/sverka-tests/axe-core-$axe_version"
if [ ! -f "$axe/node_modules/axe-core/axe.min.js" ]; then
  npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix "$axe" "axe-core@$axe_version"
fi
export SVERKA_AXE="$axe/node_modules/axe-core/axe.min.js"

# With the tools at hand a test that skips itself has failed.
export SVERKA_REQUIRE_TOOLS=1
cargo test --locked "$@"
