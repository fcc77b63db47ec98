#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the fuzzers into build-fuzz, and runs each for some seconds, two at a
# time.
#
#     tests/fuzz/run.sh SECONDS              all of them
#     tests/fuzz/run.sh SECONDS 'fuzz-p*'    those of that name
#     tests/fuzz/run.sh 600 fuzz-reader-redux
#                                            one of them, for ten minutes
#
# An input that fails stays in build-fuzz/tests/fuzz/fuzz-NAME.d.

set -eu

[ $# -ge 1 ] && [ $# -le 2 ] || {
  sed -n '/^#     /s/^#     //p' "$0" >&2
  exit 1
}
PIN_FUZZ_SECONDS=$1
export PIN_FUZZ_SECONDS
exec "$(dirname "$0")/../run.sh" --fuzz --only "${2:-*}"
