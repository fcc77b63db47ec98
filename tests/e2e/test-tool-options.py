#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The options of gst-pin-1.0: each is in the help, the man page and the
completions of three shells, which all come from one table; each may stand in
the environment and in the configuration file; and each does something. The
names come from the help: an option that has no check here is a failure.

    PIN_ORIGIN=… PIN_TOOL=… PIN_TOOL_GENERATED=… test-tool-options.py [CHECK…]
"""

import json
import os
import re
import shlex
import shutil
import subprocess

import pinlib
import toollib
from pinlib import originlib
from toollib import Folder

tap = originlib.Tap(limit=120)
site = originlib.site()
catalog = originlib.catalog(site)
origin = originlib.Origin(site)
SHORT, CMAF = catalog["mp4"], catalog["cmaf"]

HELP = subprocess.run([toollib.TOOL, "--help"], check=True, text=True,
                      stdout=subprocess.PIPE).stdout
INFO_HELP = subprocess.run([toollib.TOOL, "info", "--help"], check=True,
                           text=True, stdout=subprocess.PIPE).stdout
ROW = re.compile(r"^  (?:-(\w), |    )--([a-z-]+)(?: (\S+))?", re.MULTILINE)
OPTIONS = {name: (letter, argument)
           for letter, name, argument in ROW.findall(HELP)}
LINE_ONLY = ("help", "version", "config", "browser")


def generated(name):
    path = os.path.join(os.environ["PIN_TOOL_GENERATED"], name)
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def missing(text, form):
    return [name for name in OPTIONS
            if not re.search(form % re.escape(name), text)]


# --- what is generated -------------------------------------------------------

@tap
def the_help_is_not_empty():
    assert len(OPTIONS) > 30, OPTIONS
    assert OPTIONS["quality"] == ("q", "WISH") and OPTIONS["json"] == ("", "")
    for word in ("Examples:", "Exit status:", "GST_PIN_"):
        assert word in HELP, word
    assert max(len(line) for line in HELP.splitlines()) < 80


@tap
def a_command_shows_its_own_options():
    shown = {name for _, name, _ in ROW.findall(INFO_HELP)}
    assert "page" in shown and "output" not in shown, shown


@tap
def the_man_page_has_every_option():
    page = generated("gst-pin-1.0.1").replace("\\-", "-")
    assert not missing(page, r"--%s\\fR"), missing(page, r"--%s\\fR")
    for name in OPTIONS:
        if name not in LINE_ONLY:
            assert variable(name) in page, name


@tap
def man_has_nothing_to_say_against_it():
    path = os.path.join(os.environ["PIN_TOOL_GENERATED"], "gst-pin-1.0.1")
    seen = subprocess.run(["man", "--warnings", "-l", path], check=True,
                          text=True, capture_output=True,
                          env=pinlib.environment(MANPAGER="cat",
                                                 MANWIDTH="80"))
    assert seen.stderr == "", seen.stderr
    assert "gst-launch-1.0(1)" in seen.stdout, seen.stdout[-500:]


@pinlib.check_each(tap, "completion", [
    ("bash", "gst-pin-1.0", r" --%s[ ']"), ("zsh", "_gst-pin-1.0", r"--%s\W"),
    ("fish", "gst-pin-1.0.fish", r" -l %s\W")])
def completion(shell, name, form):
    text = generated(name)
    assert not missing(text, form), missing(text, form)
    assert "--generate" not in text and "-l generate" not in text
    if shutil.which(shell):
        path = os.path.join(os.environ["PIN_TOOL_GENERATED"], name)
        subprocess.run([shell, "-n", path], check=True)


def complete_in_bash(folder, *words):
    script = """source "$1"; shift
COMP_WORDS=(gst-pin-1.0 "$@"); COMP_CWORD=$#
compopt () { :; }
_gst_pin_1_0; printf '%s\\n' "${COMPREPLY[@]}" """
    path = os.path.join(os.environ["PIN_TOOL_GENERATED"], "gst-pin-1.0")
    return subprocess.run(["bash", "-c", script, "bash", path, *words],
                          check=True, text=True, stdout=subprocess.PIPE,
                          cwd=folder.path).stdout.split("\n")[:-1]


@tap
def bash_completes():
    with Folder(None) as folder:
        os.mkdir(folder.join("a folder"))
        with open(folder.join("a file"), "w", encoding="utf-8"):
            pass
        for words, wanted in (
                (["--qual"], {"--quality"}), (["f"], {"formats"}),
                (["--progress", "j"], {"json"}), (["--output", ""], {""}),
                (["--progress", "=", "j"], {"json"}),
                (["--progress", "="], {"auto", "bar", "plain", "json",
                                       "none"}),
                (["--folder", "a"], {"a folder"}),
                (["--input", "a"], {"a folder", "a file"}),
                (["-P", "a"], {"a folder"})):
            assert set(complete_in_bash(folder, *words)) == wanted, (
                words, complete_in_bash(folder, *words))


# --- what each does ----------------------------------------------------------

def variable(name):
    return "GST_PIN_" + name.upper().replace("-", "_")


# Name → what is given, and what the pipeline has then
PROPERTIES = {
    "quality": ("480p,worst", "quality=480p,worst"),
    "item": ("1", None), "no-cover": (None, "cover=false"),
    "max-connections": ("3", "max-connections=3"),
    "max-request-rate": ("50", "max-request-rate=50"),
    "max-buffer": ("2M", "max-buffer-bytes=2097152"),
    "limit-rate": ("500K", "max-bitrate=4096000"),
    "user-agent": ("test", "user-agent=test"),
    "cookies": ("cookies.txt", "cookies-file=cookies.txt"),
    "access-token-file": ("token", "access-token-file=token"),
    "strategies": ("page", "strategies=page"),
    "captions": ("en,auto", "captions=en,auto"),
    "header": ("X-One: 1", "X-One=(string)1"),
    "timeout": ("7", "timeout=7"), "retries": ("1", "retries=1"),
    "allow-private": (None, "allow-private=true"),
    "proxy": ("", "proxies="), "tls-ca-file": ("", "tls-ca-file="),
}
# Those that checks below, or those of test-tool.py and its like, are about
ELSEWHERE = {}


def proves(*names):
    """Decorator: the check shows what these options do."""
    def decorate(check):
        for name in names:
            ELSEWHERE[name] = check
        return tap(check)

    return decorate


def values(folder):
    """Every option that a pipeline shows, with its value."""
    for name in ("cookies.txt", "token"):
        with open(folder.join(name), "w", encoding="utf-8") as stream:
            stream.write(".pinterest.com\tTRUE\t/\tTRUE\t0\tname\tvalue\n"
                         if name == "cookies.txt" else "token\n")
    given = {name: value for name, (value, _) in PROPERTIES.items()}
    given.update({"proxy": origin.proxy, "tls-ca-file": origin.ca})
    return given


def assert_pipeline(line):
    source = shlex.split(line.partition(" ! ")[0])
    for name, (_, wanted) in PROPERTIES.items():
        assert not wanted or any(wanted in word for word in source), (
            name, wanted, source)


@tap
def options_reach_the_pipeline_from_the_line():
    with Folder(None) as folder:
        words = ["--%s=%s" % item if item[1] is not None else "--" + item[0]
                 for item in values(folder).items()]
        assert_pipeline(folder.run("--print-pipeline", *words,
                                   CMAF["id"]).stdout)


@tap
def options_reach_the_pipeline_from_the_environment():
    with Folder(None) as folder:
        given = {variable(name): value or "1"
                 for name, value in values(folder).items()}
        assert_pipeline(folder.run("--print-pipeline", CMAF["id"],
                                   env=given).stdout)


@proves("config")
def options_reach_the_pipeline_from_the_file():
    with Folder(None) as folder:
        with open(folder.join("mine"), "w", encoding="utf-8") as stream:
            for name, value in values(folder).items():
                stream.write("%s = %s\n" % (name, value or "yes"))
        assert_pipeline(folder.run("--print-pipeline", "--config", "mine",
                                   CMAF["id"]).stdout)


@proves("output", "folder", "skip", "overwrite", "rename", "simulate",
        "print-pipeline", "continue")
def files():
    with Folder(origin) as folder:
        words = ["-P", "d", "-o", "a.mp4", SHORT["id"]]
        folder.run(*words)
        before = os.stat(folder.join("d/a.mp4")).st_ino
        folder.run("--skip", *words)
        assert os.stat(folder.join("d/a.mp4")).st_ino == before
        folder.run("--rename", *words)
        assert folder.files() == ["d/a (2).mp4", "d/a.mp4"]
        folder.run("--overwrite", *words)
        assert folder.files() == ["d/a (2).mp4", "d/a.mp4"]
        assert os.stat(folder.join("d/a.mp4")).st_ino != before
        for option in ("--simulate", "--print-pipeline"):
            folder.run(option, "-o", "none.mp4", SHORT["id"])
        assert "none.mp4" not in folder.files()


@proves("continue")
def going_on():
    with Folder(origin) as folder:
        for option in ("--continue=no", "--continue"):
            with open(folder.join("a.mp4.part.store"), "wb") as stream:
                stream.write(b"rubbish" * 10)
            seen = folder.run("--overwrite", option, "-o", "a.mp4",
                              SHORT["id"])
            # Who doesn't want what is there doesn't hear what it is
            assert ("warning" in seen.stderr) == (option == "--continue"), seen
            assert folder.files() == ["a.mp4"], folder.files()


@proves("thumbnail", "write-info-json")
def beside():
    with Folder(origin) as folder:
        folder.run("-o", "a.mp4", "--thumbnail", "--write-info-json",
                   SHORT["id"])
        assert folder.files() == ["a.info.json", "a.jpg", "a.mp4"]


@proves("input", "archive", "jobs")
def many():
    with Folder(origin) as folder:
        with open(folder.join("list"), "w", encoding="utf-8") as stream:
            stream.write(SHORT["id"] + "\n" + catalog["mp4-tail"]["id"])
        words = ["-i", "list", "-o", "{id}.mp4", "--archive", "known"]
        origin.reset()
        origin.faults([{"match": "https://www.pinterest.com/pin/*",
                        "kind": "stall-headers", "times": -1}])
        try:
            with folder.start("-j", "2", *words) as process:
                # With one at a time there would never be two
                pinlib.until(lambda: origin.stats()["active_requests"] == 2,
                             "two requests", 30)
                process.terminate()
                process.communicate()
        finally:
            origin.reset()
        folder.run("-j", "2", *words)
        assert len(folder.files()) == 4, folder.files()
        assert "archive" in folder.run(*words).stdout


@proves("progress", "json", "quiet", "verbose")
def words():
    with Folder(origin) as folder:
        origin.knobs(rate=60000)
        try:
            seen = folder.run("--progress", "json", "-o", "a.mp4", CMAF["id"])
        finally:
            origin.knobs(rate=0)
        lines = [json.loads(line) for line in seen.stderr.splitlines()]
        assert {line["event"] for line in lines} == {"progress"}, lines
        assert lines[-1]["bytes"] > 0, lines
        assert {line["pin"] for line in lines} == {CMAF["id"]}, lines
        seen = folder.run("--json", "-o", "b.mp4", SHORT["id"])
        assert json.loads(seen.stdout)["file"] == "b.mp4", seen.stdout
        seen = folder.run("--quiet", "-o", "c.mp4", SHORT["id"])
        assert seen.stdout + seen.stderr == "", seen
        seen = folder.run("-v", "-o", "d.mp4", SHORT["id"])
        assert "pinsrc" in seen.stderr and "DEBUG" in seen.stderr


@proves("dot")
def a_graph():
    with Folder(origin) as folder:
        folder.run("--dot", "graph", "-o", "a.mp4", CMAF["id"])
        with open(folder.join("graph"), encoding="utf-8") as stream:
            graph = stream.read()
        assert graph.startswith("digraph"), graph[:100]
        for element in ("GstPinSrc", "GstPinMp4Bin", "GstFileSink"):
            assert element in graph, element
        seen = folder.run("--dot", "no/graph", "-o", "b.mp4", SHORT["id"])
        assert "--dot" in seen.stderr, seen.stderr


@proves("browser")
def a_browser_is_the_last_to_be_asked():
    with Folder(origin) as folder:
        for words, names in (([], "page,resource,widget,account,account-page,"
                              "api,mp4,browser"),
                             (["--strategies", "browser,page"],
                              "page,browser")):
            seen = folder.run("--print-pipeline", "--browser", *words,
                              SHORT["id"])
            assert "strategies=%s " % names in seen.stdout, seen.stdout
        # It names the program, and doesn't ask for it
        seen = folder.run("--print-pipeline", SHORT["id"],
                          env={"GST_PIN_BROWSER": "/usr/bin/chromium"})
        assert "browser" not in seen.stdout, seen.stdout


@proves("captions")
def a_text_track():
    with Folder(origin) as folder:
        folder.run("--captions", "en", "-o", "a.mp4", CMAF["id"])
        kinds = [stream["codec_type"] for stream in
                 pinlib.probe(folder.join("a.mp4"))["streams"]]
        assert "subtitle" in kinds, kinds


def cues(path):
    """Times and text as ffprobe reads them."""
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:s", "-f", "srt", "-"],
        check=True, text=True, stdout=subprocess.PIPE).stdout


@proves("write-captions")
def captions_beside_the_video():
    wanted = cues(os.path.join(site, CMAF["captions"]))
    with Folder(origin) as folder:
        folder.run("--write-captions", "--captions", "en", "-o", "a.mp4",
                   CMAF["id"])
        assert folder.files() == ["a.en-us.vtt", "a.mp4"], folder.files()
        assert cues(folder.join("a.en-us.vtt")) == wanted != ""
    with Folder(origin) as folder:
        folder.run("--write-captions", "-o", "b.mp4", CMAF["id"])
        assert folder.files() == ["b.en-us.vtt", "b.mp4"], folder.files()
        # A Pin without any
        folder.run("--write-captions", "-o", "c.mp4", SHORT["id"])
        assert "c.mp4" in folder.files() and len(folder.files()) == 3


@proves("item")
def another_item():
    pin = catalog["carousel"]
    with Folder(origin) as folder:
        folder.run("--item", "2", "-o", "two.mp4", pin["id"])
        seen = float(pinlib.probe(folder.join("two.mp4"))["format"]["duration"])
        assert abs(seen - pin["items"][1]["duration_ms"] / 1000) < 0.1, seen


@proves("no-tags")
def bare():
    with Folder(origin) as folder:
        folder.run("--no-tags", "-o", "a.mp4", SHORT["id"])
        tags = pinlib.probe(folder.join("a.mp4"))["format"]["tags"]
        assert "title" not in tags, tags


@proves("page")
def saved_page():
    page = os.path.join(os.environ["PIN_TEST_DATA"], "pages", "redux.html")
    with Folder(None) as folder:
        seen = folder.run("info", "--page", page, "912345678901234567")
        assert "Example Author" in seen.stdout, seen.stdout


@proves("help", "version")
def help_and_version():
    with Folder(None) as folder:
        assert folder.run("-h").stdout == HELP
        assert re.match(r"gst-pin-1.0 \d", folder.run("--version").stdout)


@tap
def every_option_has_a_check():
    lost = set(OPTIONS) - set(PROPERTIES) - set(ELSEWHERE)
    assert not lost, lost


with origin:
    tap.run()
