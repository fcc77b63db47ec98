#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs the Debian packages that a job needs, and only those that are
# missing: a second run asks dpkg and does nothing else.
#
#     tests/setup.sh run          to use the plugin
#     tests/setup.sh build run    to build it as well
#     tests/setup.sh test         what tests/run.sh needs
#     tests/setup.sh fuzz         what the fuzzers need besides
#
# Called by tests/run.sh and examples/quickstart.sh. Wants root or sudo where
# something is missing. On a system without apt it says what to install.

set -eu

BUILD='gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libsoup-3.0-dev
  libjson-glib-dev nettle-dev libsqlite3-dev'
# TLS of GIO is a module that nothing depends on.
RUN='gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad glib-networking ca-certificates'
# The origin that stands in for the web, and what makes its media.
ORIGIN='python3 ffmpeg libgnutls28-dev libnghttp2-dev'
# A network of its own, for the tests that do without a proxy; a browser, and
# what tells it whom to trust; encrypted media.
TEST='iproute2 util-linux chromium libnss3-tools openssl tmux
  man-db libimage-exiftool-perl mediainfo'
# libFuzzer is in the runtime library, which clang only recommends.
FUZZ='clang libclang-rt-14-dev'

wanted=
for job in "$@"; do
  case $job in
    build) wanted="$wanted $BUILD" ;;
    run) wanted="$wanted $RUN" ;;
    origin) wanted="$wanted $ORIGIN" ;;
    test) wanted="$wanted $BUILD $RUN $ORIGIN $TEST" ;;
    fuzz) wanted="$wanted $FUZZ" ;;
    *) echo "usage: $0 build|run|origin|test|fuzz…" >&2; exit 1 ;;
  esac
done

is_installed () {
  dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null |
    grep -q '^installed'
}

if ! command -v dpkg-query >/dev/null; then
  echo "No Debian: see to these packages, or what they are called here:"
  echo "$wanted" | tr -s ' \n' ' '; echo
  exit 0
fi

missing=
for package in $wanted; do
  is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
if [ "$(id -u)" = 0 ]; then
  as_root='env'
elif command -v sudo >/dev/null; then
  as_root='sudo env'
else
  echo "Neither root nor sudo. As root, run: apt-get install$missing" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
# Not quoted: words are meant.
# shellcheck disable=SC2086
if ! { $as_root DEBIAN_FRONTEND=noninteractive apt-get -q update &&
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y \
      --no-install-recommends install $missing; } >"$log" 2>&1 </dev/null; then
  tail -n 40 "$log" >&2
  echo "apt-get failed; its last words are above." >&2
  exit 1
fi
