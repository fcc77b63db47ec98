#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A Pin into another program, with no file between:
#
#     examples/pipe-to-ffprobe.sh LOCATION [PROPERTY=VALUE…]
#
# A pipe can't be seeked, so pinmp4bin gives fragmented MP4, which the reader
# can begin with at once. Properties are pinsrc's, such as quality=360p. The
# reader may hang up as soon as it has seen enough; that ends the pipeline.

set -eu

[ $# -ge 1 ] || { echo "usage: $0 LOCATION [PROPERTY=VALUE…]" >&2; exit 1; }
location=$1; shift

# The plugin of the build folder, unless another is asked for.
root=$(cd "$(dirname "$0")/.." && pwd)
export GST_PLUGIN_PATH="${GST_PLUGIN_PATH:-$root/build/gst/elements}"

gst-launch-1.0 -q pinsrc location="$location" "$@" ! pinmp4bin ! fdsink fd=1 |
  ffprobe -v error -show_entries \
    'format=format_name:stream=codec_type,codec_name,width,height' -
