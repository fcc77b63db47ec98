#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Makes the folder that pin-origin serves: media, pages, routes, catalog.

    make-site.py DIR            the basic set, in well under a minute
    make-site.py --bench DIR    and clips of realistic size (some 300 MB)
    make-site.py --huge DIR     and a clip of 50 minutes, mostly links

The same scripts give the same site. A set that is there and was made by these
very scripts is left alone, and a lock file lets several tests call this at the
same time. Afterwards DIR holds

    catalog.json    the Pins: what they are, where their media lie, what is
                    expected of a client (catalog entries are described in
                    README.md beside this file)
    links.json      short links and where they lead
    routes.json     for pin-origin: the addresses that are no files
    HOST/PATH       everything else
"""

import argparse
import concurrent.futures
import datetime
import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import sys

import sitemedia
import sitepages as pages

HERE = os.path.dirname(os.path.abspath(__file__))
SET_NAMES = ("basic", "bench", "huge")

PORTRAIT = [("240w", 234, 416, 90), ("360w", 360, 640, 150),
            ("540w", 540, 960, 250), ("720w", 720, 1280, 400)]

# Each is encoded once; several Pins can show one.
CLIPS = {
    "basic": [
        {"name": "cmaf", "media": "hls-cmaf", "seconds": 24, "tone": 440,
         "renditions": PORTRAIT, "with_mp4": True, "with_captions": True},
        {"name": "ts-h264", "media": "hls-ts", "seconds": 20, "fragment": 6,
         "tone": 550, "picture": "testsrc", "fps": 25,
         "renditions": [("240w", 426, 240, 100), ("360w", 640, 360, 200)]},
        {"name": "ts-hevc", "media": "hls-ts", "seconds": 20, "fragment": 6,
         "codec": "hevc", "tone": 660, "fps": 25,
         "renditions": [("240w", 240, 426, 80), ("360w", 360, 640, 160)]},
        {"name": "ts-single", "media": "hls-ts", "seconds": 13, "fragment": 4,
         "tone": 770, "single": True, "renditions": [("360w", 360, 640, 150)]},
        {"name": "mp4", "media": "mp4", "seconds": 10, "tone": 880,
         "picture": "testsrc", "renditions": [("720w", 720, 1280, 300)]},
        {"name": "mp4-tail", "media": "mp4", "seconds": 9, "tone": 330,
         "picture": "smptebars", "moov": "tail",
         "renditions": [("720w", 720, 1280, 300)]},
        {"name": "story", "media": "hls-cmaf", "seconds": 8, "tone": 500,
         "picture": "testsrc", "renditions": PORTRAIT[1:3], "with_mp4": True},
        {"name": "carousel-1", "media": "hls-cmaf", "seconds": 6, "tone": 600,
         "renditions": PORTRAIT[:2]},
        {"name": "carousel-2", "media": "hls-cmaf", "seconds": 4, "tone": 700,
         "picture": "smptehdbars", "renditions": PORTRAIT[:2]},
    ],
    "bench": [
        {"name": "cmaf-24s", "media": "hls-cmaf", "seconds": 24, "tone": 440,
         "piece": 12, "noise": 20, "audio_rate": "128k",
         "renditions": [("360w", 360, 640, 400), ("720w", 720, 1280, 1200)]},
        {"name": "cmaf-5min", "media": "hls-cmaf", "seconds": 300, "tone": 440,
         "piece": 10, "noise": 20, "audio_rate": "128k",
         "renditions": [("720w", 720, 1280, 1200)]},
        {"name": "ts-5min", "media": "hls-ts", "seconds": 300, "tone": 550,
         "piece": 12, "noise": 40, "fragment": 6, "gop": 2,
         "audio_rate": "128k",
         "renditions": [("720w", 1280, 720, 4850)]},
    ],
    "huge": [],
}


def pin_id(name):
    """18 digits, too many for a double; one Pin is as old as 11 digits."""
    if name == "mp4-tail":
        return "68746360275"
    return str(5 * 10 ** 17 + int(pages.digest("pin " + name)[:14], 16))


def pin(name, clip=None, **more):
    number = int(pages.digest(name)[:6], 16)
    when = datetime.datetime(2025, 1, 1) + datetime.timedelta(
        minutes=number % 400000)
    out = {"name": name, "id": pin_id(name), "clip": clip,
           "title": "A test Pin: %s" % name,
           "description": "What %s shows moves, so that frames differ." % name,
           "author": "Ada Example", "username": "adaexample",
           "board": "Test pictures", "created": when, "page": "redux",
           "expect": "ok" if clip else None}
    out.update(more)
    return out


def story_pin(clip):
    """An idea Pin: a picture first, the video on the second page; its block
    has no type, as some have none."""
    def block(video):
        return {"block_style": None, "block_id": "b", "video": {
            "id": "VideoMetadata:b", "video_list": pages.video_list(video)}}

    picture = {"type": "story_pin_image_block", "block_type": 2, "image": {
        "images": {"originals": {"url": pages.IMAGE + "originals/%s.jpg"
                                 % pages.spread("story 1")}}}}
    return pin("story", clip=dict(clip), snake={
        "videos": None, "is_video": False, "story_pin_data_id": "5301",
        "story_pin_data": {"metadata": {"pin_title": "A test Pin: story"},
                           "page_count": 2, "pages": [
                               {"blocks": [picture]},
                               {"blocks": [{"type":
                                            "story_pin_paragraph_block",
                                            "text": "a word"},
                                           block(clip)]}]}})


def carousel_pin(first, second):
    slots = [{"id": str(i), "title": "slot %d" % i, "link": None,
              "details": "", "images": pages.images("https://" + c["cover"]),
              "videos": {"video_list": pages.video_list(c)}}
             for i, c in enumerate((first, second))]
    return pin("carousel", clip=dict(first), items=[first, second], snake={
        "videos": None, "is_video": False,
        "carousel_data": {"carousel_slots": slots, "index": 0}})


def derived_clip(clip, root):
    """The clip as a page shows it that names no file; the file is there all
    the same, where the names in the playlist lead."""
    path = clip["best"].replace("/hls/", "/expMp4/").replace(".m3u8", ".mp4")
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    shutil.copyfile(os.path.join(root, clip["mp4"]), full)
    return dict(clip, mp4=None)


def basic_pins(clips, root):
    repin = pin("repin", clips["cmaf"], page="relay", title="Saved again",
                canonical_id=pin_id("cmaf"))
    repin["camel"] = {"pinJoin": {"seoCanonicalUrl": "/pin/%s/"
                                  % repin["canonical_id"], "canonicalPin": {
                                      "entityId": repin["canonical_id"]}}}
    picture = sitemedia.make_picture(root, "image")
    odd = dict(pages.snake_pin(pin("odd"))["board"])
    return [
        pin("cmaf", clips["cmaf"], board="Drills & swatches",
            title="“Tartan” \"quick\" drill & 🎨 </script><b>bold",
            description="Line one\nline two \\ with {braces}; and );"),
        pin("cmaf-relay", clips["cmaf"], page="relay",
            title="Relay says: \"hello\"; } ) 🧵 </script>"),
        pin("cmaf-legacy", clips["cmaf"], page="legacy"),
        pin("resource", clips["cmaf"], page="shell"),
        repin,
        pin("ts-h264", clips["ts-h264"], page="relay"),
        pin("ts-hevc", clips["ts-hevc"]),
        pin("ts-single", clips["ts-single"]),
        pin("mp4", clips["mp4"], page="redux-ld"),
        pin("mp4-tail", clips["mp4-tail"], page="relay"),
        story_pin(clips["story"]),
        carousel_pin(clips["carousel-1"], clips["carousel-2"]),
        pin("derived", derived_clip(clips["cmaf"], root)),
        pin("private", clips["cmaf"], page="private", expect="not-found"),
        pin("image", picture=picture, expect="not-a-video"),
        pin("external", expect="external", snake={
            "embed": {"src": "https://www.youtube.com/embed/dQw4w9WgXcQ",
                      "type": "", "width": 640, "height": 360},
            "domain": "youtube.com", "is_playable": True,
            "link": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"}),
        pin("schema", expect="schema", snake={
            "is_video": True, "is_playable": True,
            "videos": {"renditions_v9": [{"href": 1}], "board": odd}}),
        pin("not-found", page="not-found", expect="not-found"),
        pin("gone", page="gone", expect="not-found"),
        pin("blocked", page="login", expect="blocked"),
    ]


# ---------------------------------------------------------------------------
# Writing

class Writer:
    """Puts files and routes into place."""

    def __init__(self, root):
        self.root = root
        self.routes = {}

    def file(self, path, text, zipped=True):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        data = text.encode()
        with open(full + ".new", "wb") as stream:
            stream.write(data)
        os.replace(full + ".new", full)
        if zipped:
            with open(full + ".gz.new", "wb") as stream:
                stream.write(gzip.compress(data, 6, mtime=0))
            os.replace(full + ".gz.new", full + ".gz")

    def route(self, address, **what):
        self.routes[address] = what

    def json(self, path, value):
        self.file(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n",
                  zipped=False)


PAGES = {"redux": pages.redux_page, "relay": pages.relay_page,
         "legacy": pages.legacy_page, "shell": pages.shell_page,
         "redux-ld": lambda p: pages.redux_page(p, linked_data=True),
         "not-found": pages.not_found_page, "gone": pages.gone_page}


def write_private(writer, one):
    """What the account is shown of a Pin that nobody else sees."""
    page = "www.pinterest.com/pin/%s/" % one["id"]
    writer.file(page + "index.html", pages.not_found_page(one))
    writer.route(page, file=page + "index.html")
    for address, path, text in (
            (page, page + "private.html", pages.redux_page(one)),
            ("www.pinterest.com/resource/PinResource/get/?id=" + one["id"],
             "www.pinterest.com/resource/%s.json" % one["id"],
             pages.resource_answer(one)),
            ("api.pinterest.com/v5/pins/" + one["id"],
             "api.pinterest.com/%s.json" % one["id"],
             pages.api_answer(one))):
        writer.file(path, text)
        writer.route("account:" + address, file=path)


def write_pin(writer, one):
    if one["page"] == "private":
        write_private(writer, one)
        return
    address = "www.pinterest.com/pin/%s/" % one["id"]
    resource = ("www.pinterest.com/resource/PinResource/get/?id=%s"
                % one["id"])
    path = "www.pinterest.com/resource/%s.json" % one["id"]
    if one["page"] == "login":
        writer.route(address, status=302,
                     location="/login/?next=%%2Fpin%%2F%s%%2F" % one["id"])
        writer.file(path, pages.resource_failure(401, 3,
                                                 "Authorization failed."))
        writer.route(resource, status=401, file=path)
        return
    writer.file(address + "index.html", PAGES[one["page"]](one))
    writer.route(address, file=address + "index.html",
                 status=404 if one["page"] == "gone" else 200)
    if one["page"] in ("not-found", "gone"):
        return
    writer.file(path, pages.resource_answer(one))
    writer.route(resource, file=path)
    path = "widgets.pinterest.com/%s.json" % one["id"]
    writer.file(path, pages.widget_answer(one), zipped=False)
    writer.route("widgets.pinterest.com/v3/pidgets/pins/info/?pin_ids=%s"
                 % one["id"], file=path)


def write_common(writer):
    nobody = pin("nobody")
    for address, text in (
            ("www.pinterest.com/pin/*", pages.not_found_page(nobody)),
            ("www.pinterest.com/pin/*/sent/", pages.shell_page(nobody)),
            ("www.pinterest.com/", pages.shell_page(nobody)),
            ("www.pinterest.com/adaexample/test-pictures/",
             pages.shell_page(nobody)),
            ("www.pinterest.com/login/", pages.login_page())):
        path = "www.pinterest.com/common/%s.html" % pages.digest(address)[:8]
        writer.file(path, text)
        writer.route(address, file=path)


def write_links(writer):
    def sent(name, host="www.pinterest.com"):
        return ("https://%s/pin/%s/sent/?invite_code=0123456789abcdef"
                "&sender=9876543210&sfo=1" % (host, pin_id(name)))

    links = []
    for code, target, expect, name in (
            ("4cmafOk", sent("cmaf"), "ok", "cmaf"),
            ("2tsUk", sent("ts-h264", "uk.pinterest.com"), "ok", "ts-h264"),
            ("123456789", sent("mp4"), "ok", "mp4"),
            ("7gone", sent("gone"), "not-found", "gone"),
            ("5board", "https://www.pinterest.com/adaexample/test-pictures/"
             "?invite_code=0123456789abcdef&sender=9876543210", "unsupported",
             None),
            ("6home", "https://www.pinterest.com/", "not-found", None),
            ("3chain", "https://pin.it/4cmafOk", "ok", "cmaf"),
            ("5user", "https://www.pinterest.com/adaexample/", "unsupported",
             None),
            ("5find", "https://www.pinterest.com/search/videos/?q=drill",
             "unsupported", None),
            ("2login", "https://www.pinterest.com/login/?next=%2F", "blocked",
             None),
            ("8loop", "https://pin.it/8loop", "network", None),
            ("8here", "https://pin.it/8there", "network", None),
            ("8there", "https://pin.it/8here", "network", None),
            ("9port", "https://www.pinterest.com:8443/pin/%s/"
             % pin_id("cmaf"), "forbidden-host", None),
            ("9plain", "http://www.pinterest.com/pin/%s/" % pin_id("cmaf"),
             "forbidden-host", None),
            ("9user", "https://someone@www.pinterest.com/pin/%s/"
             % pin_id("cmaf"), "forbidden-host", None),
            ("9self", "https://127.0.0.1/pin/%s/" % pin_id("cmaf"),
             "forbidden-host", None),
            ("9away", "https://away.example/pin/%s/" % pin_id("cmaf"),
             "forbidden-host", None),
            ("1fake", "https://www.pinterest.com.away.example/pin/%s/"
             % pin_id("cmaf"), "forbidden-host", None),
            ("0dead", None, "not-found", None)):
        links.append({"url": "https://pin.it/" + code, "expect": expect,
                      "pin": name, "id": pin_id(name) if name else None})
        if target:
            api = "api.pinterest.com/url_shortener/%s/redirect/" % code
            writer.route("pin.it/" + code, status=308,
                         location="https://" + api)
            writer.route(api, status=302, location=target)
    writer.json("links.json", links)


def entry(one):
    """What catalog.json says of a Pin."""
    clip = one["clip"] or {}
    made = one["created"].strftime("%Y-%m-%dT%H:%M:%SZ")
    out = {"name": one["name"], "id": one["id"], "page": one["page"],
           "url": "https://www.pinterest.com/pin/%s/" % one["id"],
           "canonical_id": one.get("canonical_id"), "expect": one["expect"],
           "media": clip.get("media", "none"), "title": one["title"],
           "description": one["description"], "author": one["author"],
           "username": one["username"], "board": one["board"],
           "created": made, "picture": one.get("picture")}
    out.update(media_entry(clip))
    if one.get("items"):
        out["items"] = [media_entry(item) for item in one["items"]]
    return out


def media_entry(clip):
    out = {key: clip.get(key) for key in ("master", "best", "audio", "mp4",
                                          "cover", "captions")}
    out["codec"] = clip.get("codec", "h264") if clip else None
    out["duration_ms"] = int(clip["seconds"] * 1000) if clip else None
    if clip:
        out["width"], out["height"] = clip["renditions"][-1][1:3]
        out["fps"] = clip.get("fps", 30)
    return out


# ---------------------------------------------------------------------------
# Sets

def make_clips(name, root):
    """Makes the media of a set, one clip per core at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(sitemedia.make, clip, root, os.path.join(
            root, ".work", clip["name"])) for clip in CLIPS[name]]
        made = {job.result()["name"]: job.result() for job in jobs}
    shutil.rmtree(os.path.join(root, ".work"), ignore_errors=True)
    return made


def make_huge(root, source):
    clip = sitemedia.describe({
        "name": "ts-50min", "media": "hls-ts", "seconds": 3000, "turns": 10,
        "fragment": 6, "renditions": [("720w", 1280, 720, 4850)]})
    clip["cover"] = source["cover"]
    sitemedia.make_huge(clip, root, source)
    return {"ts-50min": clip}


def fingerprint():
    total = hashlib.sha256()
    for name in ("make-site.py", "sitemedia.py", "sitepages.py"):
        with open(os.path.join(HERE, name), "rb") as stream:
            total.update(stream.read())
    return total.hexdigest()


def read_stamp(root):
    """The sets that are there and true: name → clips."""
    try:
        with open(os.path.join(root, ".stamp.json"), encoding="utf-8") as s:
            stamp = json.load(s)
    except (OSError, ValueError):
        return {}
    return stamp["sets"] if stamp["fingerprint"] == fingerprint() else {}


def write_site(root, sets):
    clips = {}
    for name in SET_NAMES:
        clips.update(sets.get(name, {}))
    writer = Writer(root)
    pins = basic_pins(clips, root)
    pins += [pin(name, clips[name]) for known in ("bench", "huge")
             for name in sets.get(known, {})]
    for one in pins:
        write_pin(writer, one)
    write_common(writer)
    write_links(writer)
    writer.json("routes.json", writer.routes)
    writer.json("catalog.json", [entry(one) for one in pins])
    writer.json(".stamp.json", {"fingerprint": fingerprint(), "sets": sets})


def make_site(root, wanted):
    os.makedirs(root, exist_ok=True)
    with open(os.path.join(root, ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sets = read_stamp(root)
        missing = [name for name in wanted if name not in sets]
        for name in missing:
            if name == "huge":
                sets[name] = make_huge(root, sets["bench"]["ts-5min"])
            else:
                sets[name] = make_clips(name, root)
        if missing:
            write_site(root, sets)
    return missing


def main():
    parser = argparse.ArgumentParser(description=re.split(
        r"\n\n", __doc__)[0], epilog="See the top of this script for more.")
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("--bench", action="store_true",
                        help="clips of realistic size as well")
    parser.add_argument("--huge", action="store_true",
                        help="a clip of 50 minutes as well")
    args = parser.parse_args()
    wanted = ["basic"]
    if args.bench or args.huge:
        wanted.append("bench")
    if args.huge:
        wanted.append("huge")
    made = make_site(args.directory, wanted)
    print("%s: %s" % (args.directory, "made " + ", ".join(made)
                      if made else "up to date"), file=sys.stderr)


if __name__ == "__main__":
    main()
