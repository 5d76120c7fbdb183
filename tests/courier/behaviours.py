"""behaviours.py - whatever a server does, it is named, ends in time, costs little
memory, and is never a reason to call a certificate good: ATK-402."""
import concurrent.futures
import os
import shutil
import ssl
import sys
import threading
import time

import away
import fetching as pki

OCSP_TYPE = "application/ocsp-response"


def drip(c, data, pause):
    for b in data:
        c.sendall(bytes([b]))
        time.sleep(pause)


def raw(*parts):
    """Sends these bytes, and closes."""
    return lambda c, r: [c.sendall(p) for p in parts]


def forever(c, first, more):
    c.sendall(first)
    while True:
        c.sendall(more)


def head_of(r):
    type_ = OCSP_TYPE if r.startswith(b"POST") else "application/pkix-crl"
    return f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\n".encode()


def content(data, type_=None):
    def answer(c, r):
        c.sendall(head_of(r) + b"Content-Length: %d\r\n\r\n" % len(data) + data)
    return answer


def behaviours(good, others):
    """{name: (what the server does, how the visit ends)}; None: it brings
    something, which the reader refuses or the engine finds wanting."""
    to = lambda url, code=302: (lambda c, r: away.answer(
        c, b"", f"{code} Found", more=[f"Location: {url}"]))
    status = lambda text: (lambda c, r: away.answer(c, good, text))
    return {
        "silent": (lambda c, r: time.sleep(20), "first-time"),
        "closes at once": (lambda c, r: None, "short"),
        "closes in its head": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
                              "short or empty"),
        "drips its head": (lambda c, r: drip(c, head_of(r), 0.5), "first-time"),
        "drips its body": (lambda c, r: (c.sendall(
            head_of(r) + b"Content-Length: 1000\r\n\r\n"),
            drip(c, good * 9, 0.3)), "time"),
        "stops in its body": (lambda c, r: (c.sendall(
            head_of(r) + b"Content-Length: 1000\r\n\r\n" + good[:20]),
            time.sleep(20)), "time"),
        "endless": (lambda c, r: forever(
            c, head_of(r) + b"\r\n", bytes(1 << 20)), "size"),
        "endless chunks": (lambda c, r: forever(
            c, head_of(r) + b"Transfer-Encoding: chunked\r\n\r\n",
            b"100000\r\n" + bytes(1 << 20) + b"\r\n"), "size"),
        "says that it is huge": (lambda c, r: c.sendall(
            head_of(r) + b"Content-Length: 99999999999\r\n\r\n"), "size"),
        "truncated": (lambda c, r: c.sendall(
            head_of(r) + b"Content-Length: %d\r\n\r\n" % len(good) +
            good[:-5]), "short"),
        "truncated chunks": (lambda c, r: c.sendall(
            head_of(r) + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"),
            "short"),
        "garbage for chunks": (lambda c, r: c.sendall(
            head_of(r) + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n"),
            "short"),
        "gzip": (lambda c, r: c.sendall(
            head_of(r) + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
            "encoding"),
        "gzip for the transfer": (lambda c, r: c.sendall(
            head_of(r) + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            "encoding"),
        "redirects in circles": (to("/again"), "redirect"),
        "redirects to this machine": (to("http://127.0.0.1/"), "address"),
        "redirects nowhere": (status("302 Found"), "redirect"),
        "404": (status("404 Not Found"), "status"),
        "500": (status("500 Oh"), "status"),
        "401": (lambda c, r: away.answer(c, good, "401 No", more=[
            "WWW-Authenticate: Basic realm=x"]), "status"),
        "206": (status("206 Partial"), "status"),
        "204": (raw(b"HTTP/1.1 204 No\r\n\r\n"), "status"),
        "a page for people": (lambda c, r: away.answer(
            c, b"<html>", type_="text/html; charset=x"), "type"),
        "empty": (lambda c, r: c.sendall(
            head_of(r) + b"Content-Length: 0\r\n\r\n"), "empty"),
        "no HTTP": (raw(b"SSH-2.0-x\r\n" * 9), "http"),
        "HTTP/0.9": (raw(good), "http"),
        "endless head": (lambda c, r: forever(
            c, b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 999 + b"\r\n"), "http"),
        "continue for ever": (lambda c, r: forever(
            c, b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "http"),
        "a page called a list": (content(b"<html>welcome</html>"), None),
        "cut in its content": (content(good[:-1]), None),
        "more than its content": (content(good + b"x"), None),
        **{name: (content(data), None) for name, data in others.items()}}


def alone(all_of):
    """Each by the courier alone, for lists and for OCSP."""
    def one(job):
        name, kind, port_path = job
        f = away.visit(f"http://pki.example/{port_path}", kind)
        want = all_of[name][1] or "ok"
        away.check(f is not None and f.outcome in want.split(" or "),
                   f"{name}, {kind}: {f and f.outcome}, wanted {want}")
        away.check(f.took < 11.5, f"{name}, {kind}: {f.took:.1f} s")
        away.check(f.rss < 64 << 20, f"{name}, {kind}: {f.rss >> 20} MiB")
    jobs = [(n, k, f"b{i}") for k in (away.CRL, away.OCSP)
            for i, n in enumerate(all_of)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, jobs))
    return len(jobs)


def whole(all_of, leaves):
    """Each by `bulla cert check`: lists and responders, of the leaf and of its CA."""
    def one(job):
        i, name, who = job
        home = f"home-{who}-{i}"
        leaf, extra = leaves[who][i]
        valid, reasons, said, took = pki.bulla(
            *extra, home=home, leaf=leaf)
        away.check(valid is False and reasons == ["revocation-unknown"],
                   f"{name}, {who}: {valid} {reasons}\n{said}")
        away.check(took < 12, f"{name}, {who}: {took:.1f} s")
        away.check(f"/b{i}: " in said, f"{name}, {who}: not named\n{said}")
        shutil.rmtree(home, ignore_errors=True)
    jobs = [(i, n, w) for w in leaves for i, n in enumerate(all_of)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, jobs))
    return len(jobs)


def responder(c, request):
    """Answers what is asked, as a responder should."""
    with open("asked", "wb") as f:
        f.write(request.split(b"\r\n\r\n", 1)[1])
    pki.openssl("ocsp", "-index", "index", "-CA", "sub.crt", "-rsigner",
                "sub.crt", "-rkey", "sub.key", "-reqin", "asked", "-respout",
                "said", "-ndays", "5")
    with open("said", "rb") as f:
        away.answer(c, f.read(), type_=OCSP_TYPE)


def honest():
    """Where the responder is honest, its answer counts, and is kept."""
    pki.certificate("asks", "sub", pki.USER + "authorityInfoAccess="
                    "OCSP;URI:http://pki.example/ocsp\n")
    serial = pki.openssl("x509", "-in", "asks.crt", "-noout",
                         "-serial").split(b"=")[1].decode().strip()
    extra = ["--cert", "sub.crt", "--crl", "root.pem"]
    pki.put("index", f"V\t351231235959Z\t\t{serial}\tunknown\t/CN=asks\n")
    for _ in range(2):
        valid, reasons, said, _ = pki.bulla(*extra, home="home", leaf="asks.crt")
        away.check(valid, f"an honest responder: {reasons}\n{said}")
    shutil.rmtree("home")
    pki.put("index", f"R\t351231235959Z\t250101000000Z\t{serial}\tunknown\t"
            "/CN=asks\n")
    valid, reasons, said, _ = pki.bulla(*extra, home="home", leaf="asks.crt")
    away.check(valid is False and "revoked" in reasons,
               f"an honest responder, revoked: {reasons}\n{said}")


def tls():
    """Over TLS: a certificate that nobody trusts, of another name, too old."""
    pki.certificate("web", "root", "subjectAltName=DNS:tls.example\n")
    pki.certificate("other", "root", "subjectAltName=DNS:other.example\n")
    with open("bundle", "w") as f, open("root.crt") as r:
        f.write(r.read())
    away.run("mount", "--bind", "bundle", "/etc/ssl/certs/ca-certificates.crt")

    def at(address, name, **how):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(name + ".crt", name + ".key")
        for k, v in how.items():
            setattr(context, k, v)
        s = away.socket.create_server((address, 443))

        def serve():
            while True:
                c, _ = s.accept()
                try:
                    with context.wrap_socket(c, server_side=True) as t:
                        away.head(t)
                        away.answer(t)
                except OSError:
                    pass
        threading.Thread(target=serve, daemon=True).start()
    at("9.9.1.1", "web")
    at("9.9.1.2", "other")
    at("9.9.1.4", "web", maximum_version=0x0302)
    pki.key("self")
    pki.openssl("req", "-x509", "-key", "self.key", "-subj", "/CN=tls.example",
                "-addext", "subjectAltName=DNS:tls.example", "-out", "self.crt")
    at("9.9.1.3", "self")
    for host, want in (("tls", "ok"), ("wrong-name", "tls"), ("self", "tls"),
                       ("old-tls", "tls")):
        f = away.visit(f"https://{host}.example/a")
        away.check(f.outcome == want, f"https, {host}: {f.outcome}")
    f = away.visit("https://pki.example/a")
    away.check(f.outcome == "connect", f"nobody listens: {f.outcome}")
    f = away.visit("http://silent.example/a")
    away.check(f.outcome == "name-time" and f.took < 4,
               f"a silent name server: {f.outcome} {f.took}")
    f = away.visit("http://nobody.example/a")
    away.check(f.outcome == "name", f"no such name: {f.outcome}")


def about_another():
    """A responder's good answer about a certificate that nobody asks about."""
    pki.certificate("another", "sub", pki.USER)
    serial = pki.openssl("x509", "-in", "another.crt", "-noout",
                         "-serial").split(b"=")[1].decode().strip()
    pki.put("index", f"V\t351231235959Z\t\t{serial}\tunknown\t/CN=another\n")
    pki.openssl("ocsp", "-issuer", "sub.crt", "-cert", "another.crt", "-no_nonce",
                "-reqout", "request")
    pki.openssl("ocsp", "-index", "index", "-CA", "sub.crt", "-rsigner",
                "sub.crt", "-rkey", "sub.key", "-reqin", "request", "-respout",
                "response", "-ndays", "5")
    with open("response", "rb") as f:
        return f.read()


def main():
    away.network()
    away.Names({"pki.example": [["9.9.9.9"]], "tls.example": [["9.9.1.1"]],
                "wrong-name.example": [["9.9.1.2"]],
                "self.example": [["9.9.1.3"]], "old-tls.example": [["9.9.1.4"]],
                "silent.example": ["silent"]})
    pki.certificate("root", None, pki.CA)
    pki.certificate("sub", "root", pki.CA)
    pki.certificate("stranger", "root", pki.CA)
    good = pki.lists("sub")
    others = {"of another issuer": pki.lists("stranger"),
              "an old list": pki.der(pki.openssl(
                  "ca", "-config", "sub.cnf", "-gencrl", "-crl_lastupdate",
                  "20200101000000Z", "-crl_nextupdate", "20200201000000Z")),
              "an answer about another": about_another(),
              "try later": b"\x30\x03\x0a\x01\x03",
              "unauthorized": b"\x30\x03\x0a\x01\x06"}
    all_of = behaviours(good, others)

    def serve(c, request):
        path = request.split(b" ")[1].decode()
        if path == "/again":
            away.answer(c, b"", "302 Found", more=["Location: /again"])
        elif path == "/ocsp":
            responder(c, request)
        elif path in ("/root.crl", "/sub.crl"):
            away.answer(c, lists[path])
        elif path[:2] == "/b":
            list(all_of.values())[int(path[2:])][0](c, request)
        else:
            away.answer(c, b"x", "404 Not Found")
    lists = {"/root.crl": pki.lists("root"), "/sub.crl": good}
    away.Web(serve, (80,))
    leaves = {"leaf": [], "ca": [], "leaf, OCSP": [], "ca, OCSP": []}
    for i in range(len(all_of)):
        pki.certificate(f"l{i}", "sub", pki.USER +
                        f"crlDistributionPoints=URI:http://pki.example/b{i}\n")
        leaves["leaf"].append((f"l{i}.crt", ["--cert", "sub.crt", "--crl",
                                             "root.pem"]))
        pki.certificate(f"c{i}", "root", pki.CA +
                        f"crlDistributionPoints=URI:http://pki.example/b{i}\n")
        pki.certificate(f"u{i}", f"c{i}", pki.USER)
        with open(f"c{i}.crl", "wb") as f:
            f.write(pki.lists(f"c{i}"))
        leaves["ca"].append((f"u{i}.crt", ["--cert", f"c{i}.crt", "--crl",
                                           f"c{i}.crl"]))
        pki.certificate(f"m{i}", "sub", pki.USER + "authorityInfoAccess="
                        f"OCSP;URI:http://pki.example/b{i}\n")
        leaves["leaf, OCSP"].append((f"m{i}.crt", ["--cert", "sub.crt",
                                                   "--crl", "root.pem"]))
        pki.certificate(f"d{i}", "root", pki.CA + "authorityInfoAccess="
                        f"OCSP;URI:http://pki.example/b{i}\n")
        pki.certificate(f"v{i}", f"d{i}", pki.USER)
        with open(f"d{i}.crl", "wb") as f:
            f.write(pki.lists(f"d{i}"))
        leaves["ca, OCSP"].append((f"v{i}.crt", ["--cert", f"d{i}.crt", "--crl",
                                                 f"d{i}.crl"]))
    with open("root.pem", "wb") as f:
        f.write(lists["/root.crl"])
    n = alone(all_of) + whole(all_of, leaves)
    honest()
    tls()
    print(f"score: {len(all_of)} behaviours of servers, {n} cases: none is valid, "
          "each ends in time")
    away.finish()


if __name__ == "__main__":
    main()
