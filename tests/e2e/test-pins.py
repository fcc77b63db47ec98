#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""From a Pin's address to its file: every video Pin of the origin, in each
form of the pipeline, compared with ffmpeg's own copy of the same media; and
what was asked of the network on the way. All checks share one origin, one after
the other; each that counts begins at zero.

    PIN_ORIGIN=… PIN_RUN=… GST_PLUGIN_PATH=… test-pins.py [CHECK…]
"""

import os
import subprocess
import time

import mediacheck
import pinlib
from pinlib import launch, originlib, pin_run, requested, source

tap = originlib.Tap(limit=120)
site = originlib.site()
catalog = originlib.catalog(site)
links = originlib.links(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name
origin = originlib.Origin(site)
proven = {}                     # media's path → packets that are right

HLS = ("cmaf", "cmaf-relay", "cmaf-legacy", "resource", "repin", "ts-h264",
       "ts-hevc", "ts-single", "story", "carousel")
VIDEOS = (*HLS, "mp4", "mp4-tail")
CMAF = catalog["cmaf"]
SHORT = catalog["mp4"]
PAGE = "https://www.pinterest.com/"


def output(name):
    path = os.path.join(folder, name + ".mp4")
    if os.path.exists(path):
        os.remove(path)
    return path


def save(location, path, *between, **properties):
    launch([*source(origin, location, **properties), "!", *between,
            "pinmp4bin", "!", "filesink", "location=" + path])
    return path


def assert_same_media(path, entry):
    """Decodes only what was not found to be right before, in another file of
    the same media."""
    key = entry["best"] or entry["mp4"]
    packets = pinlib.packets(path)
    if key in proven:
        pinlib.assert_same_packets(proven[key], packets)
        return
    differences = mediacheck.compare(pinlib.reference(site, entry, folder),
                                     path)
    assert not differences, "\n".join(differences)
    proven[key] = packets


def assert_moov_first(path):
    names = pinlib.boxes(path)
    assert names[0] == "ftyp", names
    assert names.index("moov") < names.index("mdat"), names
    assert names.count("moov") == 1 and "moof" not in names, names


def assert_only(entry, *more):
    """Nothing but the wanted Pin's page, media and cover was requested."""
    allowed = {entry["url"], *more} if "url" in entry else set(more)
    allowed |= pinlib.media_urls(site, entry)
    if entry["cover"]:
        allowed.add("https://" + entry["cover"])
    seen = requested(origin)
    assert not set(seen) - allowed, sorted(set(seen) - allowed)
    return seen


# --- Pins --------------------------------------------------------------------

@pinlib.check_each(tap, "short form", [(name,) for name in VIDEOS])
def short_form(name):
    entry = catalog[name]
    origin.reset()
    path = save(entry["url"], output(name))
    assert_same_media(path, entry)
    assert_moov_first(path)
    more = [PAGE + "resource/PinResource/get/"] if name == "resource" else []
    seen = assert_only(entry, *more)
    assert seen[entry["url"]] == 1, seen
    for playlist in (entry["master"], entry["best"], entry["audio"]):
        assert not playlist or seen["https://" + playlist] == 1, seen


@pinlib.check_each(tap, "spelled out", [(name,) for name in HLS])
def spelled_out(name):
    path = save(catalog[name]["url"], output(name), "hlsdemux", "!")
    assert_same_media(path, catalog[name])
    assert_moov_first(path)


@tap
def carousel_item_2():
    entry = catalog["carousel"]
    item = entry["items"][1]
    origin.reset()
    path = save(entry["url"], output("item"), item=2)
    assert_same_media(path, item)
    assert_only(item, entry["url"], "https://" + entry["cover"])


@tap
def media_are_the_same_at_any_speed():
    """Parallel fetching has no say in the order of anything."""
    for n in (1, 2, 5, 128):
        assert_same_media(save(CMAF["url"], output("speed"),
                               max_connections=n), CMAF)


@tap
def a_slow_network_changes_nothing():
    origin.reset()
    origin.knobs(latency_ms=20, rate=400000)
    try:
        path = save(CMAF["url"], output("slow"))
    finally:
        origin.knobs(latency_ms=0, rate=0)
    assert_same_media(path, CMAF)


# --- ways to write a location ------------------------------------------------

def forms():
    identifier = SHORT["id"]
    yield "number", identifier
    yield "pin scheme", "pin://" + identifier
    yield "slug", PAGE + "pin/a-video-to-see--%s/" % identifier
    yield "no scheme", "pinterest.com/pin/%s" % identifier
    yield "country label", "https://br.pinterest.com/pin/%s/" % identifier
    yield "country domain", "https://www.pinterest.co.uk/pin/%s/" % identifier
    yield "query", SHORT["url"] + "?utm_source=x#y"
    yield "sent", SHORT["url"] + "sent/?invite_code=1&sender=2&sfo=1"
    for link in links:
        if link["expect"] == "ok":
            yield "short link to " + link["pin"], link["url"]


@pinlib.check_each(tap, "location", list(forms()))
def location_forms(name, location):
    entry = SHORT
    for link in links:
        if link["url"] == location:
            entry = catalog[link["pin"]]
    origin.reset()
    path = save(location, output("form"))
    assert_same_media(path, entry)
    tags = pinlib.probe(path)["format"]["tags"]
    assert tags["comment"] == entry["url"], tags


# --- quality -----------------------------------------------------------------

QUALITIES = [
    ("best", "cmaf", "_720w."), ("worst", "cmaf", "_240w."),
    ("360p", "cmaf", "_360w."), ("600p", "cmaf", "_540w."),
    ("<=300k", "cmaf", "_360w."), ("hevc,480p", "cmaf", "_360w."),
    ("worst", "ts-h264", "_240w"), ("hevc", "ts-hevc", "_360w"),
]


@pinlib.check_each(tap, "quality", [
    ("%s of %s" % (quality, name), quality, name, rung)
    for quality, name, rung in QUALITIES])
def quality_picks_the_rung(_, quality, name, rung):
    entry = catalog[name]
    root = entry["master"][:-len(".m3u8")]
    origin.reset()
    save(entry["url"], output("quality"), quality=quality)
    media = {url for url in requested(origin) if "v1.pinimg.com" in url
             and not url.endswith(entry["master"])}
    assert media, "nothing fetched"
    for url in media:
        assert url.startswith(("https://" + root + rung,
                               "https://" + root + "_audio.")), sorted(media)
    assert any(rung in url and not url.endswith(".m3u8") for url in media)


# --- tags --------------------------------------------------------------------

def assert_text_tags(seen, entry):
    tags = seen["format"]["tags"]
    assert tags["title"] == entry["title"], tags
    assert tags["artist"] == entry["author"], tags
    assert tags["comment"] == entry["url"], tags
    assert tags["description"] == entry["description"], tags
    # GStreamer 1.22's mp4mux writes 2025-7-23
    assert list(map(int, tags["date"][:10].split("-"))) == list(
        map(int, entry["created"][:10].split("-"))), tags


def assert_tags(path, entry):
    seen = pinlib.probe(path)
    assert_text_tags(seen, entry)
    covers = [stream for stream in seen["streams"]
              if stream["disposition"]["attached_pic"]]
    assert [cover["codec_name"] for cover in covers] == ["mjpeg"], covers


def extract_cover(path):
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v:1", "-c", "copy",
         "-f", "image2pipe", "-"], check=True, stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL).stdout


def save_as(form, location, path, **properties):
    launch([*source(origin, location, **properties), "!", "pinmp4bin",
            "format=" + form, "!", "filesink", "location=" + path])
    return path


def assert_cover(path, entry):
    with open(os.path.join(site, entry["cover"]), "rb") as stream:
        assert extract_cover(path) == stream.read(), "another picture"


@pinlib.check_each(tap, "tags in the file", [
    ("%s of %s" % (form, name), form, name)
    for form in ("faststart", "fragmented", "plain")
    for name in ("cmaf", "cmaf-relay", "ts-h264", "mp4", "mp4-tail")])
def tags_in_the_file(_, form, name):
    path = save_as(form, catalog[name]["url"], output("tags"))
    assert_tags(path, catalog[name])
    assert_cover(path, catalog[name])


COVER = "https://" + CMAF["cover"]


@pinlib.check_each(tap, "a cover that is late", [
    ("a little", {"kind": "stall-body", "after": 100, "ms": 150}, True),
    ("for ever", {"kind": "stall-headers"}, False),
    ("in the middle", {"kind": "stall-body", "after": 100}, False),
    ("with an error", {"kind": "status", "status": 503}, False)])
def a_late_cover(_, fault, there):
    """Waited for a moment, also where the header goes first, and then left
    out; all else is in the file."""
    origin.reset()
    origin.faults([{"match": "*" + CMAF["cover"], "times": -1, **fault}])
    began = time.monotonic()
    try:
        path = save_as("fragmented", CMAF["url"], output("late"), timeout=30)
    finally:
        origin.faults([])
    assert time.monotonic() - began < 15 * pinlib.SLOW
    assert requested(origin)[COVER] >= 1
    if there:
        assert_tags(path, CMAF)
        assert_cover(path, CMAF)
    else:
        assert_text_tags(pinlib.probe(path), CMAF)
        assert len(pinlib.probe(path)["streams"]) == 2


@tap
def no_cover_when_not_wanted():
    origin.reset()
    path = save(SHORT["url"], output("bare"), cover="false")
    kinds = [stream["codec_type"] for stream in pinlib.probe(path)["streams"]]
    assert sorted(kinds) == ["audio", "video"], kinds
    assert "https://" + SHORT["cover"] not in requested(origin)


@tap
def tags_on_the_bus():
    run = pin_run([*source(origin, CMAF["url"]), "!", "pinmp4bin", "!",
                   "fakesink"])
    tags = {}
    for line in run.of("tag"):
        if line["source"].startswith("pinsrc"):
            tags.update(line["tags"])
    assert tags["title"] == CMAF["title"], tags
    assert tags["artist"] == CMAF["author"], tags
    assert CMAF["url"] in tags.values(), tags
    assert any(tag.startswith("image/jpeg") for tag in
               (tags.get("image"), tags.get("preview-image")) if tag), tags


# --- into pipes --------------------------------------------------------------

@pinlib.check_each(tap, "into ffprobe", [("cmaf",), ("ts-hevc",), ("mp4",)])
def fdsink_into_ffprobe(name):
    entry = catalog[name]
    writer = subprocess.Popen(
        ["gst-launch-1.0", "-q", *source(origin, entry["url"]), "!",
         "pinmp4bin", "!", "fdsink", "fd=1"], stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL, env=pinlib.environment())
    seen = pinlib.probe("-", "-count_packets", stdin=writer.stdout)
    writer.stdout.close()
    assert writer.wait(60) == 0
    wanted = pinlib.probe(pinlib.reference(site, entry, folder),
                          "-count_packets")
    assert counts(seen) == counts(wanted)


def counts(seen):
    return [(stream["codec_name"], stream["nb_read_packets"])
            for stream in seen["streams"]
            if not stream["disposition"]["attached_pic"]]


@pinlib.check_each(tap, "fragmented into a pipe", [("cmaf",), ("ts-h264",)])
def a_pipe_is_exact(name):
    path = output("pipe")
    with open(path, "wb") as stream:
        subprocess.run(["gst-launch-1.0", "-q",
                        *source(origin, catalog[name]["url"]), "!",
                        "pinmp4bin", "!", "queue", "!", "fdsink", "fd=1"],
                       check=True, stdout=stream,
                       stdin=subprocess.DEVNULL, timeout=pinlib.LIMIT,
                       env=pinlib.environment())
    assert_same_media(path, catalog[name])


if os.environ.get("PIN_EXAMPLE_APPSINK"):
    @tap
    def the_appsink_example():
        path = output("appsink")
        subprocess.run([os.environ["PIN_EXAMPLE_APPSINK"], "--proxy",
                        origin.proxy, "--tls-ca-file", origin.ca, CMAF["url"],
                        path], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, timeout=pinlib.LIMIT,
                       env=pinlib.environment())
        assert_same_media(path, CMAF)
        assert_tags(path, CMAF)
else:
    pinlib.skip(tap, "the appsink example", "examples are not built")


# --- ceilings ----------------------------------------------------------------

@tap
def max_connections_is_a_ceiling():
    origin.reset()
    origin.knobs(latency_ms=30)
    try:
        save(CMAF["url"], output("few"), max_connections=2, cover="false")
    finally:
        origin.knobs(latency_ms=0)
    # Beside the page's
    assert origin.stats()["peak_connections"] <= 3, origin.stats()


@tap
def max_buffer_bytes_is_a_ceiling():
    limit = 1024 * 1024         # the least that may be set; the Pin has more
    run = pin_run([*source(origin, CMAF["url"], max_buffer_bytes=limit), "!",
                   "pinmp4bin", "!", "filesink", "location=" + output("ring")])
    assert run.status == 0, run.lines
    stats = stats_of(run)
    assert 0 < stats["buffer-bytes-peak"] <= limit, stats
    assert_same_media(os.path.join(folder, "ring.mp4"), CMAF)


@tap
def stats_tell_what_was_fetched():
    origin.reset()
    run = pin_run([*source(origin, CMAF["url"]), "!", "pinmp4bin", "!",
                   "fakesink"])
    stats = stats_of(run)
    media = {url: counter for url, counter in origin.stats()["by_url"].items()
             if url.endswith((".cmfv", ".cmfa"))}
    assert stats["requests"] == sum(
        counter["requests"] for counter in media.values()), (stats, media)
    assert stats["bytes"] == sum(
        counter["bytes"] for counter in media.values()), (stats, media)
    assert stats["retries"] == 0, stats


def stats_of(run):
    found = [line["stats"] for line in run.of("stats")
             if "buffer-bytes-peak" in line["stats"]]
    assert found, run.lines
    return found[0]


with folder_owner, origin:
    tap.run()
