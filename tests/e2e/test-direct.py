# SPDX-License-Identifier: LGPL-2.1-or-later

"""Without a proxy: names are looked up here, and what they lead to is checked.

The program runs itself again in network and mount namespaces of its own, in
which the site's names lead to an origin on a private address, as those of a
hostile name server would. Needs root and iproute2; skipped elsewhere.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pinlib  # noqa: E402
from pinlib import originlib  # noqa: E402

INSIDE = "PIN_TEST_INSIDE"
HOSTS = ("www.pinterest.com", "v1.pinimg.com", "i.pinimg.com")
# A resolver that looks for an address other than loopback's finds this one
NETWORK = ("ip link set lo up && ip link add veth0 type veth peer name veth1 "
           "&& ip addr add 10.9.9.9/24 dev veth0 && ip link set veth0 up && "
           "ip link set veth1 up")

tap = originlib.Tap(pinlib.LIMIT * 2)


def can_isolate():
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    return subprocess.run(["unshare", "-nm", "sh", "-c", NETWORK],
                          capture_output=True, check=False).returncode == 0


def isolate():
    """Starts this program again inside; does not return."""
    os.execvpe("unshare", ["unshare", "-nm", sys.executable, "-B",
                           *sys.argv], dict(os.environ, **{INSIDE: "1"}))


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fetch(origin, folder, name, *properties, allow=True):
    """One run; its output's hash, or what it said on failure."""
    output = os.path.join(folder, name)
    env = dict(os.environ, GST_PIN_ALLOW_PRIVATE="1" if allow else "0")
    run = subprocess.run(
        ["gst-launch-1.0", "-q", "pinsrc",
         "location=" + originlib.catalog(origin.root)["cmaf"]["id"],
         "tls-ca-file=" + origin.ca, "timeout=10", *properties, "!",
         "hlsdemux", "name=d", "d.", "!", "filesink", "location=" + output,
         "d.", "!", "fakesink"], env=env, capture_output=True, text=True,
        check=False)
    return hash_of(output) if run.returncode == 0 else run.stderr


def inside():
    subprocess.run(["sh", "-c", NETWORK], check=True)
    site = originlib.site()
    folder = tempfile.mkdtemp(prefix="pin-direct-")
    hosts = os.path.join(folder, "hosts")
    with open(hosts, "w", encoding="ascii") as file:
        file.writelines("127.0.0.1 %s\n" % host for host in HOSTS)
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)

    @tap
    def http_1_1_and_http_2_bring_the_same_bytes():
        hashes = set()
        for args in ([], ["--http2"]):
            with originlib.Origin(site, args=["--direct-port", "443",
                                              *args]) as origin:
                hashes.add(fetch(origin, folder, "media"))
                assert origin.stats()["requests"] > 4
        assert len(hashes) == 1 and len(hashes.pop()) == 64, hashes

    @tap
    def a_name_that_leads_to_a_private_address_is_not_asked():
        with originlib.Origin(site, args=["--direct-port", "443"]) as origin:
            said = fetch(origin, folder, "refused", allow=False)
            assert "(forbidden-host)" in said, said
            stats = origin.stats()
            assert stats["requests"] == 0, stats
            assert stats["tls_handshakes"] == 0, stats

    try:
        tap.run()
    finally:
        shutil.rmtree(folder)


if os.environ.get(INSIDE):
    inside()
elif can_isolate():
    originlib.site()            # made outside, where nothing is odd
    isolate()
else:
    pinlib.skip(tap, "without a proxy", "needs root and iproute2")
    tap.run()
