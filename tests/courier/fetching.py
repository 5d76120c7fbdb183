"""fetching.py - `bulla cert check` fetches what it lacks, keeps it, and is not
lied to about it. Real certificates and lists, made by openssl."""
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import away

BULLA = os.path.join(away.BUILD, "bulla")
WWW = {}  # path: bytes, or a function of the connection and the request
ROOT_URL, SUB_URL, AIA = ("http://pki.example/root.crl",
                          "http://pki.example/sub.crl",
                          "http://pki.example/sub.crt")


def openssl(*words):
    p = subprocess.run(["openssl", *words], capture_output=True)
    if p.returncode:
        sys.exit("openssl: " + p.stderr.decode())
    return p.stdout


def put(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def key(name):
    openssl("genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-out", name + ".key")


def certificate(name, issuer, extensions, days=30):
    key(name)
    openssl("req", "-new", "-key", name + ".key", "-subj", f"/CN={name}",
            "-out", name + ".csr")
    put("ext", extensions)
    by = (["-CA", issuer + ".crt", "-CAkey", issuer + ".key"] if issuer else
          ["-key", name + ".key"])
    openssl("x509", "-req", "-in", name + ".csr", "-days", str(days), "-out",
            name + ".crt", "-extfile", "ext", *by)


CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
USER = ("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        "extendedKeyUsage=emailProtection\nsubjectAltName=email:ann@example.org\n"
        "authorityKeyIdentifier=keyid\n")


def lists(ca, revoked=(), number=1, hours=24):
    """A CRL of a CA, in DER, of this number."""
    put(ca + ".db", "".join(
        f"R\t350101000000Z\t250101000000Z\t{int(openssl('x509', '-in', r + '.crt', '-noout', '-serial').split(b'=')[1], 16):040X}\tunknown\t/CN={r}\n"
        for r in revoked))
    put(ca + ".number", f"{number:04X}\n")
    put(ca + ".cnf", f"[ca]\ndefault_ca=c\n[c]\ndatabase={ca}.db\ncrlnumber={ca}.number\n"
        f"default_md=sha256\ncertificate={ca}.crt\nprivate_key={ca}.key\ncrl_extensions=x\n"
        "[x]\nauthorityKeyIdentifier=keyid\n")
    return openssl("crl", "-outform", "DER", "-in", "/dev/stdin") if False else \
        der(openssl("ca", "-config", ca + ".cnf", "-gencrl", "-crlhours",
                    str(hours)))


def der(pem):
    return subprocess.run(["openssl", "crl", "-outform", "DER"], input=pem,
                          check=True, capture_output=True).stdout


def serve(c, request):
    path = request.split(b" ")[1].decode()
    what = WWW.get(path)
    if callable(what):
        what(c, request)
    elif what is None:
        away.answer(c, b"not here", "404 Not Found")
    else:
        away.answer(c, what)


def bulla(*words, home="home", leaf="ann.crt"):
    start = time.monotonic()
    p = subprocess.run(
        [BULLA, "cert", "check", "--json", "--show-fetches", "--trust", "root.crt",
         *words, leaf], env={"BULLA_HOME": os.path.abspath(home)},
        capture_output=True, timeout=60)
    said = p.stderr.decode()
    j = json.loads(p.stdout) if p.stdout else {"valid": None, "reasons": []}
    return j["valid"], j["reasons"], said, time.monotonic() - start


def find(*words):
    """`bulla cert find` for Cid: what it found, what it said, what it took."""
    p = subprocess.run(
        [BULLA, "cert", "find", "--json", "--show-fetches", "--trust", "root.crt",
         *words, "cid@example.org"], env={"BULLA_HOME": os.path.abspath("home")},
        capture_output=True, timeout=120)
    j = json.loads(p.stdout)
    return p.returncode, {c["name"]: c for c in j["candidates"]}, p.stderr.decode()


def finding():
    """Each candidate has a budget of its own: those that lead to silent servers
    take nothing from one that does not."""
    user = USER.replace("digitalSignature", "keyAgreement").replace("ann@", "cid@")
    names = ["cid"] + [f"cid{i}" for i in range(4)]
    for n in names:
        url = SUB_URL if n == "cid" else f"http://pki.example/{n}.crl"
        certificate(n, "sub", f"{user}crlDistributionPoints=URI:{url}\n"
                    f"authorityInfoAccess=caIssuers;URI:{AIA}\n",
                    30 if n == "cid" else 60)
        WWW[f"/{n}.crl"] = lambda c, r: time.sleep(4)
    subprocess.run([BULLA, "cert", "import", *[n + ".crt" for n in names]],
                   env={"BULLA_HOME": os.path.abspath("home")}, check=True,
                   stdout=subprocess.DEVNULL)
    status, got, said = find("--offline")
    away.check(status == 6 and not any(c["valid"] for c in got.values()),
               f"find --offline: {status} {got}\n{said}")
    status, got, said = find()
    away.check(status == 0 and got["cid"]["valid"] and got["cid"]["chosen"],
               f"find: {status} {got}\n{said}")
    away.check(got["cid"]["revocation"]["source"] in ("network", "cache"),
               f"find: {got['cid']['revocation']}")
    away.check(all(got[n]["reasons"] == ["revocation-unknown"]
                   for n in names[1:]), f"find, silent: {got}\n{said}")
    away.check("enough" not in said, f"find, one budget each: {said}")
    status, got, said = find("--offline")
    away.check(status == 0 and got["cid"]["revocation"]["source"] == "cache",
               f"find from the cache: {got}\n{said}")


def main():
    away.network()
    away.Names({"pki.example": [["9.9.9.9"]], "inside.example": [["10.0.0.1"]]})
    web = away.Web(serve, (80, 8080))
    certificate("root", None, CA)
    certificate("sub", "root", CA + "authorityKeyIdentifier=keyid\n"
                f"crlDistributionPoints=URI:{ROOT_URL}\n")
    certificate("ann", "sub", USER + f"crlDistributionPoints=URI:{SUB_URL}\n"
                f"authorityInfoAccess=caIssuers;URI:{AIA}\n")
    certificate("bob", "sub", USER +
                "crlDistributionPoints=URI:http://inside.example:8080/sub.crl\n"
                f"authorityInfoAccess=caIssuers;URI:{AIA}\n")
    WWW["/root.crl"], WWW["/sub.crl"] = lists("root"), lists("sub", number=5)
    WWW["/sub.crt"] = openssl("x509", "-in", "sub.crt", "-outform", "DER")

    def gets():
        n = [r.split(b" ")[1].decode() for r in web.requests]
        web.requests.clear()
        return sorted(n)

    valid, reasons, said, _ = bulla("--offline")
    away.check(not valid and gets() == [], f"offline: {reasons} {said}")
    away.check(not os.path.exists("home"), "offline keeps nothing")
    valid, reasons, said, _ = bulla()
    away.check(valid, f"all is fetched: {reasons}\n{said}")
    away.check(gets() == ["/root.crl", "/sub.crl", "/sub.crt"], "once each")
    away.check(said.count("fetched, status 200, from 9.9.9.9") == 3, said)
    valid, reasons, said, _ = bulla()
    away.check(valid and gets() == [], f"from the cache: {reasons}\n{said}")
    away.check(said.count("from the cache") == 3, said)
    valid, reasons, said, _ = bulla("--offline")
    away.check(valid and gets() == [], f"offline with a cache: {reasons}")
    mode = [os.stat(p).st_mode & 0o777 for p in ("home", "home/cache")]
    away.check(mode == [0o700, 0o700], f"modes: {mode}")
    away.check(all(os.stat("home/cache/" + f).st_mode & 0o077 == 0
                   for f in os.listdir("home/cache")), "modes of files")

    # what is in the cache is judged again: damage is no answer, and is mended
    for f in os.listdir("home/cache"):
        if len(f) == 16:
            path = "home/cache/" + f
            whole = open(path, "rb").read()
            for bad in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]),
                        whole[:40], b"", b"x" * len(whole), whole + b"x",
                        whole[:100] + bytes(len(whole) - 100)):
                open(path, "wb").write(bad)
                valid, reasons, said, _ = bulla()
                away.check(valid and len(gets()) == 1,
                           f"damaged cache: {reasons}\n{said}")
    # one entry in the place of another
    names = [f for f in os.listdir("home/cache") if len(f) == 16]
    for a, b in zip(names, names[1:] + names[:1]):
        keep = open("home/cache/" + b, "rb").read()
        shutil.copy("home/cache/" + a, "home/cache/" + b)
        valid, reasons, said, _ = bulla()
        away.check(valid and len(gets()) == 1, f"misplaced: {reasons}\n{said}")
        away.check(keep[:10] == open("home/cache/" + b, "rb").read()[:10],
                   "in its place again")

    # an older list never takes the place of a newer one
    old, new = WWW["/sub.crl"], lists("sub", ["ann"], number=6)
    shutil.rmtree("home")
    WWW["/sub.crl"] = new
    valid, reasons, said, _ = bulla()
    away.check(not valid and "revoked" in reasons, f"revoked: {reasons}")
    WWW["/sub.crl"] = old
    for _ in range(3):
        valid, reasons, said, _ = bulla()
        away.check(not valid and "revoked" in reasons,
                   f"an older list: {reasons}\n{said}")
    shutil.rmtree("home")
    valid, reasons, said, _ = bulla()
    away.check(valid, f"the old list in an empty cache: {reasons}")
    gets()

    # a list in the cache that does not help is fetched anew
    shutil.rmtree("home")
    key("false")
    shutil.copy("sub.crt", "false.crt")
    openssl("req", "-x509", "-key", "false.key", "-subj", "/CN=sub", "-out",
            "false.crt", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    WWW["/sub.crl"] = lists("false", number=0x7fff, hours=9000)
    valid, reasons, said, _ = bulla()
    away.check(not valid and reasons == ["revocation-unknown"],
               f"a forged list: {reasons}\n{said}")
    WWW["/sub.crl"] = old
    valid, reasons, said, _ = bulla()
    away.check(valid, f"after a forged list: {reasons}\n{said}")

    # what could not be had is not tried again for a minute
    shutil.rmtree("home")
    gets()
    del WWW["/sub.crl"]
    valid, reasons, said, _ = bulla()
    away.check(not valid and reasons == ["revocation-unknown"] and
               "another status than 200, status 404" in said,
               f"404: {reasons}\n{said}")
    gets()
    valid, reasons, said, _ = bulla()
    away.check(not valid and gets() == [] and "for a minute" in said,
               f"not again: {reasons}\n{said}")

    # whom an administrator allows
    shutil.rmtree("home")
    WWW["/sub.crl"] = old
    valid, reasons, said, _ = bulla(leaf="bob.crt")
    away.check(not valid and "its port is neither" in said, said)
    shutil.rmtree("home")
    valid, reasons, said, _ = bulla("--allow-host", "inside.example:8080",
                                    leaf="bob.crt")
    away.check(valid, f"--allow-host: {reasons}\n{said}")
    shutil.rmtree("home")
    os.makedirs("home/config", 0o700)
    os.chmod("home", 0o700)
    put("home/config/allow-hosts", "# ours\n\n  Inside.example:8080 # http\n")
    valid, reasons, said, _ = bulla(leaf="bob.crt")
    away.check(valid, f"allow-hosts: {reasons}\n{said}")
    put("home/config/allow-hosts", "inside.example\n")
    valid, reasons, said, _ = bulla(leaf="bob.crt")
    away.check(valid is None and "no HOST:PORT" in said, said)

    # several commands at once: each address is fetched once
    shutil.rmtree("home")
    gets()
    WWW["/sub.crl"] = lambda c, r: (time.sleep(0.5), away.answer(c, old))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: bulla(), range(6)))
    away.check(all(g[0] for g in got), f"six at once: {[g[1] for g in got]}")
    n = gets()
    away.check(n == ["/root.crl", "/sub.crl", "/sub.crt"], f"six at once: {n}")

    # killed at any time: the next command has all it needs
    WWW["/sub.crl"] = old
    for i in range(25):
        if i % 5 == 0:
            shutil.rmtree("home", ignore_errors=True)
        p = subprocess.Popen([BULLA, "cert", "check", "--trust", "root.crt",
                              "ann.crt"], env={"BULLA_HOME":
                             os.path.abspath("home")}, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        time.sleep(0.01 + 0.012 * (i % 13))
        p.send_signal(signal.SIGKILL)
        p.wait()
        valid, reasons, said, _ = bulla()
        away.check(valid, f"after a kill: {reasons}\n{said}")
    n = len([f for f in os.listdir("home/cache") if f.startswith(".")])
    away.check(n <= 25, f"left over: {n}")

    # bounded: what is oldest goes
    away.check(bulla()[0], "before")
    for i in range(4):
        path = f"home/cache/{i:016x}"
        open(path, "wb").truncate(200 << 20)
        os.utime(path, (1000 + i, 1000 + i))
    open("home/cache/.left.1-1", "w").close()
    os.utime("home/cache/.left.1-1", (1000, 1000))
    ours = [f for f in os.listdir("home/cache") if len(f) == 16 and
            not f.startswith("00000000000000")]
    os.remove("home/cache/" + ours[0])
    away.check(bulla()[0], "after")
    have = set(os.listdir("home/cache"))
    away.check("0" * 16 not in have and "0" * 15 + "1" not in have and
               "0" * 15 + "3" in have and ".left.1-1" not in have and
               len(have & set(ours)) == len(ours), f"pruned: {have}")

    # a folder that cannot be written to: all the same, without a cache
    shutil.rmtree("home")
    put("home", "a file")
    valid, reasons, said, _ = bulla()
    away.check(valid is not None, f"no folder: {said}")
    os.remove("home")

    finding()
    shutil.rmtree("home")

    # a list that is too long for an answer goes as a file, and is kept, too
    serials = "".join(
        f"R\t350101000000Z\t250101000000Z\t{i + (1 << 100):026X}\tunknown\t/CN=x\n"
        for i in range(20000))
    put("sub.db", serials)
    put("sub.number", "0009\n")
    big = der(openssl("ca", "-config", "sub.cnf", "-gencrl", "-crlhours", "24"))
    WWW["/sub.crl"] = big
    for _ in range(2):
        valid, reasons, said, _ = bulla()
        away.check(valid and len(big) > 600000,
                   f"a list of {len(big)} bytes: {reasons}\n{said}")
    mine = "".join(open(f).read() for f in ()) + serials
    put("sub.db", mine + f"R\t350101000000Z\t250101000000Z\t"
        f"{int(openssl('x509', '-in', 'ann.crt', '-noout', '-serial').split(b'=')[1], 16):040X}"
        "\tunknown\t/CN=ann\n")
    WWW["/sub.crl"] = der(openssl("ca", "-config", "sub.cnf", "-gencrl",
                                  "-crlhours", "24"))
    shutil.rmtree("home")
    valid, reasons, said, _ = bulla()
    away.check(not valid and "revoked" in reasons, f"in a long list: {reasons}")
    away.finish()


if __name__ == "__main__":
    main()
