#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gst-pin-1.0 in a terminal, which is tmux: what its progress looks like at
several widths, and what Ctrl-C does. What the terminal shows, frame by frame,
is in tests/data/tool and compared letter by letter; PIN_RECORD=1 writes it
anew, to be looked at before it is committed.

    PIN_ORIGIN=… PIN_TOOL=… PIN_PROGRESS_PLAY=… test-tool-terminal.py [CHECK…]
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

import pinlib
import toollib
from pinlib import originlib, until
from toollib import Folder

tap = originlib.Tap(limit=120)
site = originlib.site()
catalog = originlib.catalog(site)
origin = originlib.Origin(site)
CMAF = catalog["cmaf"]
RECORDINGS = os.path.join(os.environ["PIN_TEST_DATA"], "tool")
LINES = 10


class Terminal:
    """A window of a tmux server of its own."""

    def __init__(self, columns, words, env):
        self._owner = tempfile.TemporaryDirectory(prefix="pin-tmux-")
        self._socket = os.path.join(self._owner.name, "socket")
        self._env = {**env, "TERM": "xterm-256color", "TMUX": ""}
        # The shell says when the program has ended, and how
        command = "%s; printf 'status %%d\\n' $?; exec cat" % " ".join(
            "'%s'" % word for word in words)
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns),
                   "-y", str(LINES), command)

    def _tmux(self, *words):
        return subprocess.run(
            ["tmux", "-u", "-S", self._socket, *words], check=True,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env=self._env).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        self._owner.cleanup()

    def shown(self):
        return self._tmux("capture-pane", "-p")

    def title(self):
        return self._tmux("display-message", "-p", "#{pane_title}").strip()

    def resize(self, columns):
        self._tmux("resize-window", "-x", str(columns), "-y", str(LINES))

    def press(self, key):
        self._tmux("send-keys", key)

    def wait_for(self, pattern, seconds=60):
        until(lambda: re.search(pattern, self.shown()), pattern,
              seconds * pinlib.SLOW)
        return self.shown()


# --- frames ------------------------------------------------------------------

def row(title, **more):
    return {"title": title, **more}


DRILL = "“Tartan” quick drill & 🎨 with a title that goes on and on"
WIDE = "漢字の長い題名と絵文字🧵がここにあります"
SCRIPT = [
    {"rows": [row("509946528392874190", stage=0)]},
    {"rows": [row(DRILL, connections=4)]},
    {"rows": [row(DRILL, bytes=1234567, total=24691356, rate=1500000,
                  connections=16, retries=0)]},
    {"rows": [row(DRILL, bytes=12345678, total=24691356, rate=9876543,
                  connections=16, retries=2),
              row(WIDE, bytes=333, total=1000, rate=50, connections=1)],
     "total": {"done": 0, "failed": 0, "pins": 2, "bytes": 12346011,
               "rate": 9876593}},
    {"say": "Saved one of them"},
    {"rows": [row(WIDE, bytes=1000, total=1000, stage=2),
              row("A\033[2Jn evil\ttitle\n", bytes=5, total=7200, rate=1)],
     "total": {"done": 1, "failed": 1, "pins": 200, "bytes": 24692356,
               "rate": 1}},
    {"rows": [row("Pin %d" % i, bytes=i, total=20, rate=1)
              for i in range(1, 13)],
     "total": {"done": 2, "failed": 1, "pins": 200, "bytes": 24692356,
               "rate": 12}},
    {"rows": [row("The last", bytes=19, total=20, rate=1)],
     "total": {"done": 199, "failed": 1, "pins": 200, "bytes": 24692375,
               "rate": 1}},
]


def play(columns, script, resizes=None):
    """What the terminal shows after each step."""
    frames = []
    with tempfile.TemporaryDirectory(prefix="pin-play-") as folder:
        pipe = os.path.join(folder, "script")
        os.mkfifo(pipe)
        words = [os.environ["PIN_PROGRESS_PLAY"], pipe]
        with Terminal(columns, words, pinlib.environment()) as terminal, \
                open(pipe, "w", encoding="utf-8") as stream:
            for number, step in enumerate(script, 1):
                if resizes and number in resizes:
                    terminal.resize(resizes[number])
                stream.write(json.dumps(step) + "\n")
                stream.flush()
                until(lambda: terminal.title() == "step %d" % number,
                      "step %d" % number, 30 * pinlib.SLOW)
                frames.append("== %d\n%s" % (
                    number, terminal.shown().rstrip("\n") + "\n"))
    return "".join(frames)


def compare(name, seen):
    path = os.path.join(RECORDINGS, name)
    if os.environ.get("PIN_RECORD"):
        os.makedirs(RECORDINGS, exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(seen)
    with open(path, encoding="utf-8") as stream:
        wanted = stream.read()
    assert seen == wanted, "%s:\n%s\nbut the terminal shows:\n%s" % (
        name, wanted, seen)


@pinlib.check_each(tap, "columns", [("40",), ("80",), ("200",)])
def columns(width):
    compare("progress-%s.txt" % width, play(int(width), SCRIPT))


@tap
def a_resize_leaves_no_rubbish():
    compare("progress-resized.txt",
            play(120, SCRIPT[3:4] + SCRIPT[3:4] + SCRIPT[5:], {2: 40, 3: 80}))


# --- the tool itself -----------------------------------------------------------

@tap
def a_real_run():
    with Folder(origin) as folder:
        origin.reset()
        origin.knobs(rate=60000)
        try:
            with Terminal(120, [toollib.TOOL, "-o", "a.mp4", "-P",
                                folder.path, CMAF["id"]],
                          toollib.environment(origin, folder.path)) as screen:
                seen = screen.wait_for(r"Tartan.*%.*kB.*/s")
                assert "connections" in seen, seen
                seen = screen.wait_for("status 0")
        finally:
            origin.knobs(rate=0)
        # The bar is gone, and what came of it stays
        assert "%" not in seen, seen
        assert "Saved" in seen and "720x1280" in seen, seen


@pinlib.check_each(tap, "how far it is", [("mp4",), ("ts-h264",)])
def how_far_it_is(name):
    """Files whose length only their server knows had no percentage."""
    with Folder(origin) as folder:
        origin.reset()
        origin.knobs(rate=60000)
        try:
            seen = folder.run("--progress", "json", "-o", "a.mp4",
                              catalog[name]["id"])
        finally:
            origin.knobs(rate=0)
        lines = [json.loads(line) for line in seen.stderr.splitlines()]
        lines = [line for line in lines if line["stage"] == "fetching"]
        assert any(line["total"] and line["bytes"] < line["total"]
                   for line in lines), lines


@tap
def a_dumb_terminal_gets_lines():
    with Folder(origin) as folder:
        environment = toollib.environment(origin, folder.path)
        words = ["env", "TERM=dumb", toollib.TOOL, "-o", "a.mp4", "-P",
                 folder.path, CMAF["id"]]
        with Terminal(80, words, environment) as screen:
            seen = screen.wait_for("status 0")
        assert re.match(r"Saved ", seen), seen


def stall():
    origin.reset()
    origin.faults([{"match": "https://" + CMAF["best"][:-5] + ".cmfv",
                    "kind": "stall-body", "at": 600000, "times": -1}])


@tap
def ctrl_c_once_stops_cleanly():
    with Folder(origin) as folder:
        stall()
        try:
            with Terminal(80, [toollib.TOOL, "-o", "a.mp4", "-P",
                               folder.path, CMAF["id"]],
                          toollib.environment(origin, folder.path)) as screen:
                until(lambda: origin.stats()["faults"][0]["fired"], "a stall")
                screen.wait_for("Tartan")
                screen.press("C-c")
                seen = screen.wait_for("status 130")
        finally:
            origin.reset()
        assert "Stopped." in seen and "again" in seen, seen
        assert "a.mp4" not in folder.files(), folder.files()


@tap
def ctrl_c_twice_ends_it_at_once():
    with Folder(origin) as folder:
        process = folder.start(
            "-o", "a.mp4", CMAF["id"], text=True,
            env={"LD_PRELOAD": os.environ["PIN_SLOW_DISK"]})
        # It waits for the disk, and so does the first interrupt
        until(lambda: process.stderr.readline() == "fsync waits\n", "fsync",
              60)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(0.5)
            raise AssertionError("it did not wait for the disk")
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(5 * pinlib.SLOW) == 130
        process.stdout.close()
        process.stderr.close()
        assert folder.files() == ["a.mp4.part", "a.mp4.part.store"]


if shutil.which("tmux"):
    with origin:
        tap.run()
else:
    print("1..0 # SKIP there is no tmux")
