#!/usr/bin/env bash
# Backs up a node's data directory into one archive, while the node runs or not:
#   backup.sh <data directory> <archive.tar.gz>
# What was acknowledged before this began is in the archive. It also holds the keys of the endpoints' secrets: guard it like them.
set -euo pipefail
umask 077

fail() { printf 'backup.sh: %s\n' "$*" >&2; exit 1; }

[ $# = 2 ] || fail "usage: backup.sh <data directory> <archive.tar.gz>"
data=$1 archive=$2
command -v sqlite3 >/dev/null || fail "sqlite3 is missing (Debian, Ubuntu: apt-get install sqlite3; Fedora: dnf install sqlite)"
[ -f "$data/dms.db" ] || fail "$data is no data directory of a node: it has no dms.db"
[ ! -e "$archive" ] || fail "$archive is there already"

work=$(mktemp -d "$(dirname "$archive")/.backup-XXXXXX")
trap 'rm -rf "$work"' EXIT

# One read transaction, so that a node that goes on writing neither disturbs it nor is disturbed; .backup would start again at each write.
# The statement takes no parameters: run inside the directory, so that no path has to be quoted into it.
data=$(cd "$data" && pwd)
(cd "$work" && sqlite3 -bail -cmd '.timeout 30000' "$data/dms.db" "VACUUM INTO 'dms.db'")
[ "$(sqlite3 "$work/dms.db" 'PRAGMA integrity_check')" = ok ] || fail "the copy of $data/dms.db is damaged; nothing was written"

# After the database: a key is there before anything is encrypted with it.
mkdir "$work/keys"
find "$data/keys" -maxdepth 1 -name '*.xml' -exec cp -p {} "$work/keys/" \; 2>/dev/null || true

tar -czf "$work/archive" -C "$work" dms.db keys
sync "$work/archive"
mv "$work/archive" "$archive"
sync "$(dirname "$archive")"
