#!/usr/bin/env bash
# The one test command. Fetches what the tests need beyond the .NET SDK and is not there yet, runs them all, and ends with one line:
#   N passed, N failed, N skipped
# Exit code 0 only when nothing failed and something ran. What cannot be had is said, and the tests that need it are skipped; with
# CI=true they fail instead. Downloads lie in tests/.cache, results in tests/.cache/results.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$root/tests/.cache
results=$cache/results

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off
export AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true

say() { printf 'run.sh: %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# Older ones know DMS, but not its serverless operations; asking for a skeleton needs no network and no credentials.
has_aws() { has aws && aws dms describe-replications --generate-cli-skeleton --region us-east-1 >/dev/null 2>&1; }
has_boto() { python3 -c 'import boto3' 2>/dev/null || /usr/bin/python3 -c 'import boto3' 2>/dev/null; }
has_node() { has npm && has node && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null; }

# Package names of Debian and Ubuntu for what is missing here.
missing_packages() {
  has script || echo bsdutils
  has sqlite3 || echo sqlite3
  has flock || echo util-linux
  has_aws || has_node || echo nodejs npm
  has_boto || echo python3-boto3
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif ! has sudo; then
    return 1
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

install_missing() {
  local packages
  packages=$(missing_packages | xargs)
  [ -n "$packages" ] || return 0
  if ! has apt-get; then
    say "missing here: $packages (names of Debian packages). Install what they stand for; the tests that need it are skipped."
    return 0
  fi
  say "installing $packages"
  # Word splitting is wanted: one argument for each package.
  # shellcheck disable=SC2086
  as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null ||
    say "could not install $packages (this takes root or sudo, and the network); the tests that need it are skipped."
}

# The AWS SDK for JavaScript, of the pinned version, beside no other project's modules.
install_javascript_client() {
  local clients=$cache/clients
  has_node || return 0
  if cmp -s "$root/tests/clients/package-lock.json" "$clients/installed"; then
    return 0
  fi
  mkdir -p "$clients" && cp "$root"/tests/clients/package*.json "$clients" || return 0
  say "fetching the AWS SDK for JavaScript"
  if (cd "$clients" && npm ci --no-audit --no-fund --loglevel=error >/dev/null); then
    cp "$clients/package-lock.json" "$clients/installed"
  else
    say "could not fetch it (is the package registry within reach?); the tests that need it are skipped."
  fi
}

# An attribute of the one <Counters …/> in the results; 0 when there are none.
counted() {
  sed -n "s/.*<Counters [^>]*$1=\"\([0-9]*\)\".*/\1/p" "$results/results.trx" 2>/dev/null | head -n 1 | grep . || echo 0
}

main() {
  if ! has dotnet; then
    say "dotnet is missing: install the .NET SDK that $root/global.json names."
    return 1
  fi
  install_missing
  install_javascript_client
  rm -rf "$results"
  # A test that hangs is named and ended, instead of holding everything up for ever.
  dotnet test "$root/tests/DmsOrleans.Tests" -c Release --results-directory "$results" \
    --logger 'console;verbosity=normal' --logger 'trx;LogFileName=results.trx' \
    --blame-hang --blame-hang-timeout 8min --blame-hang-dump-type none |
    grep -v '^  Passed '
  return "${PIPESTATUS[0]}"
}

main
code=$?
passed=$(counted passed)
failed=$(counted failed)
total=$(counted total)
if [ "$code" = 0 ] && { [ "$passed" = 0 ] || [ "$failed" != 0 ]; }; then
  code=1
elif [ "$code" != 0 ] && [ "$failed" = 0 ]; then
  say "no test failed, but the run did: see above."
fi
echo "$passed passed, $failed failed, $((total - passed - failed)) skipped"
exit "$code"
