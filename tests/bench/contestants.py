# SPDX-License-Identifier: LGPL-2.1-or-later

"""The programs that bench.py compares, as command lines.

Ours is gst-launch-1.0 with the plugin of a build folder. yt-dlp and ffmpeg are
what the system has, with the settings a user would choose, and with the origin
as their proxy.
"""

import os
import shlex
import subprocess

# yt-dlp releases before March 2025 do not send this header, without which the
# site (and the origin) refuses PinResource; with it they take the Pin's URL.
PWS_HANDLER = "X-Pinterest-PWS-Handler:www/[username].js"


def environment(build, folder):
    """For all of them: no proxy, locale or cache of the user's."""
    env = {name: value for name, value in os.environ.items()
           if not name.lower().endswith("_proxy")}
    env.update(GST_PLUGIN_PATH=os.path.join(build, "gst/elements"),
               LD_LIBRARY_PATH=os.path.join(build, "gst/pin"),
               GST_REGISTRY=os.path.join(folder, "registry.bin"),
               GSETTINGS_BACKEND="memory", LC_ALL="C.UTF-8",
               XDG_CACHE_HOME=os.path.join(folder, "cache"))
    env.pop("GST_DEBUG", None)
    return env


def warm_up(env):
    """Writes GStreamer's registry, which is not to be measured."""
    for element in ("pinsrc", "pinmp4bin"):
        done = subprocess.run(["gst-inspect-1.0", element], env=env,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError("no %s in the build: %s"
                               % (element, done.stderr.strip()))


def version(program):
    option = "-version" if program == "ffmpeg" else "--version"
    text = subprocess.run([program, option], stdout=subprocess.PIPE,
                          text=True).stdout
    first = text.splitlines()[0]
    return first if program in first else "%s %s" % (program, first)


def launch(text):
    return ["gst-launch-1.0", "-q", *shlex.split(text)]


def empty():
    """What the start of a process costs."""
    return launch("fakesrc num-buffers=1 ! fakesink")


def pin(origin, entry, sink, mux="pinmp4bin", **properties):
    """From a Pin's URL to a sink."""
    words = ["gst-launch-1.0", "-q", "pinsrc", "location=" + entry["url"],
             "proxy=" + origin.proxy, "tls-ca-file=" + origin.ca]
    words += ["%s=%s" % (name.replace("_", "-"), value)
              for name, value in properties.items()]
    return [*words, "!", *shlex.split(mux), "!", *shlex.split(sink)]


def pin_to_file(origin, entry, connections, path):
    return pin(origin, entry, "filesink location=%s" % shlex.quote(path),
               max_connections=connections)


def yt_dlp(origin, entry, connections, path):
    return ["yt-dlp", "--ignore-config", "--no-cache-dir", "--quiet",
            "--no-warnings", "-N", str(connections), "--proxy", origin.proxy,
            "--no-check-certificates", "--add-header", PWS_HANDLER,
            "-o", path, entry["url"]]


def ffmpeg_hls(origin, entry, path):
    """Its HLS demuxer has no page to read: it is given the master."""
    return ["ffmpeg", "-nostdin", "-v", "error", "-y", "-http_proxy",
            origin.proxy, "-tls_verify", "0", "-i",
            "https://" + entry["master"], "-c", "copy", path]


def mux(inputs, path, layout="auto"):
    """pinmp4bin alone, from files."""
    sources = ["filesrc location=%s ! mux.sink_%d" % (shlex.quote(name), i)
               for i, name in enumerate(inputs)]
    return launch("pinmp4bin name=mux format=%s ! filesink location=%s %s"
                  % (layout, shlex.quote(path), " ".join(sources)))


def ffmpeg_mux(inputs, path):
    words = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    for name in inputs:
        words += ["-i", name]
    return [*words, "-c", "copy", path]
