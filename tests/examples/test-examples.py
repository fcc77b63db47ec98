#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs the examples as a reader of the README would.

One process, on the origin; PIN_EXAMPLES is the folder of the scripts,
PIN_EXAMPLE_APPSINK and PIN_EXAMPLE_FACTS the programs, PIN_BUILD the build
folder.
"""

import os
import re
import signal
import subprocess
import tempfile

import originlib

tap = originlib.Tap()
site = originlib.site()
scratch = tempfile.TemporaryDirectory(prefix="pin-examples-")
EXAMPLES = os.environ["PIN_EXAMPLES"]
APPSINK = os.environ["PIN_EXAMPLE_APPSINK"]
FACTS = os.environ["PIN_EXAMPLE_FACTS"]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60,
                          cwd=scratch.name, **more)


def packets(*source):
    """How many packets each kind of stream has, pictures left out."""
    listing = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-show_entries",
         "stream=codec_type,nb_read_packets:stream_disposition=attached_pic",
         "-of", "compact=p=0", *source], capture_output=True, text=True,
        check=True).stdout
    return {kind: int(number) for kind, number, picture in re.findall(
        r"codec_type=(\w+)\|nb_read_packets=(\d+)\|.*attached_pic=(\d)",
        listing) if picture == "0"}


def expected(entry):
    """The same of the entry's best variant on disk."""
    reference = os.path.join(scratch.name, entry["name"] + ".reference.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-y",
                    *originlib.oracle_args(site, entry), "-c", "copy",
                    reference], check=True)
    return packets(reference)


def to_appsink(origin, name, *more):
    output = os.path.join(scratch.name, name + ".mp4")
    done = run(APPSINK, "--proxy", origin.proxy, "--tls-ca-file", origin.ca,
               origin.catalog()[name]["url"], output, *more)
    return done, output


def check_appsink(name):
    with originlib.Origin(site) as origin:
        done, output = to_appsink(origin, name)
        assert done.returncode == 0, done.stderr
        assert done.stderr == "", done.stderr
        got, want = packets(output), expected(origin.catalog()[name])
        assert got == want, (got, want)
        assert want.get("video") and want.get("audio"), want


@tap
def appsink_takes_a_cmaf_pin():
    check_appsink("cmaf")


@tap
def appsink_takes_a_ts_pin():
    check_appsink("ts-h264")


@tap
def appsink_takes_a_progressive_pin():
    check_appsink("mp4")


@tap
def appsink_names_the_error_and_leaves_no_file():
    with originlib.Origin(site) as origin:
        for name, code in (("not-found", "not-found"),
                           ("image", "not-a-video")):
            done, output = to_appsink(origin, name)
            assert done.returncode == 1, done
            assert done.stderr.startswith(code + ": "), done.stderr
            assert len(done.stderr.splitlines()) == 1, done.stderr
            assert not os.path.exists(output)


@tap
def appsink_interrupted_leaves_no_file():
    with originlib.Origin(site) as origin:
        origin.faults([{"match": "*.cmfv", "kind": "stall-body", "times": -1,
                        "after": 100000, "ms": 60000}])
        output = os.path.join(scratch.name, "interrupted.mp4")
        process = subprocess.Popen(
            [APPSINK, "--proxy", origin.proxy, "--tls-ca-file", origin.ca,
             origin.catalog()["cmaf"]["url"], output],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while not any(".cmfv" in url for url in origin.stats()["by_url"]):
            assert process.poll() is None, process.stdout.read()
        process.send_signal(signal.SIGINT)
        text = process.communicate(timeout=10)[0]
        assert process.returncode == 1, (process.returncode, text)
        assert not os.path.exists(output)


@tap
def appsink_explains_itself():
    for arguments in ((), ("one",), ("--no-such-option", "a", "b")):
        done = run(APPSINK, *arguments)
        assert done.returncode == 1 and done.stderr, (arguments, done)


def facts(origin, *locations):
    environment = {**os.environ, "https_proxy": origin.proxy,
                   "LC_ALL": "C.UTF-8"}
    return run(FACTS, "--tls-ca-file", origin.ca, *locations, env=environment)


@tap
def facts_of_several_pins():
    with originlib.Origin(site) as origin:
        pins = [origin.catalog()[name] for name in ("cmaf", "mp4")]
        done = facts(origin, *(pin["url"] for pin in pins))
        assert done.returncode == 0 and done.stderr == "", done
        expected_lines = {"%s: %s, %d s, https://%s" % (
            pin["id"], pin["title"], pin["duration_ms"] // 1000,
            pin["master"] or pin["mp4"]) for pin in pins}
        assert set(done.stdout.splitlines()) == expected_lines, done.stdout


@tap
def facts_name_the_errors():
    with originlib.Origin(site) as origin:
        image = origin.catalog()["image"]
        done = facts(origin, image["url"], "cats")
        assert done.returncode == 1 and done.stdout == "", done
        first, second = done.stderr.splitlines()
        assert first.startswith("invalid-location: "), done.stderr
        assert second.startswith("not-a-video: "), done.stderr
        assert image["picture"] in second, done.stderr


@tap
def a_pipe_feeds_ffprobe():
    with originlib.Origin(site) as origin:
        done = run(os.path.join(EXAMPLES, "pipe-to-ffprobe.sh"),
                   origin.catalog()["cmaf"]["url"], "proxy=" + origin.proxy,
                   "tls-ca-file=" + origin.ca)
        assert done.returncode == 0, done.stderr
        for part in ("codec_name=h264", "codec_name=aac", "height=1280"):
            assert part in done.stdout, done.stdout


@tap
def the_quickstart_shows_file_streams_and_a_frame():
    done = run(os.path.join(EXAMPLES, "quickstart.sh"))
    assert done.returncode == 0, done.stdout + done.stderr
    entry = originlib.catalog(site)["cmaf"]
    made = os.path.join(scratch.name, "pin-" + entry["id"])
    assert packets(made + ".mp4") == expected(entry)
    with open(made + ".jpg", "rb") as stream:
        assert stream.read(3) == b"\xff\xd8\xff"
    for part in ("gst-launch-1.0 pinsrc location=" + entry["url"],
                 "filesink location=./pin-%s.mp4" % entry["id"],
                 "codec_name=h264", "codec_name=aac"):
        assert part in done.stdout, (part, done.stdout)


@tap
def the_quickstart_fails_where_the_pipeline_fails():
    done = run(os.path.join(EXAMPLES, "quickstart.sh"),
               "https://pinterest.com.example/pin/123456789012345678/",
               "elsewhere")
    assert done.returncode != 0
    assert "invalid" in done.stderr.lower() or "Pin" in done.stderr, done.stderr
    assert os.listdir(os.path.join(scratch.name, "elsewhere")) == []


tap.run()
