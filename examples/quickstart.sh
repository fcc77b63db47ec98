#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From nothing to a video, on a bare Debian 12:
#
#     examples/quickstart.sh              a Pin of the site that comes with us
#     examples/quickstart.sh URL          a Pin of the real site
#     examples/quickstart.sh URL FOLDER   … into that folder, not this one
#
# Installs what is missing, builds into build/, runs one gst-launch-1.0 line,
# and shows the line, the file, its streams, and one frame as a picture. With
# no URL, a program of the tests stands in for the web: real addresses and real
# TLS, on this machine only. A second run installs, builds and makes nothing
# that is there. PIN_BUILD names another build folder.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${PIN_BUILD:-$root/build}
url=${1:-}
folder=${2:-.}
origin_pid=
unfinished=
scratch=$(mktemp -d)

bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi

say () {
  printf '\n%s== %s%s\n' "$bold" "$*" "$plain"
}

finish () {
  if [ -n "$origin_pid" ]; then
    kill "$origin_pid" 2>/dev/null || true
    wait "$origin_pid" 2>/dev/null || true
  fi
  rm -rf "$scratch"
  [ -z "$unfinished" ] || rm -f "$unfinished"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# quietly COMMAND…: shows what it printed only where it fails.
quietly () {
  "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
}

build_all () {
  if [ ! -f "$build/build.ninja" ]; then
    quietly meson setup "$build" "$root"
  fi
  quietly meson compile -C "$build" gstpin pin-origin
}

# Makes the site, starts the program that serves it, and sets url and options.
start_origin () {
  quietly python3 -B "$root/tests/origin/make-site.py" "$build/site"
  mkfifo "$scratch/ready" "$scratch/leash"
  "$build/tests/origin/pin-origin" --root "$build/site" \
    --ca-file "$scratch/ca.pem" --exit-with-parent \
    <"$scratch/leash" >"$scratch/ready" &
  origin_pid=$!
  exec 3>"$scratch/leash"               # it ends when we do, however we do
  read -r ready <"$scratch/ready"
  proxy=$(echo "$ready" | sed 's/.*"proxy" *: *"\([^"]*\)".*/\1/')
  url=$(python3 -c 'import json, sys
for pin in json.load(open(sys.argv[1])):
    if pin["name"] == "cmaf":
        print(pin["url"])' "$build/site/catalog.json")
  set -- "proxy=$proxy" "tls-ca-file=$scratch/ca.pem"
  options="$*"
}

# The number in a Pin's address, or else what its last part has to offer.
name_of () {
  path=${1%%[?#]*}
  path=${path%/}
  number=$(printf '%s' "${path##*/}" | grep -oE '[0-9]{6,}$' || true)
  printf 'pin-%s' "${number:-$(printf '%s' "${path##*/}" | tr -cd '[:alnum:]')}"
}

say "Packages"
"$root/tests/setup.sh" build run origin
echo "all there"

say "Build into $build"
build_all
echo "done"

options=
if [ -z "$url" ]; then
  say "A site of our own, in place of the web"
  start_origin
  echo "served as $proxy"
fi

mkdir -p "$folder"
video=$folder/$(name_of "$url").mp4
picture=${video%.mp4}.jpg
export GST_PLUGIN_PATH="$build/gst/elements"
export GST_REGISTRY="$build/registry.bin"

say "The pipeline"
echo "export GST_PLUGIN_PATH=$GST_PLUGIN_PATH"
echo "gst-launch-1.0 pinsrc location=$url${options:+ $options} !" \
  "pinmp4bin ! filesink location=$video"
rm -f "$video" "$picture"
unfinished=$video
# Not quoted: words are meant.
# shellcheck disable=SC2086
gst-launch-1.0 -q pinsrc location="$url" $options ! pinmp4bin ! \
  filesink location="$video"
unfinished=

say "The file"
ls -l "$video"
shown=stream=codec_type,codec_name,width,height,nb_frames
shown=$shown:format=duration:format_tags=title,artist,comment
ffprobe -v error -show_entries "$shown" -of compact "$video"

middle=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$video" |
  awk '{ print $1 / 2 }')
ffmpeg -v error -y -ss "$middle" -i "$video" -map 0:v:0 -frames:v 1 \
  -update 1 "$picture"

say "One frame of it"
ls -l "$picture"
