# SPDX-License-Identifier: LGPL-2.1-or-later

"""The pages of the test site: what Pinterest wraps around a Pin, in the shapes
that its pages have had, made from plain descriptions.

make-site.py calls these functions; they do no I/O and use no randomness beyond
hashes of names, so the same description gives the same bytes. A Pin is a
dictionary: id, title, description, author, username, board, created (a
datetime), clip (from sitemedia.py, or None), and what its kind needs besides.

A page is about 1 MB: a Pin's own data lie among 200 related Pins, half before
and half after, whose videos claim a higher resolution than the wanted one and
whose files do not exist. Whoever takes any video of the page takes a wrong one.
"""

import base64
import hashlib
import html
import json
import urllib.parse

VIDEO = "https://v1.pinimg.com/"
IMAGE = "https://i.pinimg.com/"
RELATED = 200


def digest(name):
    return hashlib.md5(("pin-origin page " + name).encode()).hexdigest()


def spread(name):
    d = digest(name)
    return "/".join((d[0:2], d[2:4], d[4:6], d))


def script_json(value):
    """JSON for a script element: a '</' would end it."""
    return json.dumps(value, ensure_ascii=False,
                      separators=(",", ":")).replace("</", "<\\/")


def created_text(pin):
    return pin["created"].strftime("%a, %d %b %Y %H:%M:%S +0000")


# ---------------------------------------------------------------------------
# Videos, in both spellings

def video_list(clip):
    """The entries of a clip, snake_case. Sizes are the source's in every entry,
    whatever the file behind it holds."""
    entries = {}

    def add(key, path):
        entries[key] = {
            "url": "https://" + path, "width": clip.get("source_width", 1080),
            "height": clip.get("source_height", 1920),
            "duration": int(clip["seconds"] * 1000),
            "thumbnail": "https://" + clip["cover"],
            "captions_urls": {"en-us": "https://" + clip["captions"]}
            if clip.get("captions") else {}}

    hls = clip["master"] or clip["best"]
    if hls:
        for key in ("V_HLSV4", "V_HLSV3_WEB", "V_HLSV3_MOBILE"):
            add(key, hls)
    if clip["mp4"]:
        add("V_720P", clip["mp4"])
    return entries


def phantom_list(name):
    """A better offer than any real clip's; its files do not exist."""
    entries = {}
    for key, path in (("V_1080P", "mc/1080p/%s.mp4"),
                      ("V_720P", "mc/720p/%s.mp4"),
                      ("V_HLSV4", "iht/hls/%s.m3u8"),
                      ("V_HLSV3_MOBILE", "iht/hls/%s.m3u8")):
        entries[key] = {
            "url": VIDEO + "videos/" + path % spread(name), "width": 2160,
            "height": 3840, "duration": 61000, "thumbnail": IMAGE +
            "videos/thumbnails/originals/%s.0000000.jpg" % spread(name),
            "captions_urls": {}}
    return entries


CAMEL_KEYS = {"V_720P": "v720P", "V_1080P": "v1080P", "V_HLSV4": "vHLSV4",
              "V_HLSV3_MOBILE": "vHLSV3MOBILE", "V_HLSV3_WEB": "vHLSV3WEB"}


def camel_videos(entries):
    listed = {"__typename": "VideoList"}
    for key, entry in entries.items():
        entry = {"__typename": "VideoDetail", **entry}
        entry.pop("captions_urls")
        listed[CAMEL_KEYS[key]] = entry
    urls = list(dict.fromkeys(e["url"] for e in entries.values()))
    return {"__typename": "Videos", "videoList": listed, "videoUrls": urls}


# ---------------------------------------------------------------------------
# Pins

def images(url, sizes=("orig", "736x", "474x", "236x", "170x")):
    return {size: {"url": url if size == "orig" else
                   url.replace("/originals/", "/%s/" % size),
                   "width": 1080 if size == "orig" else int(size[:-1]),
                   "height": 1920 if size == "orig" else
                   int(size[:-1]) * 16 // 9, "dominant_color": "#a08c78"}
            for size in sizes}


def picture_of(pin):
    if pin.get("picture"):
        return "https://" + pin["picture"]
    clip = pin.get("clip")
    return "https://" + clip["cover"] if clip else (
        IMAGE + "originals/%s.jpg" % spread(pin["id"]))


def person(username, full_name):
    return {"id": str(int(digest(username)[:14], 16)), "username": username,
            "full_name": full_name, "first_name": full_name.split(" ")[0],
            "image_small_url": IMAGE + "30x30_RS/%s.jpg" % spread(username),
            "image_medium_url": IMAGE + "75x75_RS/%s.jpg" % spread(username),
            "follower_count": 12345, "verified_identity": {}, "type": "user",
            "explicitly_followed_by_me": False, "is_verified_merchant": False}


def snake_pin(pin):
    author = person(pin["username"], pin["author"])
    clip = pin.get("clip")
    data = {
        "node_id": base64.b64encode(("Pin:" + pin["id"]).encode()).decode(),
        "id": pin["id"], "type": "pin", "title": pin["title"],
        "grid_title": pin["title"], "seo_title": pin["title"],
        "closeup_unified_description": pin["description"],
        "description": pin["description"], "created_at": created_text(pin),
        "images": images(picture_of(pin)), "pinner": author,
        "native_creator": author, "origin_pinner": author,
        "board": {"id": str(int(digest(pin["board"])[:14], 16)),
                  "name": pin["board"], "type": "board", "privacy": "public",
                  "url": "/%s/%s/" % (pin["username"],
                                      pin["board"].lower().replace(" ", "-")),
                  "owner": author},
        "videos": None, "is_video": False, "is_playable": False,
        "is_promoted": False, "promoter": None, "story_pin_data": None,
        "story_pin_data_id": None, "carousel_data": None, "embed": None,
        "domain": "Uploaded by user", "link": None, "rich_metadata": None,
        "dominant_color": "#a08c78", "repin_count": 321, "comment_count": 4,
        "reaction_counts": {"1": 87}, "aggregated_pin_data": {
            "aggregated_stats": {"saves": 1234, "done": 5}, "comment_count": 4}}
    if clip:
        data.update(is_video=True, is_playable=True, videos={
            "node_id": base64.b64encode(b"VideoMetadata:" +
                                        pin["id"].encode()).decode(),
            "id": "VideoMetadata:%s" % pin["id"],
            "video_list": video_list(clip)})
    data.update(pin.get("snake", {}))
    return data


def camel_pin(pin):
    clip = pin.get("clip")
    author = {"__typename": "User", "entityId":
              person(pin["username"], "x")["id"], "username": pin["username"],
              "fullName": pin["author"], "followerCount": 12345,
              "imageMediumUrl": IMAGE + "75x75_RS/%s.jpg"
              % spread(pin["username"])}
    cover = {"__typename": "ImageDetails", "url": picture_of(pin),
             "width": 1080, "height": 1920}
    data = {
        "__typename": "Pin", "__isNode": "Pin", "entityId": pin["id"],
        "id": base64.b64encode(("Pin:" + pin["id"]).encode()).decode(),
        "title": pin["title"], "gridTitle": pin["title"],
        "seoTitle": pin["title"], "description": pin["description"],
        "closeupUnifiedDescription": pin["description"],
        "createdAt": created_text(pin), "autoAltText": "a moving test picture",
        "images_orig": cover, "images_736x": dict(
            cover, url=cover["url"].replace("/originals/", "/736x/")),
        "imageSpec_orig": cover, "images_236x": dict(
            cover, url=cover["url"].replace("/originals/", "/236x/")),
        "imageSignature": digest(pin["id"]), "dominantColor": "#a08c78",
        "repinCount": 321, "shareCount": 0, "commentCount": 4,
        "reactionCountsData": [{"reactionType": 1, "reactionCount": 87}],
        "richMetadata": None, "storyPinDataId": None, "promoter": None,
        "trackingParams": digest("t" + pin["id"]) * 4,
        "shoppingFlags": [], "isEligibleForPdp": False, "visualObjects": [],
        "pinner": author, "nativeCreator": author,
        "originPinner": author, "board": {
            "__typename": "Board", "name": pin["board"], "privacy": "public",
            "url": "/%s/%s/" % (pin["username"],
                                pin["board"].lower().replace(" ", "-"))},
        "isVideo": bool(clip), "isPromoted": False, "storyPinData": None,
        "carouselData": None, "embed": None, "domain": "Uploaded by user",
        "link": None, "pinJoin": {"canonicalPin": None, "seoCanonicalUrl":
                                  "/pin/%s/" % pin["id"]},
        "videos": camel_videos(video_list(clip)) if clip else None}
    data.update(pin.get("camel", {}))
    return data


def related(name, index):
    """One of the Pins beside the wanted one."""
    key = "%s related %d" % (name, index)
    return {"id": str(10 ** 17 + int(digest(key)[:13], 16)),
            "title": "More like this %d {not} [yours]; \u2014 \"really\""
            % index,
            "description": "A related idea, no. %d. %s" % (index, " ".join(
                digest("%s %d" % (key, i)) for i in range(12))),
            "author": "Someone Else %d" % index,
            "username": "someone%d" % index, "board": "Other ideas",
            "created": None, "key": key}


def related_snake(name, index, when):
    pin = dict(related(name, index), created=when)
    data = snake_pin(pin)
    if index % 3 != 1:
        data.update(is_video=True, videos={
            "id": pin["key"], "video_list": phantom_list(pin["key"])})
    if index % 17 == 0:
        data.update(is_promoted=True, is_downstream_promotion=False,
                    promoter=person("promoter", "A Shop"))
    return data


def related_camel(name, index, when):
    pin = dict(related(name, index), created=when)
    data = camel_pin(pin)
    if index % 3 != 1:
        data["videos"] = camel_videos(phantom_list(pin["key"]))
    return data


# ---------------------------------------------------------------------------
# Blocks

def redux_state(pin, with_pin=True, count=RELATED):
    pins = {}
    for index in range(count):
        if index == count // 2 and with_pin:
            pins[pin["id"]] = snake_pin(pin)
        other = related_snake(pin["name"], index, pin["created"])
        pins[other["id"]] = other
    options = 'field_set_key="unauth_react_main_pin",id="%s"' % pin["id"]
    return {"pins": pins, "boards": {}, "users": {}, "feeds": {
        "RelatedPinFeedResource": {}}, "resources": {"PinResource": {
            options: {"data": snake_pin(pin), "error": None}}
            if with_pin else {}, "UserResource": {"user_id=null": {
                "data": None, "error": {"message": "User not found."}}}}}


def environment():
    return {"appVersion": "a1b2c3d", "locale": "en-US", "props": {
        "context": {"country": "US", "is_authenticated": False,
                    "user": {"unauth_id": digest("unauth")}}},
        "experiments": {"e%d" % i: "control" for i in range(400)}}


def data_script(identity, value):
    return ('<script id="%s" type="application/json">%s</script>\n'
            % (identity, script_json(value)))


def relay_call(variables, response, query="CloseupDetailQuery"):
    key = urllib.parse.quote(json.dumps(
        {"name": query, "variables": variables}, separators=(",", ":")))
    return ('<script data-relay-completed-request="true">'
            'window.__PWS_RELAY_REGISTER_COMPLETED_REQUEST__("%s", %s);'
            "</script>\n" % (key, script_json(response)))


def relay_pin(pin_id, data):
    return relay_call({"pinId": pin_id, "isAuth": False},
                      {"data": {"v3GetPinQueryv2": {
                          "__typename": "PinResponse", "data": data}},
                       "extensions": {"is_final": True}})


def relay_not_found(pin_id):
    return relay_call({"pinId": pin_id}, {"data": {"v3GetPinQueryv2": {
        "__typename": "PinNotFound", "__isError": "PinNotFound"}}})


def relay_related(pin, first, last):
    return relay_call(
        {"pinId": pin["id"], "count": last - first},
        {"data": {"v3RelatedPinsForPinSeoQuery": {"__typename": "RelatedPins",
                                                  "data": {"connection": {
            "edges": [{"node": related_camel(pin["name"], i, pin["created"])}
                      for i in range(first, last)]}}}}},
        "UnauthCloseupRelatedPinsFeedQuery")


RELAY_DEFINITION = """<script nonce="5f">
window.__PWS_RELAY_COMPLETED__ = [];
window.__PWS_RELAY_REGISTER_COMPLETED_REQUEST__ = function (key, value) {
  if (key && value) { window.__PWS_RELAY_COMPLETED__.push({k: key, v: value}); }
};
</script>
"""


def json_ld(pin):
    url = "https://www.pinterest.com/pin/%s/" % pin.get("canonical_id",
                                                        pin["id"])
    out = [{"@context": "http://schema.org", "@type": "SocialMediaPosting",
            "@id": url, "author": {"@type": "Person", "name": pin["author"]},
            "headline": pin["title"], "datePublished": created_text(pin)}]
    clip = pin.get("clip")
    if clip and clip["mp4"]:
        out.append({"@context": "http://schema.org", "@type": "VideoObject",
                    "@id": url, "name": pin["title"],
                    "contentUrl": "https://" + clip["mp4"],
                    "thumbnailUrl": "https://" + clip["cover"],
                    "duration": "PT%gS" % clip["seconds"],
                    "uploadDate": created_text(pin),
                    "creator": {"@type": "Person", "name": pin["author"]}})
    return "".join('<script data-rh="true" type="application/ld+json">%s'
                   "</script>\n" % script_json(o) for o in out)


# ---------------------------------------------------------------------------
# Whole pages

def head(pin, title):
    url = "https://www.pinterest.com/pin/%s/" % pin.get("canonical_id",
                                                        pin["id"])
    e = html.escape
    return """<!DOCTYPE html><html lang="en" dir="ltr"><head>
<meta charset="utf-8"><title>%s</title>
<link data-rh="true" rel="canonical" href="%s">
<meta data-rh="true" property="og:type" content="pinterestapp:pin">
<meta data-rh="true" property="og:title" name="og:title" content="%s">
<meta data-rh="true" property="og:url" name="og:url" content="%s">
<meta data-rh="true" property="og:image" name="og:image" content="%s">
<meta data-rh="true" property="og:site_name" content="Pinterest">
<script nonce="5f">(function(w,d){var a={"x":"<div>}","y":[1,2,{}]};
if(!w.P){w.P={};}/* <!-- not a comment --> */})(window,document);</script>
<style>%s</style></head>
<body><div id="__PWS_ROOT__" data-reactcontainer="">
""" % (e(title), e(url), e(title), e(url), e(picture_of(pin)), "".join(
        ".c%s{color:#%s;margin:%dpx}" % (digest("css %d" % i)[:6], digest(
            "color %d" % i)[:6], i) for i in range(300)))


def grid(pin, count=60):
    return "".join(
        '<div data-test-id="pin" data-grid-item="true"><a href="/pin/%s/">'
        '<img alt="%s" src="%s236x/%s.jpg"></a></div>\n' % (
            r["id"], html.escape(r["title"]), IMAGE, spread(r["key"]))
        for r in (related(pin["name"], i) for i in range(count)))


TAIL = """</div>
<script nonce="5f" src="https://s.pinimg.com/webapp/runtime-a1b2.mjs"></script>
<script nonce="5f">window.__END__ = "<div></div>"; if (1 < 2) { }</script>
</body></html>
"""


def page(pin, *blocks, title=None):
    return "".join([head(pin, pin["title"] if title is None else title),
                    grid(pin), "</div>\n", *blocks, TAIL])


def redux_page(pin, linked_data=False):
    return page(pin, data_script("__PWS_DATA__", environment()),
                data_script("__PWS_INITIAL_PROPS__",
                            {"initialReduxState": redux_state(pin),
                             "context": {"country": "US"}}),
                json_ld(pin) if linked_data else "")


def legacy_page(pin):
    return page(pin, data_script("__PWS_DATA__", {
        "appVersion": "0f0f0f", "props": {
            "initialReduxState": redux_state(pin),
            "context": {"country": "US"}}}))


def relay_page(pin):
    stub = {"__typename": "Pin", "entityId": pin["id"], "title": pin["title"]}
    other = related_camel(pin["name"], 7, pin["created"])
    return page(pin, RELAY_DEFINITION,
                data_script("__PWS_DATA__", environment()),
                data_script("__PWS_INITIAL_PROPS__", {
                    "initialReduxState": {"pins": {}, "resources": {}}}),
                relay_related(pin, 0, RELATED // 2),
                relay_pin(pin["id"], stub), relay_pin(other["id"], other),
                relay_not_found("100000000000000001"),
                relay_pin(pin["id"], camel_pin(pin)),
                relay_related(pin, RELATED // 2, RELATED),
                json_ld(pin) if pin.get("canonical_id") else "")


def shell_page(pin):
    """A page whose data lack the wanted Pin, as some answers do."""
    return page(pin, data_script("__PWS_DATA__", environment()),
                data_script("__PWS_INITIAL_PROPS__", {"initialReduxState":
                            redux_state(pin, with_pin=False)}))


def not_found_page(pin):
    return page(pin, RELAY_DEFINITION,
                data_script("__PWS_DATA__", environment()),
                relay_not_found(pin["id"]), relay_related(pin, 0, RELATED),
                title="")


def gone_page(pin):
    return page(pin, "<h1>Sorry! We couldn't find that page.</h1>",
                title="Pinterest")


def login_page():
    return ("<!DOCTYPE html><html><head><title>Log in | Pinterest</title>"
            '</head><body id="UnauthenticatedRoot"><form action="/login/">'
            '<input name="id"><input name="password" type="password"></form>'
            "</body></html>\n")


# ---------------------------------------------------------------------------
# Answers of the addresses that are no pages

def resource_answer(pin):
    return json.dumps({
        "resource_response": {
            "status": "success", "code": 0, "message": "ok",
            "endpoint_name": "v3_get_pin_handler", "data": snake_pin(pin),
            "http_status": 200},
        "client_context": {"country": "US", "is_authenticated": False},
        "resource": {"name": "PinResource", "options": {
            "id": pin["id"], "field_set_key": "unauth_react_main_pin",
            "bookmarks": ["-end-"]}}, "request_identifier": digest(pin["id"])},
        ensure_ascii=False)


def resource_failure(status, code, message):
    error = {"status": "failure", "http_status": status, "code": code,
             "message": message}
    return json.dumps({"resource_response": {
        "status": "failure", "code": code, "message": message,
        "http_status": status, "data": None, "error": error},
        "client_context": {}, "resource": {"name": "PinResource"}})


def widget_answer(pin):
    """One element of the widget address's data."""
    full = snake_pin(pin)
    return json.dumps({key: full[key] for key in (
        "id", "description", "pinner", "board", "images", "videos", "embed",
        "story_pin_data", "link", "domain", "created_at", "is_video")},
        ensure_ascii=False)


def api_answer(pin):
    """What version 5 of the official API says of one of the account's Pins."""
    clip = pin["clip"]
    cover = "https://" + clip["cover"]
    return json.dumps({
        "id": pin["id"], "created_at": pin["created"].isoformat(),
        "link": None, "title": pin["title"],
        "description": pin["description"], "dominant_color": "#a08c78",
        "alt_text": None, "creative_type": "VIDEO", "board_id": "1",
        "board_section_id": None, "board_owner": {
            "username": pin["username"]}, "is_owner": True,
        "is_standard": True, "has_been_promoted": False,
        "parent_pin_id": None, "note": "", "pin_metrics": None, "media": {
            "media_type": "video", "cover_image_url": cover,
            "video_url": "https://" + clip["mp4"],
            "duration": int(clip["seconds"] * 1000), "height": 1920,
            "width": 1080, "images": {"1200x": {
                "width": 1080, "height": 1920, "url": cover}}}},
        ensure_ascii=False)
