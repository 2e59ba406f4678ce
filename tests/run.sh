#!/usr/bin/env bash
# The one test command.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet test tests/DmsOrleans.Tests -c Release
