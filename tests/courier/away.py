"""away.py - a network of its own for tests of bulla-courier: the program spoken
to by its frames (docs/wire/courier.md), a name server that says what it is
told, and an HTTP server that sees who connects.

To be run inside of `unshare -rnm`: every address there is this machine's own,
so that a connection to any address is seen, and none leaves.
"""
import array
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

OCSP, CRL, CERT = 1, 2, 3
# docs/wire/courier.md 3
OUTCOMES = ["ok", "url", "port", "name", "address", "name-time", "connect",
            "connect-time", "tls", "first-time", "time", "size", "status",
            "redirect", "type", "encoding", "short", "empty", "http", "output"]
BUILD = os.environ["BULLA_BUILD"]
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED: {what}", flush=True)


def finish():
    with open("counted", "a", encoding="ascii") as f:
        f.write(f"{passed + failed}\n")
    sys.exit(1 if failed else 0)


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def network(servers="9.9.9.10"):
    """Makes every address one of this machine, and names come from us."""
    run("ip", "link", "set", "lo", "up")
    # a source for what goes out, of either family
    run("ip", "addr", "add", "9.9.9.8/32", "dev", "lo")
    run("ip", "addr", "add", "2620:fe::8/128", "dev", "lo", "nodad")
    run("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo")
    run("ip", "-6", "route", "add", "local", "::/0", "dev", "lo")
    put("/etc/resolv.conf", f"nameserver {servers}\n")
    put("/etc/hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"
                      "127.0.0.1 in-hosts.example\n")


def put(path, text):
    """Another content for a file of the system, in this namespace alone."""
    own = tempfile.NamedTemporaryFile("w", delete=False)
    own.write(text)
    own.close()
    run("mount", "--bind", own.name, path)


class Names(threading.Thread):
    """A name server: {name: [list of answers, one for each time it is asked; the
    last one stays]}, an answer being a list of addresses, "silent", or
    "none"."""

    def __init__(self, zone, at="9.9.9.10"):
        super().__init__(daemon=True)
        self.zone, self.asked = zone, {}
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((at, 53))
        self.start()

    def run(self):
        while True:
            q, who = self.s.recvfrom(4096)
            at, labels = 12, []
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode("latin1"))
                at += 1 + q[at]
            kind = struct.unpack(">H", q[at + 1:at + 3])[0]
            name = ".".join(labels).lower()
            n = self.asked.get((name, kind), 0)
            self.asked[(name, kind)] = n + 1
            said = self.zone.get(name, ["none"])
            said = said[min(n, len(said) - 1)]
            if said == "silent":
                continue
            records = []
            for a in said if isinstance(said, list) else []:
                v6 = ":" in a
                if kind == (28 if v6 else 1):
                    raw = socket.inet_pton(
                        socket.AF_INET6 if v6 else socket.AF_INET, a)
                    records.append(b"\xc0\x0c" + struct.pack(
                        ">HHIH", kind, 1, 0, len(raw)) + raw)
            code = 0x8183 if said == "none" else 0x8180
            self.s.sendto(q[:2] + struct.pack(
                ">HHHHH", code, 1, len(records), 0, 0) + q[12:at + 5] +
                b"".join(records), who)


class Web(threading.Thread):
    """Listens on all addresses at these ports; hands each connection to
    serve(connection, request), and keeps where it was made to."""

    def __init__(self, serve, ports=(80,)):
        super().__init__(daemon=True)
        self.serve, self.seen, self.requests = serve, [], []
        self.sockets = []
        for port in ports:
            s = socket.create_server(("", port), family=socket.AF_INET6,
                                     dualstack_ipv6=True, backlog=64)
            self.sockets.append(s)
        self.start()

    def run(self):
        while True:
            for s in select.select(self.sockets, [], [])[0]:
                c, _ = s.accept()
                self.seen.append(c.getsockname()[0])
                threading.Thread(
                    target=self.one, args=(c,), daemon=True).start()

    def one(self, c):
        try:
            request = head(c)
            self.requests.append(request)
            self.serve(c, request)
        except OSError:
            pass  # whoever asked has gone
        finally:
            c.close()


def head(c):
    """Reads a request with its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = c.recv(65536)
        if not more:
            return got
        got += more
    top, body = got.split(b"\r\n\r\n", 1)
    for line in top.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                more = c.recv(65536)
                if not more:
                    break
                body += more
    return top + b"\r\n\r\n" + body


def text(b):
    return struct.pack(">I", len(b)) + b


def job(url, kind=CRL, body=b"", pairs=(), wait_ms=10000):
    """The payload of FETCH."""
    if kind == OCSP and not body:
        body = b"\x30\x03\x0a\x01\x00"
    return (struct.pack(">BI", kind, wait_ms) + text(url.encode("latin1")) +
            text(body) + bytes([len(pairs)]) +
            b"".join(text(p.encode()) for p in pairs))


def visit(url, kind=CRL, strace=None, payload=None, **how):
    """One courier, one job: what came, as an object. None: it ended without a
    word."""
    ours, its = socket.socketpair()
    out = tempfile.TemporaryFile()
    command = [os.path.join(BUILD, "bulla-courier")]
    if strace:
        command = ["strace", "-f", "-qq", "-o", strace, "-e",
                   "trace=socket,connect"] + command
    start = time.monotonic()

    def become():
        os.dup2(its.fileno(), 3)
    child = subprocess.Popen(command, env={}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, pass_fds=[3],
                             preexec_fn=become)
    its.close()
    payload = payload or job(url, kind, **how)
    ours.sendmsg([struct.pack(">IB", len(payload), 1) + payload],
                 [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                   array.array("i", [out.fileno()]))])
    got = b""
    ours.settimeout(20)
    while True:
        more = ours.recv(65536)
        if not more:
            break
        got += more
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    took = time.monotonic() - start
    out.seek(0)
    data = out.read(1 << 20)
    out.close()
    ours.close()
    if not got:
        return None
    assert struct.unpack(">IB", got[:5]) == (len(got) - 5, 0x81), got
    outcome, code, size = struct.unpack(">BHQ", got[5:16])
    at, fields = 16, []
    for _ in range(2):
        n = struct.unpack(">I", got[at:at + 4])[0]
        fields.append(got[at + 4:at + 4 + n].decode())
        at += 4 + n
    assert at == len(got)
    return type("Found", (), dict(
        outcome=OUTCOMES[outcome], status=code, size=size, url=fields[0],
        peer=fields[1], data=data, took=took, exit=status,
        rss=used.ru_maxrss << 10))


def answer(c, body=b"\x30\x00", status="200 OK", type_=None, more=()):
    """An ordinary answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}",
             "Connection: close"]
    if type_:
        lines.append(f"Content-Type: {type_}")
    c.sendall("\r\n".join([*lines, *more, "", ""]).encode() + body)
