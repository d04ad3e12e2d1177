#!/bin/sh
# Installs rebaloop on a Debian (or its like) with Python 3.11 or newer, brings it up to date, rolls back, takes it away.
#
#   install.sh [--with alpaca,schwab,charts] [--wheels DIR] [--cron]    install, or upgrade; safe to repeat
#   install.sh --rollback                                               the release before, with its ledger if need be
#   install.sh --uninstall [--purge]                                    keeps settings, ledger and letters, unless --purge
#
# ROOT=DIR puts everything below DIR and starts nothing, for images and tests.
set -eu
umask 022

here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
ROOT=${ROOT:-}
opt=$ROOT/opt/rebaloop
etc=$ROOT/etc/rebaloop
state=$ROOT/var/lib/rebaloop
units=$ROOT/etc/systemd/system
program=$ROOT/usr/local/bin/rebaloop
cron=$ROOT/etc/cron.d/rebaloop
extras=alpaca,schwab
wheels=
action=install
purge=
with_cron=

say() { printf '%s\n' "$*"; }
stop() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --with) shift; extras=${1-} ;;
    --wheels) shift; wheels=$(CDPATH= cd -- "${1-}" && pwd) || stop "there is no folder ${1-}" ;;
    --cron) with_cron=yes ;;
    --rollback) action=rollback ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) stop "what is $1? See install.sh --help" ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || [ -n "$ROOT" ] || stop "run it as root: sudo $0"
if [ -n "$purge" ] && [ "$action" != uninstall ]; then stop "--purge goes with --uninstall"; fi

systemd_runs() { [ -z "$ROOT" ] && [ -d /run/systemd/system ]; }
may_own() { [ -z "$ROOT" ]; }

# --- parts of an installation ----------------------------------------------------------------------------------------

find_python() {
  for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys, ensurepip, venv, sqlite3; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$python" -c 'import zoneinfo; zoneinfo.ZoneInfo("America/New_York")' 2>/dev/null ||
        stop "$python knows no time zones: apt-get install tzdata"
      return
    fi
  done
  stop "Python 3.11 or newer with venv is needed: apt-get install python3 python3-venv"
}

make_user() {
  may_own || return 0
  id rebaloop >/dev/null 2>&1 && return
  if command -v systemd-sysusers >/dev/null; then
    install -D -m 644 "$here/deploy/rebaloop.sysusers" /usr/lib/sysusers.d/rebaloop.conf
    systemd-sysusers /usr/lib/sysusers.d/rebaloop.conf
  else
    useradd --system --user-group --home-dir /var/lib/rebaloop --shell /usr/sbin/nologin rebaloop
  fi
  say "user rebaloop made"
}

folder() { # MODE OWNER FOLDER
  mkdir -p "$3"
  chmod "$1" "$3"
  if may_own; then chown "$2" "$3"; fi
}

make_folders() {
  folder 755 root:root "$opt"
  folder 755 root:root "$opt/releases"
  folder 755 root:root "$etc"
  folder 700 rebaloop:rebaloop "$etc/credentials"
  folder 700 rebaloop:rebaloop "$state"
  folder 700 rebaloop:rebaloop "$state/backups"
  if [ ! -e "$etc/household.yaml" ]; then
    # The service may write below its state alone, so that is where tokens lie.
    sed 's|token: \([a-z]*\.token\.json\)|token: /var/lib/rebaloop/\1|' \
      "$here/config/household.example.yaml" >"$etc/household.yaml"
    say "wrote an example: /etc/rebaloop/household.yaml"
  fi
  chmod 640 "$etc/household.yaml"
  if may_own; then chown root:rebaloop "$etc/household.yaml"; fi
}

# The lines of requirements.lock, hashes and all, of the packages in these sections of packages.txt.
locked() {
  awk -v wanted=" $* " '
    FNR == NR { if (index(wanted, " " $1 " ")) take[$2] = 1; next }
    /^[a-zA-Z0-9]/ { split($0, name, "=="); on = name[1] in take }
    on' "$here/deploy/packages.txt" "$here/requirements.lock"
}

pip_install() { # PYTHON LOCK [OPTIONS]
  pip_python=$1
  pip_lock=$2
  shift 2
  if [ -n "$wheels" ]; then set -- "$@" --no-index -f "$wheels"; fi
  "$pip_python" -m pip install -q --disable-pip-version-check --no-cache-dir --root-user-action=ignore \
    --require-hashes --no-deps --only-binary :all: -r "$pip_lock" "$@"
}

sources() { (cd "$here" && find bot adapters config deploy pyproject.toml requirements.lock README.md LICENSE \
  -type f ! -path '*/__pycache__/*' | LC_ALL=C sort); }

release_name() {
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/pyproject.toml" | head -n 1)
  digest=$( (cd "$here" && sources | xargs sha256sum; say "$extras") | sha256sum | cut -c 1-8)
  say "$version-$digest"
}

build_release() { # NAME
  release=$opt/releases/$1
  if [ -e "$release/.complete" ]; then return; fi
  say "building release $1"
  rm -rf "$release"
  mkdir -p "$release"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  (cd "$here" && sources | tar -cf - -T -) | tar -xf - -C "$release" --no-same-owner
  "$python" -m venv "$release/.venv"
  inside=$release/.venv/bin/python
  # shellcheck disable=SC2046,SC2086 # the names are single words
  locked base $(say "$extras" | tr ',' ' ') >"$scratch/packages"
  pip_install "$inside" "$scratch/packages"
  locked build >"$scratch/build"
  pip_install "$inside" "$scratch/build" --target "$scratch/tools"
  (cd "$release" && PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$scratch/tools "$inside" -m hatchling build -t wheel -d "$scratch/dist" >/dev/null 2>&1) ||
    stop "the wheel could not be built"
  "$inside" -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --no-index "$scratch"/dist/*.whl
  "$inside" -m pip check >/dev/null || stop "packages of the lock do not fit together: $("$inside" -m pip check)"
  "$inside" -m compileall -q "$release/.venv/lib" >/dev/null 2>&1 || true
  touch "$release/.complete"
  rm -rf "$scratch"
}

# A link takes the place of another in one step.
point() { # LINK TARGET
  ln -sfn "$2" "$1.new"
  mv -fT "$1.new" "$1"
}

place_files() {
  install -D -m 755 "$here/deploy/rebaloop.sh" "$program"
  if [ -d "$ROOT/lib/systemd" ] || [ -d "$ROOT/usr/lib/systemd" ] || [ -n "$ROOT" ]; then
    for unit in rebaloop.service rebaloop-due.service rebaloop-due.timer; do
      install -D -m 644 "$here/deploy/$unit" "$units/$unit"
    done
  fi
  if [ -n "$with_cron" ]; then install -D -m 644 "$here/deploy/rebaloop.cron" "$cron"; fi
}

running_units() {
  systemd_runs || return 0
  for unit in rebaloop.service rebaloop-due.timer; do
    if systemctl is-active --quiet "$unit"; then say "$unit"; fi
  done
}

schema() { # LEDGER
  "$opt/current/.venv/bin/python" -c '
import sqlite3, sys
books = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
print(books.execute("PRAGMA user_version").fetchone()[0])' "$1"
}

as_user() { if may_own; then "$program" "$@"; else REBALOOP_LEDGER=$state/ledger.sqlite3 REBALOOP_LETTERS=$state/letters \
  REBALOOP_SETTINGS=$etc/household.yaml CREDENTIALS_DIRECTORY=$etc/credentials "$opt/current/.venv/bin/rebaloop" "$@"; fi; }

# --- the three actions -----------------------------------------------------------------------------------------------

install_release() {
  find_python
  make_user
  make_folders
  name=$(release_name)
  before=$(readlink "$opt/current" 2>/dev/null || true)
  build_release "$name"
  started=$(running_units)
  if [ "$before" != "releases/$name" ]; then
    if [ -n "$started" ]; then systemctl stop $started; fi
    keep_ledger
    if [ -n "$before" ]; then point "$opt/previous" "$before"; fi
    point "$opt/current" "releases/$name"
    place_files
    bring_ledger_up
  else
    place_files
  fi
  if systemd_runs; then
    systemctl daemon-reload
    if [ -n "$started" ]; then systemctl start $started; fi
  fi
  drop_old
  say "release $name is in place"
  tell_next
}

# The books as the release before them left them.
keep_ledger() {
  rm -f "$opt/ledger-before"
  if [ ! -e "$state/ledger.sqlite3" ] || [ ! -e "$opt/current" ]; then return; fi
  copy=$state/backups/before-$name-$(date -u +%Y%m%dT%H%M%SZ).sqlite3
  as_user backup "$copy" || stop "the ledger could not be copied; nothing was changed"
  say "$copy" >"$opt/ledger-before"
}

bring_ledger_up() {
  if [ ! -e "$state/ledger.sqlite3" ]; then return; fi
  as_user history --json >/dev/null && return
  say "the new release cannot open the ledger: rolling back" >&2
  roll_back
  exit 1
}

roll_back() {
  now=$(readlink "$opt/current" 2>/dev/null) || stop "nothing is installed"
  before=$(readlink "$opt/previous" 2>/dev/null) || stop "there is no release before this one"
  [ -e "$opt/$before/.complete" ] || stop "the release before this one is gone: $before"
  started=$(running_units)
  if [ -n "$started" ]; then systemctl stop $started; fi
  copy=$(cat "$opt/ledger-before" 2>/dev/null || true)
  if [ -n "$copy" ] && [ -e "$copy" ] && [ "$(schema "$state/ledger.sqlite3")" != "$(schema "$copy")" ]; then
    say "the ledger has a newer schema: the copy from before the upgrade comes back"
    as_user halt --because "rolled back to ${before#releases/}: look at your broker before you resume"
    as_user restore "$copy" --yes
  fi
  point "$opt/current" "$before"
  rm -f "$opt/previous" "$opt/ledger-before"
  for file in rebaloop.service rebaloop-due.service rebaloop-due.timer; do
    if [ -e "$units/$file" ]; then install -m 644 "$opt/$before/deploy/$file" "$units/$file"; fi
  done
  install -D -m 755 "$opt/$before/deploy/rebaloop.sh" "$program"
  if systemd_runs; then
    systemctl daemon-reload
    if [ -n "$started" ]; then systemctl start $started; fi
  fi
  say "rolled back from ${now#releases/} to ${before#releases/}"
  say "next: rebaloop doctor"
}

# Of the releases that nothing points at the newest stays.
drop_old() {
  kept="$(readlink "$opt/current") $(readlink "$opt/previous" 2>/dev/null || true)"
  for old in "$opt"/releases/*; do
    case " $kept " in *" releases/${old##*/} "*) ;; *) rm -rf "$old" ;; esac
  done
}

tell_next() {
  say "next: put secrets into /etc/rebaloop/credentials (see deploy/README.md), then edit /etc/rebaloop/household.yaml"
  say "then: rebaloop config check; rebaloop doctor"
  if systemd_runs; then
    say "then: systemctl enable --now rebaloop.service (with the page), or rebaloop-due.timer (without)"
  elif [ -n "$with_cron" ]; then
    say "systemd does not run here, so no unit was started; cron does the same: $cron"
  else
    say "systemd does not run here, so no unit can be started. In place of it: install.sh --cron"
  fi
}

uninstall() {
  if systemd_runs; then
    systemctl disable --now rebaloop.service rebaloop-due.timer 2>/dev/null || true
  fi
  rm -f "$units/rebaloop.service" "$units/rebaloop-due.service" "$units/rebaloop-due.timer" "$program" "$cron"
  rm -rf "$opt"
  if systemd_runs; then systemctl daemon-reload; fi
  if [ -z "$purge" ]; then
    say "rebaloop is gone; /etc/rebaloop and /var/lib/rebaloop (ledger, letters, backups) stay: --purge takes them too"
    return
  fi
  rm -rf "$etc" "$state"
  if may_own; then
    rm -f /usr/lib/sysusers.d/rebaloop.conf
    if id rebaloop >/dev/null 2>&1; then userdel rebaloop 2>/dev/null || say "the user rebaloop stays: something of it runs"; fi
  fi
  say "rebaloop, its settings, ledger and letters are gone"
}

case $action in
  install) install_release ;;
  rollback) roll_back ;;
  uninstall) uninstall ;;
esac
