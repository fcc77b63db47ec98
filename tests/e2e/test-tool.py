#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gst-pin-1.0, as people type it: files and their names, the standard output,
errors and the exit status, interrupts. All checks share one origin.

    PIN_ORIGIN=… PIN_TOOL=… GST_PLUGIN_PATH=… test-tool.py [CHECK…]
"""

import contextlib
import datetime
import json
import os
import re
import shlex
import signal
import stat
import subprocess

import pinlib
import toollib
from pinlib import originlib, requested, until
from toollib import Folder, results

tap = originlib.Tap(limit=120)
site = originlib.site()
catalog = originlib.catalog(site)
references = pinlib.scratch()
origin = originlib.Origin(site)

CMAF = catalog["cmaf"]
SHORT = catalog["mp4"]
CAROUSEL = catalog["carousel"]
TRUSTS_OTHERS = "/etc/ssl/certs/ca-certificates.crt"


def assert_exact(path, entry):
    wanted = pinlib.reference(site, entry, references.name)
    pinlib.assert_same_packets(pinlib.packets(wanted), pinlib.packets(path))


def only_file(folder):
    files = folder.files()
    assert len(files) == 1, files
    return files[0]


# --- files -------------------------------------------------------------------

@pinlib.check_each(tap, "saves", [("cmaf",), ("ts-h264",), ("mp4",)])
def saves(name):
    entry = catalog[name]
    with Folder(origin) as folder:
        result = folder.run("get", entry["url"])
        path = only_file(folder)
        assert path in result.stdout, result.stdout
        assert path.endswith(" [%s].mp4" % entry["id"]), path
        assert_exact(folder.join(path), entry)
        wanted = datetime.datetime.fromisoformat(
            entry["created"].replace("Z", "+00:00")).timestamp()
        assert os.stat(folder.join(path)).st_mtime == wanted
        assert pinlib.boxes(folder.join(path))[:2] == ["ftyp", "moov"]


@tap
def get_is_the_default_command():
    with Folder(origin) as folder:
        folder.run(SHORT["id"])
        only_file(folder)


@tap
def the_name_is_a_template():
    with Folder(origin) as folder:
        folder.run("-P", "deep/er", "-o", "{author}/{date} {height}p.{ext}",
                   SHORT["id"])
        assert only_file(folder) == "deep/er/%s/%s %dp.mp4" % (
            SHORT["author"], SHORT["created"][:10], SHORT["height"])


@tap
def an_unknown_field_is_refused():
    with Folder(origin) as folder:
        result = folder.run("-o", "{tilte}.mp4", SHORT["id"], status=1)
        assert "{tilte}" in result.stderr, result.stderr


@tap
def a_file_that_is_there_stays():
    with Folder(origin) as folder:
        with open(folder.join("a.mp4"), "w", encoding="utf-8") as stream:
            stream.write("precious")
        result = folder.run("-o", "a.mp4", SHORT["id"])
        assert "Kept a.mp4" in result.stdout, result.stdout
        folder.run("-o", "a.mp4", "--rename", SHORT["id"])
        assert folder.files() == ["a (2).mp4", "a.mp4"]
        assert os.path.getsize(folder.join("a.mp4")) == len("precious")
        folder.run("-o", "a.mp4", "--overwrite", SHORT["id"])
        assert folder.files() == ["a (2).mp4", "a.mp4"]
        assert_exact(folder.join("a.mp4"), SHORT)


@tap
def two_pins_of_one_name_are_two_files():
    with Folder(origin) as folder:
        folder.run("-j", "2", "-o", "same.{ext}", SHORT["id"],
                   catalog["mp4-tail"]["id"])
        assert folder.files() == ["same (2).mp4", "same.mp4"]
        lengths = sorted(
            round(float(pinlib.probe(folder.join(name))["format"]["duration"]))
            for name in folder.files())
        assert lengths == [9, 10], lengths


@tap
def a_name_that_is_taken_in_the_meantime():
    with Folder(origin) as folder:
        origin.knobs(rate=60000)
        try:
            process = folder.start("-o", "a.mp4", CMAF["id"])
            until(lambda: "a.mp4.part" in folder.files(), "its own file", 60)
            with open(folder.join("a.mp4"), "w", encoding="utf-8") as stream:
                stream.write("precious")
            out, problems = process.communicate(timeout=pinlib.LIMIT)
        finally:
            origin.knobs(rate=0)
        assert process.returncode == 0, problems
        assert b"a (2).mp4" in out, out
        assert folder.files() == ["a (2).mp4", "a.mp4"]
        assert os.path.getsize(folder.join("a.mp4")) == len("precious")
        assert_exact(folder.join("a (2).mp4"), CMAF)


@tap
def one_pin_twice_is_one_file():
    with Folder(origin) as folder:
        result = folder.run("--json", SHORT["id"], SHORT["url"])
        assert [line["result"] for line in results(result.stdout)] == [
            "saved", "kept"]
        only_file(folder)


@tap
def all_items_of_a_pin():
    with Folder(origin) as folder:
        folder.run("--item", "all", CAROUSEL["id"])
        names = folder.files()
        assert len(names) == len(CAROUSEL["items"]) > 1, names
        for number in range(1, len(names) + 1):
            assert any("-%d]" % number in name for name in names), names


@tap
def no_tags_means_none():
    with Folder(origin) as folder:
        origin.reset()
        folder.run("-o", "bare.mp4", "--no-tags", CMAF["id"])
        seen = pinlib.probe(folder.join("bare.mp4"))
        assert not {"title", "artist", "comment", "date"} & set(
            seen["format"]["tags"]), seen["format"]
        assert len(seen["streams"]) == 2, seen["streams"]
        assert "https://" + CMAF["cover"] not in requested(origin)
        assert pinlib.boxes(folder.join("bare.mp4"))[:2] == ["ftyp", "moov"]
        assert_exact(folder.join("bare.mp4"), CMAF)


@tap
def what_is_put_beside_it():
    with Folder(origin) as folder:
        folder.run("-o", "a.b.mp4", "--no-cover", "--thumbnail",
                   "--write-info-json", CMAF["id"])
        assert folder.files() == ["a.b.info.json", "a.b.jpg", "a.b.mp4"]
        with open(folder.join("a.b.jpg"), "rb") as stream, \
                open(os.path.join(site, CMAF["cover"]), "rb") as wanted:
            assert stream.read() == wanted.read()
        with open(folder.join("a.b.info.json"), encoding="utf-8") as stream:
            assert json.load(stream)["title"] == CMAF["title"]
        streams = pinlib.probe(folder.join("a.b.mp4"))["streams"]
        assert len(streams) == 2, streams


@tap
def what_is_beside_it_already_stays():
    """It was replaced, whatever it was."""
    with Folder(origin) as folder:
        with open(folder.join("a.jpg"), "w", encoding="utf-8") as stream:
            stream.write("precious")
        folder.run("-o", "a.mp4", "--thumbnail", SHORT["id"])
        assert os.path.getsize(folder.join("a.jpg")) == len("precious")
        folder.run("-o", "a.mp4", "--thumbnail", "--overwrite", SHORT["id"])
        with open(folder.join("a.jpg"), "rb") as stream, \
                open(os.path.join(site, SHORT["cover"]), "rb") as wanted:
            assert stream.read() == wanted.read()


@tap
def what_tells_videos_apart_is_no_suffix():
    """The second one's picture had the name of the first one's."""
    with Folder(origin) as folder:
        folder.run("--item", "all", "-o", "{id}.{index}", "--thumbnail",
                   CAROUSEL["id"])
        wanted = ["%s.%d%s" % (CAROUSEL["id"], i + 1, suffix)
                  for i in range(len(CAROUSEL["items"]))
                  for suffix in ("", ".jpg")]
        assert folder.files() == wanted, folder.files()


@tap
def a_picture_that_is_not_had_is_told():
    with Folder(origin) as folder:
        origin.faults([{"match": "https://i.pinimg.com/*", "kind": "status",
                        "status": 404, "times": -1}])
        try:
            result = folder.run("-o", "a.mp4", "--thumbnail", CMAF["id"],
                                status=5)
        finally:
            origin.reset()
        assert "picture" in result.stderr, result.stderr
        assert folder.files() == ["a.mp4"]


def tags_of(path):
    """What exiftool and mediainfo say of title, artist and comment."""
    exif = json.loads(subprocess.run(
        ["exiftool", "-json", "-Title", "-Artist", "-Comment", "-CoverArt",
         path], check=True, stdout=subprocess.PIPE).stdout)[0]
    media = json.loads(subprocess.run(
        ["mediainfo", "--Output=JSON", path], check=True,
        stdout=subprocess.PIPE).stdout)["media"]["track"][0]
    return exif, media


@tap
def others_see_the_tags():
    with Folder(origin) as folder:
        folder.run("-o", "a.mp4", SHORT["id"])
        exif, media = tags_of(folder.join("a.mp4"))
        assert exif["Title"] == media["Title"] == SHORT["title"], exif
        assert exif["Artist"] == media["Performer"] == SHORT["author"], media
        assert exif["Comment"] == media["Comment"] == SHORT["url"], media
        assert "Binary data" in exif["CoverArt"], exif
        assert media["Cover"] == "Yes", media


# --- nothing that is half a file ----------------------------------------------

@contextlib.contextmanager
def stalled():
    """The media of CMAF come half, and then no more."""
    origin.reset()
    origin.faults([{"match": "https://" + CMAF["best"][:-5] + ".cmfv",
                    "kind": "stall-body", "at": 600000, "times": -1}])
    try:
        yield
    finally:
        origin.reset()


def wait_for_stall():
    until(lambda: origin.stats()["faults"][0]["fired"], "a stall", 30)


@pinlib.check_each(tap, "stopped by", [("SIGINT",), ("SIGTERM",)])
def stopped(name):
    number = getattr(signal, name)
    with Folder(origin) as folder:
        with stalled():
            process = folder.start("-o", "a.mp4", CMAF["id"], text=True)
            wait_for_stall()
            process.send_signal(number)
            _, errors = process.communicate(timeout=pinlib.LIMIT)
        assert process.returncode == 128 + number, process.returncode
        assert "again" in errors, errors
        assert "a.mp4" not in folder.files(), folder.files()


@tap
def an_error_leaves_no_file():
    with Folder(origin) as folder:
        origin.faults([{"match": "https://v1.pinimg.com/*.cmfv",
                        "kind": "status", "status": 503, "times": -1}])
        try:
            result = folder.run("-o", "a.mp4", CMAF["id"], "--retries", "0",
                                status=5)
        finally:
            origin.reset()
        # What was fetched of the rest is kept, for --continue
        assert folder.files() in ([], ["a.mp4.part.store"]), folder.files()
        assert CMAF["id"] in result.stderr, result.stderr
        assert "network" in result.stderr, result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr


@tap
def a_folder_that_cannot_be_written():
    with Folder(origin) as folder:
        with open(folder.join("file"), "w", encoding="utf-8"):
            pass
        result = folder.run("-P", "file/in", SHORT["id"], status=6)
        assert "--folder" in result.stderr, result.stderr


@tap
def a_folder_is_no_file_that_is_there():
    """It counted as the video, and --overwrite noticed at the very end."""
    with Folder(origin) as folder:
        os.mkdir(folder.join("a.mp4"))
        for words in ([], ["--overwrite"]):
            origin.reset()
            result = folder.run("-o", "a.mp4", *words, CMAF["id"], status=6)
            assert "a.mp4 is a folder" in result.stderr, result.stderr
            assert not [url for url in requested(origin)
                        if url.endswith((".cmfv", ".m3u8"))], requested(origin)
        folder.run("-o", "a.mp4", "--rename", SHORT["id"])
        assert folder.files() == ["a (2).mp4"], folder.files()


@tap
def a_full_disk_is_an_io_error():
    with Folder(origin) as folder:
        # What a device full of nothing is to who writes there
        os.symlink("/dev/full", folder.join("a.mp4.part"))
        result = folder.run("-o", "a.mp4", "--json", SHORT["id"], status=6)
        assert results(result.stdout)[0]["error"]["code"] == "io", \
            result.stdout
        limited = folder.run("-o", "b.mp4", CMAF["id"], status=6,
                             preexec_fn=limit_file_size)
        assert "b.mp4" in limited.stderr, limited.stderr
        assert not {"b.mp4", "b.mp4.part"} & set(folder.files())


def limit_file_size():
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))


@tap
def two_runs_do_not_write_one_file():
    with Folder(origin) as folder:
        with stalled(), folder.start("-o", "a.mp4", CMAF["id"]) as process:
            wait_for_stall()
            other = folder.run("-o", "a.mp4", CMAF["id"], status=6)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=pinlib.LIMIT)
        assert "another run" in other.stderr, other.stderr


# --- the standard output ------------------------------------------------------

@tap
def to_stdout_is_fragmented_and_exact():
    with Folder(origin) as folder:
        with open(folder.join("out.mp4"), "wb") as stream:
            result = folder.run("-o", "-", CMAF["id"], stdout=stream)
        assert result.stderr == "", result.stderr
        assert "moof" in pinlib.boxes(folder.join("out.mp4")) or \
            "moov" in pinlib.boxes(folder.join("out.mp4"))
        assert_exact(folder.join("out.mp4"), CMAF)


@tap
def into_ffprobe():
    with Folder(origin) as folder:
        writer = folder.start("get", "-o", "-", CMAF["url"])
        seen = pinlib.probe("-", stdin=writer.stdout)
        writer.stdout.close()
        assert writer.stderr.read() == b""
        writer.stderr.close()
        assert writer.wait(pinlib.LIMIT) == 0
        kinds = {stream["codec_name"] for stream in seen["streams"]}
        assert {"h264", "aac"} <= kinds, kinds


@tap
def a_closed_reader_ends_it_at_once():
    with Folder(origin) as folder, stalled():
        writer = folder.start("get", "-o", "-", "--progress", "none",
                              CMAF["url"])
        # Nothing more is written once it stalls, so that nothing but the
        # hang-up itself tells
        assert writer.stdout.read(100)
        wait_for_stall()
        writer.stdout.close()
        assert writer.wait(10 * pinlib.SLOW) == 0
        assert writer.stderr.read() == b""
        writer.stderr.close()


@tap
def a_full_standard_output_is_an_error():
    """What was not told, or not written, counted as done."""
    with Folder(origin) as folder:
        for words in (["info"], ["--simulate", "--json"], ["-o", "-"]):
            with open("/dev/full", "wb") as full:
                result = folder.run(*words, SHORT["id"], stdout=full, status=6)
            assert "the standard output" in result.stderr, result.stderr
            assert "--folder" not in result.stderr, result.stderr


# --- words -------------------------------------------------------------------

@pinlib.check_each(tap, "exit status", [
    ("not a location", "nonsense", 1, "invalid-location"),
    ("not found", "1234567890123", 2, "not-found"),
    ("picture", catalog["image"]["url"], 3, "not-a-video")])
def exit_status(_, location, status, code):
    with Folder(origin) as folder:
        result = folder.run("get", location, status=status)
        assert location in result.stderr and code in result.stderr, \
            result.stderr
        result = folder.run("get", "--json", location, status=status)
        assert results(result.stdout)[0]["error"]["code"] == code, \
            result.stdout
        assert result.stderr == "", result.stderr


def errors(output):
    """Those of the run, which are no Pin's."""
    return [line["error"]["code"] for line in map(json.loads,
                                                  output.splitlines())
            if line["event"] == "error"]


@tap
def errors_of_the_run_are_json_too():
    """Those that showed before the first Pin was asked for were not."""
    with Folder(origin) as folder:
        for words, status, code in (
                (["--archive", "no/archive", SHORT["id"]], 6, "io"),
                (["--input", "no-list"], 6, "io"),
                (["-j", "0", SHORT["id"]], 1, "usage"),
                (["-q", "foo", SHORT["id"]], 1, "usage")):
            result = folder.run("--json", *words, status=status)
            assert errors(result.stdout) == [code], (words, result.stdout)
            assert result.stderr == "", result.stderr
        # Where the video goes there is no place for words
        result = folder.run("--json", "-o", "-", "--archive", "no/archive",
                            SHORT["id"], status=6)
        assert errors(result.stderr) == ["io"] and not result.stdout, result


@tap
def a_list_that_cannot_be_read_is_told():
    """It was taken for an empty one."""
    with Folder(origin) as folder:
        os.mkdir(folder.join("list"))
        result = folder.run("--json", "-i", "list", "-o", "a.mp4", SHORT["id"],
                            status=6)
        assert [line["result"] for line in results(result.stdout)] == ["saved"]
        assert errors(result.stdout) == ["io"], result.stdout
        assert folder.files() == ["a.mp4"], folder.files()


@pinlib.check_each(tap, "no such item", [("saving",), ("simulate",)])
def no_such_item(how):
    """The file of the first video was there, and so the second was, too."""
    with Folder(origin) as folder:
        folder.run(SHORT["id"])
        words = ["--simulate"] if how == "simulate" else []
        result = folder.run("--item", "2", *words, SHORT["id"], status=3)
        assert "no-variant" in result.stderr, result.stderr
        assert "--item 1" in result.stderr, result.stderr


@pinlib.check_each(tap, "advice names the option", [
    ("--tls-ca-file", ["--tls-ca-file", "/dev/null"], 5),
    ("--tls-ca-file", ["--tls-ca-file", TRUSTS_OTHERS, "--retries", "0"], 5),
    ("--item", ["--item", "9"], 3), ("--captions", ["--captions", "tlh"], 0),
    ("--strategies", ["--strategies", "account"], 3)])
def advice(option, words, status):
    """It named the elements' properties."""
    with Folder(origin) as folder:
        result = folder.run(*words, SHORT["id"], status=status)
        assert option in result.stderr, result.stderr
        assert "the setting" not in result.stderr, result.stderr


@tap
def a_login_and_silence_advise_as_well():
    with Folder(origin) as folder:
        result = folder.run(catalog["blocked"]["id"], status=4)
        assert "--cookies" in result.stderr, result.stderr
        origin.faults([{"match": "https://www.pinterest.com/*",
                        "kind": "stall-headers", "times": -1}])
        try:
            result = folder.run("--json", "--timeout", "1", "--retries", "0",
                                "--strategies", "page", SHORT["id"], status=5)
        finally:
            origin.reset()
        assert "--timeout" in results(result.stdout)[0]["error"]["message"], \
            result.stdout


@tap
def a_batch_gives_the_worst():
    with Folder(origin) as folder:
        result = folder.run("--json", "1234567890123",
                            catalog["image"]["id"], SHORT["id"], status=3)
        assert [line["result"] for line in results(result.stdout)] == [
            "failed", "failed", "saved"], result.stdout


@tap
def pins_from_a_list_and_from_a_pipe():
    # As some editors begin and end lines
    text = "\ufeff# two Pins\n\n  %s  \r\n%s\n" % (SHORT["id"],
                                                   catalog["mp4-tail"]["url"])
    with Folder(origin) as folder:
        with open(folder.join("list"), "w", encoding="utf-8") as stream:
            stream.write(text)
        folder.run("-o", "{id}.mp4", "--input", "list")
        assert len(folder.files()) == 3, folder.files()
    with Folder(origin) as folder:
        folder.run("-o", "{id}.mp4", "--input", "-", input=text)
        assert folder.files() == sorted("%s.mp4" % catalog[name]["id"]
                                        for name in ("mp4", "mp4-tail"))


@tap
def quiet_is_quiet():
    with Folder(origin) as folder:
        result = folder.run("--quiet", SHORT["id"])
        assert result.stdout + result.stderr == "", result


@tap
def simulate_writes_nothing():
    with Folder(origin) as folder:
        result = folder.run("--simulate", "-o", "{id}.mp4", SHORT["id"])
        assert result.stdout == "Would save %s.mp4\n" % SHORT["id"]
        assert folder.files() == []


@tap
def the_printed_pipeline_does_the_same():
    with Folder(origin) as folder:
        result = folder.run("--print-pipeline", "-o", "it's \"{title}\".mp4",
                            "-q", "best", "--header", "X-Test: a b",
                            CMAF["url"])
        words = shlex.split(result.stdout)
        assert words[0] == "gst-launch-1.0" and "sync=false" not in words
        subprocess.run(["sh", "-c", result.stdout], check=True,
                       cwd=folder.path, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL, timeout=pinlib.LIMIT,
                       env=toollib.environment(None, folder.path))
        assert_exact(folder.join(only_file(folder)), CMAF)


@tap
def info_for_people_and_as_json():
    with Folder(origin) as folder:
        text = folder.run("info", CMAF["id"]).stdout
        for word in (CMAF["author"], CMAF["board"], "V_HLSV4", "0:24",
                     "https://" + CMAF["master"]):
            assert word in text, text
        seen = json.loads(folder.run("info", "--json", CMAF["id"]).stdout)
        assert seen["title"] == CMAF["title"] and seen["kind"] == "video"
        table = folder.run("formats", CMAF["id"]).stdout
        assert CMAF["author"] not in table and "V_HLSV4" in table, table
        picture = folder.run("info", "--json", catalog["image"]["id"],
                             status=3)
        assert json.loads(picture.stdout)["error"]["code"] == "not-a-video"


def master_entries(entry):
    """Width, height and average bit rate of each, read without our parser."""
    with open(os.path.join(site, entry["master"]), encoding="utf-8") as stream:
        text = stream.read()
    return [tuple(int(number) for number in (*size.split("x"), rate))
            for rate, size in re.findall(
                r"AVERAGE-BANDWIDTH=(\d+).*?RESOLUTION=(\d+x\d+)", text)]


@tap
def info_reads_the_playlists():
    wanted = master_entries(CMAF)
    with Folder(origin) as folder:
        seen = json.loads(folder.run("info", "--json", CMAF["id"]).stdout)
    hls, mp4 = seen["videos"][0]["variants"]
    assert wanted == [(stream["width"], stream["height"],
                       stream["average_bandwidth"])
                      for stream in hls["streams"]], hls
    for stream in hls["streams"]:
        assert stream["estimated_bytes"] == stream["average_bandwidth"] * 3
        assert stream["frame_rate"] == CMAF["fps"], stream
        assert stream["codecs"].startswith("avc1"), stream
    assert "streams" not in mp4, mp4
    assert seen["attempts"][-1]["strategy"] == "playlist", seen["attempts"]


@tap
def a_file_that_the_page_does_not_name_is_shown_with_its_size():
    entry = catalog["derived"]
    size = os.path.getsize(os.path.join(site, CMAF["mp4"]))
    with Folder(origin) as folder:
        seen = json.loads(folder.run("info", "--json", entry["id"]).stdout)
        table = folder.run("formats", entry["id"]).stdout
    hls, mp4 = seen["videos"][0]["variants"]
    assert mp4["bytes"] == size and "bytes" not in hls, seen
    row, = [line for line in table.splitlines() if "DERIVED" in line]
    shown, unit = re.search(r" ([\d.]+) ([kM])B ", row).groups()
    assert abs(float(shown) * {"k": 1e3, "M": 1e6}[unit] / size - 1) < 0.05, row


@pinlib.check_each(tap, "formats marks what is taken", [
    ("best", "720x1280"), ("500p", "360x640"), ("worst", "234x416"),
    ("<=400K", "540x960"), ("V_720P", "V_720P")])
def formats_marks(quality, wanted):
    with Folder(origin) as folder:
        table = folder.run("formats", "-q", quality, CMAF["id"]).stdout
        rows = [line for line in table.splitlines() if line[:1] == "*"]
        marked, legend = rows
        assert wanted in marked and quality in legend, table
        assert "x" not in quality or "kbit/s" in marked, table
        if quality != "V_720P":
            folder.run("-q", quality, "-o", "{height}.mp4", CMAF["id"])
            assert only_file(folder) == wanted.split("x")[1] + ".mp4"


@tap
def formats_says_where_nothing_is_taken():
    with Folder(origin) as folder:
        table = folder.run("formats", "-q", "100p", CMAF["id"]).stdout
        assert "-q 100p takes none" in table and "\n*" not in table, table
        origin.faults([{"match": "https://" + CMAF["master"], "kind": "status",
                        "status": 404, "times": -1}])
        try:
            table = folder.run("formats", CMAF["id"]).stdout
            seen = json.loads(folder.run("info", "--json", CMAF["id"]).stdout)
        finally:
            origin.reset()
        assert "could not be had" in table, table
        assert "* V_720P" in table, table
        assert seen["videos"][0]["variants"][0]["streams"] == [], seen
        assert seen["attempts"][-1]["result"] == "not-found", seen


@tap
def a_height_that_is_there_costs_no_download():
    for entry in (CMAF, catalog["ts-h264"]):
        with Folder(origin) as folder:
            name = "%d.mp4" % entry["height"]
            with open(folder.join(name), "w", encoding="utf-8") as stream:
                stream.write("precious")
            origin.reset()
            result = folder.run("-o", "{height}.mp4", entry["id"])
            assert "Kept " + name in result.stdout, result.stdout
            fetched = {url: times for url, times in requested(origin).items()
                       if url.startswith("https://v1.pinimg.com/")}
            assert fetched == {"https://" + entry["master"]: 1}, fetched
            assert os.path.getsize(folder.join(name)) == len("precious")


@tap
def a_page_is_asked_for_once():
    for entry, more in ((CMAF, ()), (catalog["ts-h264"], ()),
                        (catalog["repin"], ()),
                        (catalog["ts-h264"], ("--write-info-json",))):
        with Folder(origin) as folder:
            origin.reset()
            folder.run(*more, "-o", "a.mp4", entry["url"])
            pages = {url: times for url, times in requested(origin).items()
                     if "://www.pinterest.com/" in url}
            assert pages == {entry["url"]: 1}, pages
            # Nor is there any guess at files that nobody asked for
            assert more or not [url for url in requested(origin)
                                if url.endswith(".mp4")], requested(origin)


@tap
def a_height_that_the_playlist_gets_wrong_is_the_files():
    with Folder(origin) as folder:
        with open(os.path.join(site, CMAF["master"]),
                  encoding="utf-8") as stream:
            master = stream.read().replace("720x1280", "720x1284")
        origin.faults([{"match": "https://" + CMAF["master"], "kind": "html",
                        "content_type": "application/vnd.apple.mpegurl",
                        "body": master, "times": -1}])
        try:
            folder.run("-o", "{height}.mp4", CMAF["id"])
        finally:
            origin.reset()
        assert only_file(folder) == "1280.mp4"


@tap
def how_long_to_wait_is_told():
    with Folder(origin) as folder:
        origin.faults([{"match": SHORT["url"], "kind": "status", "status": 429,
                        "retry_after": "777", "times": -1}])
        try:
            result = folder.run(SHORT["id"], status=4)
        finally:
            origin.reset()
        assert "777 seconds" in result.stderr, result.stderr


@tap
def a_pin_that_is_not_there_is_told_so():
    for name in ("not-found", "gone", "private"):
        with Folder(origin) as folder:
            result = folder.run(catalog[name]["url"], status=2)
            for word in (catalog[name]["id"], "There is no Pin", "private",
                         "cookies"):
                assert word in result.stderr, (name, result.stderr)


@tap
def info_of_a_saved_page_asks_nobody():
    pages = os.path.join(os.environ["PIN_TEST_DATA"], "pages")
    with open(os.path.join(pages, "redux.json"), encoding="utf-8") as stream:
        wanted = json.load(stream)
    with Folder(None) as folder:
        result = folder.run("info", "--json", "--page",
                            os.path.join(pages, "redux.html"), wanted["pin"],
                            env={"https_proxy": "http://127.0.0.1:1"})
        seen = json.loads(result.stdout)
        assert seen["title"] == wanted["media"]["title"], seen


@tap
def usage_errors_tell_what_to_do():
    with Folder(None) as folder:
        for words, hint in ((["--qualty", "best", "1"], "--quality"),
                            (["-j", "0", "1"], "--jobs"),
                            (["--limit-rate", "fast", "1"], "500K"),
                            ([], "--help"), (["-o", "-", "1", "2"], "one"),
                            (["info", "--overwrite", "1"], "info")):
            result = folder.run(*words, status=1)
            assert hint in result.stderr, (words, result.stderr)
            assert len(result.stderr.splitlines()) == 1, result.stderr


@pinlib.check_each(tap, "what cannot be is a usage error", [
    ("foo", ["-q", "foo"], "720p"), ("nope", ["--strategies", "nope"], "page")])
def wishes(value, words, hint):
    with Folder(None) as folder:
        for command in ("get", "info", "formats"):
            result = folder.run(command, *words, SHORT["id"], status=1)
            assert value in result.stderr and hint in result.stderr, \
                result.stderr
            assert len(result.stderr.splitlines()) == 1, result.stderr


@tap
def a_proxy_that_is_none_is_told():
    with Folder(None) as folder:
        for proxy in ("http://", "ftp://a:1", "//", "http:///x"):
            result = folder.run("--proxy", proxy, SHORT["id"], status=3)
            assert "http://HOST:PORT" in result.stderr, result.stderr
            assert len(result.stderr.splitlines()) == 1, result.stderr
        result = folder.run("--proxy", "http://me:secret@127.0.0.1:1",
                            "--retries", "0", SHORT["id"], status=5)
        assert "127.0.0.1:1" in result.stderr, result.stderr
        assert "secret" not in result.stderr, result.stderr


@tap
def a_proxy_needs_no_scheme():
    with Folder(origin) as folder:
        folder.run("--proxy", origin.proxy.partition("://")[2], "-o", "a.mp4",
                   SHORT["id"])
        assert only_file(folder) == "a.mp4"


@tap
def options_from_environment_and_file():
    with Folder(origin) as folder:
        os.makedirs(folder.join(".xdg", "gst-pin"))
        with open(folder.join(".xdg", "gst-pin", "config"), "w",
                  encoding="utf-8") as stream:
            stream.write("# mine\noutput = file-{id}.mp4\nquiet = yes\n")
        result = folder.run(SHORT["id"])
        assert folder.files() == ["file-%s.mp4" % SHORT["id"]]
        assert result.stdout == ""
        folder.run(SHORT["id"], env={"GST_PIN_OUTPUT": "env.mp4"})
        folder.run("-o", "line.mp4", SHORT["id"],
                   env={"GST_PIN_OUTPUT": "env.mp4"})
        assert {"env.mp4", "line.mp4"} < set(folder.files())
        result = folder.run(SHORT["id"], env={"GST_PIN_JOBS": "many"},
                            status=1)
        assert "GST_PIN_JOBS" in result.stderr, result.stderr


with references, origin:
    tap.run()
