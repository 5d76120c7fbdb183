"""addresses.py - no address that is not public is connected to, however it is
written, whatever a name server or a redirect says: ATK-704, THR-05."""
import os
import re

import away

# names that a name server turns into addresses that are not public
NAMES = {
    "loopback.example": ["127.0.0.1"], "loopback6.example": ["::1"],
    "private10.example": ["10.1.2.3"], "private172.example": ["172.31.0.1"],
    "private192.example": ["192.168.1.1"], "shared.example": ["100.64.0.1"],
    "metadata.example": ["169.254.169.254"],
    "metadata6.example": ["fd00:ec2::254"], "link.example": ["169.254.1.1"],
    "link6.example": ["fe80::1"], "local6.example": ["fc00::1"],
    "site6.example": ["fec0::1"], "multicast.example": ["224.0.0.1"],
    "multicast6.example": ["ff02::1"], "broadcast.example": ["255.255.255.255"],
    "zero.example": ["0.0.0.0"], "zero6.example": ["::"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "compatible.example": ["::127.0.0.1"], "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::1"], "teredo.example": ["2001::1"],
    "doc.example": ["192.0.2.1"], "doc6.example": ["2001:db8::1"],
    "bench.example": ["198.18.0.1"], "assigned.example": ["192.0.0.1"],
    # one of several, first and last
    "mixed.example": ["9.9.9.9", "127.0.0.1"],
    "mixed-first.example": ["127.0.0.1", "9.9.9.9"],
    "mixed6.example": ["9.9.9.9", "::1"],
    # as services that answer with the address in the name
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "7f000001.nip.example": ["127.0.0.1"],
    "10-0-0-1.sslip.example": ["10.0.0.1"],
    "xn--fgb.example": ["127.0.0.1"],
}
# ways to write one: the courier may call them no URL, or no public address
SPELLINGS = [
    "127.0.0.1", "127.0.0.1:80", "127.0.0.1:443", "127.1", "127.0.1",
    "2130706433", "017700000001", "0177.0.0.1", "0177.1", "0x7f.0.0.1",
    "0x7f000001", "0x7f.1", "0X7F000001", "127.0.0.1.", "127.000.000.001",
    "127.0.0.0x1", "00000177.0.0.1", "127.0.0.1%00.example.org", "0", "0.0.0.0",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254",
    "0xA9FEA9FE", "2852039166", "0251.0376.0251.0376", "169.254.43518",
    "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "192.0.2.1",
    "100.100.100.200", "168.63.129.16",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
    "[::FFFF:7F00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[fc00::1]",
    "[FD00:EC2::254]", "[fec0::1]", "[ff02::1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]",
    "[2001:db8::1]", "[100::1]", "[::1", "::1", "[::1]:80",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain",
    "in-hosts.example", "ip6-localhost",
    "public.example@127.0.0.1", "public.example:80@127.0.0.1",
    "127.0.0.1#@public.example", "127.0.0.1\\@public.example",
    "public.example\\@127.0.0.1", "127.0.0.1?@public.example",
    "public.example@[::1]", "user:pass@localhost", "@127.0.0.1",
    "127。0。0。1", "①②⑦.0.0.1", "127%2e0%2e0%2e1", "%31%32%37.0.0.1",
    "loc%61lhost", "127.0.0.1:80:80", "127.0.0.1:080", "127.0.0.1 ",
    " 127.0.0.1", "127.0.0.1\t", "127.0.0.1,public.example", "/127.0.0.1",
]
OTHERS = ["file:///etc/passwd", "ftp://9.9.9.9/", "gopher://9.9.9.9:80/_x",
          "dict://9.9.9.9:80/", "ldap://9.9.9.9:80/", "unix:///run/x",
          "http+unix://%2Frun%2Fx/", "jar:http://9.9.9.9!/", "javascript:0",
          "http://9.9.9.9:22/", "http://9.9.9.9:8080/", "https://9.9.9.9:25/",
          "http://9.9.9.9:65536/", "http://9.9.9.9:0/"]


def connections(log):
    """Whom a stream socket was connected to, by what strace saw."""
    streams, found = set(), []
    for line in open(log, encoding="utf-8", errors="replace"):
        m = re.search(r"socket\((\w+), (\w+).* = (\d+)", line)
        if m and m[1] in ("AF_INET", "AF_INET6"):
            (streams.add if "STREAM" in m[2] else streams.discard)(m[3])
        m = re.search(r"connect\((\d+), .*?(?:inet_addr\(|inet_pton\(AF_INET6, )"
                      r"\"([^\"]+)", line)
        if m and m[1] in streams:
            found.append(m[2])
    return found


def serve(c, request):
    path = request.split(b" ")[1].decode()
    if path.startswith("/to/"):
        to = bytes.fromhex(path[4:]).decode()
        away.answer(c, b"", "302 Found", more=[f"Location: {to}"])
    elif path.startswith("/loop"):
        away.answer(c, b"", "302 Found", more=["Location: /loop2"])
    else:
        away.answer(c)


def main():
    log = os.path.join(os.getcwd(), "trace")
    away.network()
    zone = {n: [a] for n, a in NAMES.items()}
    zone |= {"public.example": [["9.9.9.9", "2620:fe::9"]],
             "rebind.example": [["9.9.9.9"], ["127.0.0.1"]],
             "rebind2.example": [["127.0.0.1"], ["9.9.9.9"]],
             "many.example": [[f"9.9.8.{i}" for i in range(1, 10)]],
             "eight.example": [[f"9.9.8.{i}" for i in range(1, 9)]],
             "silent.example": ["silent"], "localhost.localdomain":
             [["127.0.0.1"]]}
    names, web = away.Names(zone), away.Web(serve, (80, 443, 8080, 22, 25))

    def none(url, **how):
        for kind in (away.CRL, away.OCSP):
            before = len(web.seen)
            f = away.visit(url, kind, strace=log, **how)
            away.check(f and f.outcome in ("url", "address", "port", "name"),
                       f"{url}: {f and f.outcome}")
            away.check(web.seen[before:] == [], f"{url}: the server saw it")
            away.check(connections(log) == [],
                       f"{url}: connected to {connections(log)}")
            away.check(f and f.data == b"" and f.peer == "", f"{url}: data")

    # the listening socket and strace see what there is to see
    f = away.visit("http://9.9.9.9/a", strace=log)
    away.check(f.outcome == "ok" and f.data == b"\x30\x00" and
               f.peer == "9.9.9.9", f"public: {f.outcome}")
    away.check(connections(log) == ["9.9.9.9"], "strace sees it")
    away.check(web.seen[-1:] == ["::ffff:9.9.9.9"], f"seen: {web.seen}")
    f = away.visit("http://[2620:fe::9]/a", strace=log)
    away.check(f.outcome == "ok" and connections(log) == ["2620:fe::9"],
               f"public, IPv6: {f.outcome}")
    f = away.visit("http://public.example:443/a")
    away.check(f.outcome == "ok", f"a name: {f.outcome}")
    f = away.visit("http://eight.example/a")
    away.check(f.outcome == "ok", f"eight addresses: {f.outcome}")
    f = away.visit("http://many.example/a")
    away.check(f.outcome == "name", f"nine addresses: {f.outcome}")

    spellings = [f"http://{s}/" for s in SPELLINGS]
    spellings = [s if s.isascii() else s.encode().decode("latin1")
                 for s in spellings]
    # what is no URL by its bytes is no job either: the courier ends
    for url in spellings + OTHERS:
        if all(0x21 <= ord(ch) <= 0x7e for ch in url):
            none(url)
        else:
            before = len(web.seen)
            away.check(away.visit(url, strace=log) is None and
                       web.seen[before:] == [] and connections(log) == [],
                       f"{url!r}: a frame against its page")
    for name in NAMES:
        none(f"http://{name}/")

    # a name server that changes its mind: asked once, then no more
    f = away.visit("http://rebind.example/", strace=log)
    away.check(f.outcome == "ok" and connections(log) == ["9.9.9.9"],
               f"rebinding: {f.outcome} {connections(log)}")
    away.check(names.asked[("rebind.example", 1)] == 1, "asked once")
    none("http://rebind.example/")  # its second answer
    none("http://loopback.example/")

    # redirects are looked at like any other address
    def to(url, **how):
        away.job  # the target goes as hex, so that any bytes may be in it
        return away.visit("http://9.9.9.9/to/" + url.encode().hex(),
                          strace=log, **how)
    f = to("http://9.9.9.7/a")
    away.check(f.outcome == "ok" and f.url == "http://9.9.9.7/a" and
               f.peer == "9.9.9.7", f"one redirect: {f.outcome} {f.url}")
    f = to("/a")
    away.check(f.outcome == "ok", f"a redirect on the same host: {f.outcome}")
    for kind in (away.CRL, away.OCSP):
        f = away.visit("http://9.9.9.9/loop", kind, strace=log)
        away.check(f.outcome == "redirect" and len(connections(log)) == 2,
                   f"two redirects: {f.outcome} {connections(log)}")
    for s in SPELLINGS[:70:3] + ["loopback.example", "mixed.example"]:
        if not all(0x21 <= ord(ch) <= 0x7e for ch in s):
            continue
        before = len(web.seen)
        f = to(f"http://{s}/")
        away.check(f.outcome != "ok" and len(web.seen) == before + 1 and
                   connections(log) == ["9.9.9.9"],
                   f"redirect to {s}: {f.outcome} {connections(log)}")
        away.check(f.data == b"", f"redirect to {s}: data")
    for s in ("file:///etc/passwd", "ftp://9.9.9.9/", "http://9.9.9.9:22/",
              "http://u:p@9.9.9.9/", "gopher://9.9.9.9/"):
        before = len(web.seen)
        f = to(s)
        away.check(f.outcome in ("url", "port", "redirect") and
                   len(web.seen) == before + 1, f"redirect to {s}: {f.outcome}")

    # what the administrator lists, and its neighbours
    f = away.visit("http://127.0.0.1:8080/a", pairs=["127.0.0.1:8080"])
    away.check(f.outcome == "ok", f"a listed address: {f.outcome}")
    f = away.visit("http://LOOPBACK.example:8080/a",
                   pairs=["a.example:1", "loopback.example:8080"])
    away.check(f.outcome == "ok", f"a listed name: {f.outcome}")
    f = away.visit("http://[::1]/a", pairs=["[0::1]:80"])
    away.check(f.outcome == "ok", f"a listed IPv6 address: {f.outcome}")
    for url, pair in [("http://127.0.0.1:80/", "127.0.0.1:8080"),
                      ("http://127.0.0.2:8080/", "127.0.0.1:8080"),
                      ("http://loopback.example/", "127.0.0.1:80"),
                      ("http://a.loopback.example/", "loopback.example:80"),
                      ("http://9.9.9.9:22/", "9.9.9.9:25")]:
        none(url, pairs=[pair])

    # what it says of itself
    web.requests.clear()
    away.visit("http://9.9.9.9/a?b=c")
    sent = web.requests[-1]
    away.check(re.fullmatch(rb"GET /a\?b=c HTTP/1\.1\r\nHost: 9\.9\.9\.9\r\n"
                            rb"User-Agent: bulla\r\nAccept: \*/\*\r\n\r\n",
                            sent), f"GET: {sent}")
    away.visit("http://9.9.9.9/o", away.OCSP, body=b"\x30\x02\x00\x01")
    sent = web.requests[-1]
    away.check(sent.startswith(b"POST /o HTTP/1.1\r\n") and
               b"\r\nContent-Type: application/ocsp-request\r\n" in sent and
               sent.endswith(b"\r\n\r\n\x30\x02\x00\x01") and
               b"ookie" not in sent and b"uthorization" not in sent,
               f"POST: {sent}")
    os.remove(log)
    print(f"score: {len(SPELLINGS)} spellings, {len(NAMES)} names and "
          f"{len(OTHERS)} other URLs: none connected to")
    away.finish()


if __name__ == "__main__":
    main()
