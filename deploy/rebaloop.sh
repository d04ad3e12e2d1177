#!/bin/sh
# Installed as /usr/local/bin/rebaloop: every command as the user rebaloop, with the settings and books of the service.
set -eu
state=/var/lib/rebaloop
export REBALOOP_SETTINGS="${REBALOOP_SETTINGS:-/etc/rebaloop/household.yaml}"
export REBALOOP_LEDGER="${REBALOOP_LEDGER:-$state/ledger.sqlite3}"
export REBALOOP_LETTERS="${REBALOOP_LETTERS:-$state/letters}"
export CREDENTIALS_DIRECTORY="${CREDENTIALS_DIRECTORY:-/etc/rebaloop/credentials}"
export PYTHONDONTWRITEBYTECODE=1
umask 077
PATH=$PATH:/usr/sbin:/sbin # where runuser is, also under cron
program=/opt/rebaloop/current/.venv/bin/rebaloop
if [ "$(id -un)" = rebaloop ]; then
  exec "$program" "$@"
fi
if [ "$(id -u)" != 0 ]; then
  echo "rebaloop runs as the user rebaloop: sudo rebaloop $*" >&2
  exit 2
fi
# A folder that the user cannot enter would confuse it.
cd "$state"
exec runuser -u rebaloop -- "$program" "$@"
