#!/usr/bin/env bash
# Runs all tests. Installs what they need and is missing: Chromium and LibreOffice (the report and the workbook are
# opened for real), curl and jq (the Bitrix24 script is run against a local server), npm (for axe-core, which goes into the
# cache of the user, not into the tree).
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v soffice >/dev/null || missing+=(libreoffice-calc)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
command -v curl >/dev/null || missing+=(curl)
command -v jq >/dev/null || missing+=(jq)
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
