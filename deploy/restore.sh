#!/usr/bin/env bash
# Puts an archive of backup.sh into a data directory whose node does not run:
#   restore.sh [--replace] <archive.tar.gz> <data directory>
# With --replace a database that is there is moved aside, into replaced-<time> in the same directory. Nothing is deleted.
set -euo pipefail
umask 077

fail() { printf 'restore.sh: %s\n' "$*" >&2; exit 1; }

replace=
if [ "${1-}" = --replace ]; then
  replace=1
  shift
fi
[ $# = 2 ] || fail "usage: restore.sh [--replace] <archive.tar.gz> <data directory>"
archive=$1 data=$2
command -v sqlite3 >/dev/null || fail "sqlite3 is missing (Debian, Ubuntu: apt-get install sqlite3; Fedora: dnf install sqlite)"
command -v flock >/dev/null || fail "flock is missing (it is part of util-linux)"
[ -f "$archive" ] || fail "there is no $archive"
mkdir -p "$data"

# The node's own lock: held here until the end, no node starts meanwhile.
exec 9>>"$data/dms.lock"
flock --nonblock 9 || fail "a node is running on $data: stop it first"
[ ! -e "$data/dms.db" ] || [ -n "$replace" ] || fail "$data holds a database already; --replace moves it aside"

work=$(mktemp -d "$data/.restore-XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work" --no-same-owner dms.db keys || fail "$archive is no archive of backup.sh"
[ "$(sqlite3 "$work/dms.db" 'PRAGMA integrity_check')" = ok ] || fail "the database in $archive is damaged; nothing was changed"

aside=$data/replaced-$(date -u +%Y%m%dT%H%M%SZ)
for old in dms.db dms.db-wal dms.db-shm keys; do
  [ -e "$data/$old" ] || continue
  mkdir -p "$aside"
  mv "$data/$old" "$aside/"
done
# The owner of the directory is who the node runs as.
[ "$(id -u)" != 0 ] || chown -R --reference="$data" "$work/dms.db" "$work/keys" "$data/dms.lock"
sync "$work/dms.db"
mv "$work/keys" "$data/keys"
mv "$work/dms.db" "$data/dms.db"
sync "$data"
