#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what the tests need, builds, runs them all, says what failed, and
# ends with the line "N passed, N failed, N skipped". Exit status 0 only where
# something passed and nothing failed.
#
#     tests/run.sh                 everything: plain, with sanitizers, the fuzzers
#     tests/run.sh --plain         only the first part
#     tests/run.sh --asan          only the second part
#     tests/run.sh --fuzz          only the third: up to a minute of each fuzzer
#     tests/run.sh --only 'GLOB'   only the test programs of that name
#
# The plain build treats warnings as errors. The second build is made with
# AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer; there the C
# tests run again, and those end-to-end tests that are in the suite "sanitize".
# The third is made with clang and libFuzzer. The folders build-tests, build-asan
# and build-fuzz stay: a second run sets up nothing and compiles only what has
# changed.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
plain=$root/build-tests
asan=$root/build-asan
fuzz=$root/build-fuzz
parts='plain asan fuzz'
only='*'

usage () {
  sed -n '/^#     /s/^#     //p' "$0" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --plain) parts=plain ;;
    --asan) parts=asan ;;
    --fuzz) parts=fuzz ;;
    --only) [ $# -gt 1 ] || usage; only=$2; shift ;;
    *) usage ;;
  esac
  shift
done

# give_up WHAT LOG: what cannot be built counts as one failure.
give_up () {
  tail -n 60 "$2" | grep -v '^\[[0-9]' >&2 || true
  echo "FAILED: $1"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

# build FOLDER OPTION…: sets up at the first time, compiles every time.
build () {
  folder=$1; shift
  if [ ! -f "$folder/build.ninja" ]; then
    echo "Setting up $(basename "$folder") …"
    meson setup --werror "$@" "$folder" "$root" >"$folder.log" 2>&1 ||
      give_up "meson setup" "$folder.log"
    mv "$folder.log" "$folder/setup.log"
  fi
  echo "Building $(basename "$folder") …"
  meson compile -C "$folder" >"$folder/compile.log" 2>&1 ||
    give_up "meson compile" "$folder/compile.log"
}

# The names of the tests of these suites that --only lets through.
chosen () {
  folder=$1; shift
  meson test -C "$folder" --no-rebuild --list "$@" 2>/dev/null |
    sed 's|^.* / ||' | sort -u | while read -r name; do
      # The glob is meant to be one.
      # shellcheck disable=SC2254
      case $name in $only) echo "$name" ;; esac
    done
}

# run NAME FOLDER OPTION…: what the tests print goes into a log; a line for each
# program is shown as it ends.
run () {
  name=$1; folder=$2; shift 2
  tests=$(chosen "$folder" "$@")
  [ -n "$tests" ] || return 0
  rm -f "$folder/meson-logs/$name.json"
  # Not quoted: words are meant.
  # shellcheck disable=SC2086
  meson test -C "$folder" --no-rebuild --num-processes 2 \
    --logbase "$name" "$@" $tests </dev/null |
    grep -E '^ *[0-9]+/[0-9]+ ' || true
  logs="$logs $folder/meson-logs/$name.json"
}

run_plain () {
  build "$plain"
  run plain "$plain"
}

# gst-launch-1.0 is nobody's instrumented program, and the runtime of the
# sanitizers has to come first in a process: programs of GStreamer are started
# with it preloaded, from a folder that comes first in PATH.
make_wrappers () {
  mkdir -p "$asan/bin"
  runtime=$(gcc -print-file-name=libasan.so)
  for tool in gst-launch-1.0 gst-inspect-1.0; do
    printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' \
      "$runtime" "$(command -v $tool)" >"$asan/bin/$tool"
    chmod +x "$asan/bin/$tool"
  done
}

# GStreamer's own plugins, those that the tests use and no others: with all of
# them GLib's table of names grows, which leaves the old one behind, and every
# other library that a plugin loads has leaks of its own.
make_plugins () {
  system=$(pkg-config --variable=pluginsdir gstreamer-1.0)
  mkdir -p "$asan/plugins"
  for plugin in app audioparsers coreelements coretracers hls id3demux isomp4 \
      mpegtsdemux playback soup typefindfunctions videoparsersbad; do
    ln -sf "$system/libgst$plugin.so" "$asan/plugins/"
  done
}

run_asan () {
  # GStreamer's macros read where they like; no alignment is asked of them.
  build "$asan" -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args=-fno-sanitize=alignment
  make_wrappers
  make_plugins
  [ -e "$asan/site" ] || ln -s "$plain/site" "$asan/site"
  # The scanner that GStreamer forks to look into plugins isn't instrumented
  # and cannot load ours. GLib 2.74 has an allocator of its own, which hides
  # blocks from the sanitizer. Following thread-local storage crashes the leak
  # checker of gcc 12 where threads have ended.
  asan_options=intercept_tls_get_addr=0:detect_stack_use_after_return=1
  PATH=$asan/bin:$PATH \
    GST_PLUGIN_SYSTEM_PATH=$asan/plugins GST_REGISTRY_FORK=no \
    G_SLICE=always-malloc \
    ASAN_OPTIONS=$asan_options:${ASAN_OPTIONS:-} \
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    run asan "$asan" --suite check --suite sanitize
}

# Whether --only lets a fuzzer through: each has a corpus.
wants_fuzzer () {
  for corpus in "$root"/tests/fuzz/corpus/*; do
    # The glob is meant to be one.
    # shellcheck disable=SC2254
    case fuzz-$(basename "$corpus") in $only) return 0 ;; esac
  done
  return 1
}

# Without the compiler the fuzzers are one test that was skipped.
run_fuzz () {
  wants_fuzzer || return 0
  if "$root/tests/setup.sh" fuzz && command -v clang >/dev/null; then
    CC=clang build "$fuzz" -Dfuzz=true -Ddefault_library=static
    # More than the others have: these are judged by what they find in their
    # time, not by how long they take.
    run fuzz "$fuzz" --suite fuzz --num-processes 4
  else
    mkdir -p "$fuzz/meson-logs"
    echo '{"name": "gst-pin / fuzz", "result": "SKIP",' \
      '"stdout": "1..0 # SKIP there is no clang"}' \
      >"$fuzz/meson-logs/fuzz.json"
    logs="$logs $fuzz/meson-logs/fuzz.json"
  fi
}

"$root/tests/setup.sh" test
logs=
for part in $parts; do
  "run_$part"
done
if [ -z "$logs" ]; then
  echo "No test is called '$only'." >&2
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
fi
# Not quoted: words are meant.
# shellcheck disable=SC2086
exec python3 -B "$root/tests/count-results.py" $logs
