#!/usr/bin/env python3
"""gpgsm.py FOLDER [SECONDS] - what gpgsm makes of the cases that structures -w wrote.

One gpgsm in server mode takes them one after the other, over a socket on which
descriptors are passed. Told is, by class, what Bulla accepts and both others
refuse, which is a fault here unless docs/deviations.md has it, and what both
accept and Bulla refuses.
"""
import array
import collections
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

# What gpgsm 2.2 can be asked: it has no key agreement, no OAEP, no GCM, no PKCS#12
# with elliptic curves; certificates it keeps, so that one would hide the next.
# It reads no originatorInfo and no certificates of other kinds either.
SHAPES = {"signed": "VERIFY", "signed-bare": "VERIFY",
          "signed-apart-plain": "VERIFY", "enveloped-plain": "DECRYPT"}
LIMIT_S = 10
BUDGET_S = 600  # for all: it keeps each certificate, which makes it slower
NOW = "20260921T141320"


class Gone(Exception):
    """gpgsm ended, or does not answer."""


class Server:
    def __init__(self, home):
        self.home = home
        ours, theirs = socket.socketpair()
        env = dict(os.environ, GNUPGHOME=home,
                   _assuan_connection_fd=str(theirs.fileno()))
        secret, write = os.pipe()
        os.write(write, b"secret\n")
        os.close(write)
        self.process = subprocess.Popen(
            ["gpgsm", "--quiet", "--server", "--faked-system-time", NOW,
             "--pinentry-mode", "loopback", "--passphrase-fd", str(secret)],
            env=env, pass_fds=[theirs.fileno(), secret],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        theirs.close()
        os.close(secret)
        self.socket = ours
        self.socket.settimeout(LIMIT_S)
        self.rest = b""
        self.answer()

    def line(self):
        while b"\n" not in self.rest:
            try:
                more = self.socket.recv(65536)
            except OSError as error:
                raise Gone from error
            if not more:
                raise Gone
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def answer(self):
        """The status lines until OK or ERR, and whether it was OK."""
        status = []
        while True:
            line = self.line()
            if line.startswith(b"S "):
                status.append(line[2:].decode("utf-8", "replace"))
            elif line.startswith(b"INQUIRE"):
                self.send(b"D secret\nEND\n")
            elif line.startswith((b"OK", b"ERR")):
                return line.startswith(b"OK"), status

    def send(self, what):
        try:
            self.socket.sendall(what)
        except OSError as error:
            raise Gone from error

    def ask(self, command):
        self.send(command.encode() + b"\n")
        return self.answer()

    def give(self, name, path, flags=os.O_RDONLY):
        fd = os.open(path, flags)
        try:
            self.socket.sendmsg(
                [b"# a descriptor\n"],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                  array.array("i", [fd]))])
        except OSError as error:
            raise Gone from error
        finally:
            os.close(fd)
        return self.ask(name + " FD")

    def accepts(self, shape, path, content):
        self.ask("RESET")
        self.give("INPUT", path)
        if shape.startswith("signed-apart"):
            self.give("MESSAGE", content)
        else:
            self.give("OUTPUT", os.devnull, os.O_WRONLY)
        ok, status = self.ask(SHAPES[shape])
        words = {s.split()[0] for s in status}
        if SHAPES[shape] == "DECRYPT":
            return ok and "DECRYPTION_OKAY" in words
        return ok and "GOODSIG" in words and "BADSIG" not in words

    def end(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()


def make_home(folder):
    home = tempfile.mkdtemp()
    os.chmod(home, 0o700)
    with open(os.path.join(home, "gpgsm.conf"), "w") as f:
        f.write("disable-crl-checks\ndisable-policy-checks\n"
                "disable-dirmngr\nbatch\nyes\n")
    with open(os.path.join(home, "gpg-agent.conf"), "w") as f:
        f.write("allow-loopback-pinentry\nmax-cache-ttl 86400\n"
                "default-cache-ttl 86400\n")
    with open(os.path.join(home, "trustlist.txt"), "w") as f:
        for who in ("ann", "bob"):
            der = open(os.path.join(folder, who + ".crt"), "rb").read()
            mark = hashlib.sha1(der).hexdigest().upper()
            f.write(":".join(mark[i:i + 2] for i in range(0, 40, 2)) +
                    " S relax\n")
    for name in ("ann.crt", "bob.crt", "bob.p12"):
        subprocess.run(
            ["gpgsm", "--quiet", "--homedir", home, "--faked-system-time", NOW,
             "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import",
             os.path.join(folder, name)],
            input=b"secret\n", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False)
    return home


def tell(title, cases):
    """The cases by shape, field and change, a line for each field."""
    lines = collections.OrderedDict()
    for shape, field, change, outcome in cases:
        lines.setdefault((shape, field, outcome), []).append(change)
    print(f"\n{title}: {len(cases)}")
    for (shape, field, outcome), changes in lines.items():
        print(f"  {shape} {field} ({outcome})\n      {' '.join(changes)}")


def run(folder, home, budget):
    server = Server(home)
    alone, stricter, counts, gone = [], [], collections.Counter(), []
    content = os.path.join(folder, "content")
    cases = [line.split() for line in
             open(os.path.join(folder, "list"), encoding="utf-8")]
    cases = [c for c in cases if c[1] in SHAPES]
    # Those that decide first: where the two others do not agree with each
    # other or with us. The rest in any order, the same each time.
    random.Random(1).shuffle(cases)
    cases.sort(key=lambda c: (c[2] != "-", c[5] == c[6]))
    end = time.monotonic() + budget
    for name, shape, field, change, outcome, ours, peer in cases:
        if time.monotonic() > end:
            break
        counts["asked"] += 1
        try:
            theirs = server.accepts(
                shape, os.path.join(folder, name), content)
        except Gone:
            gone.append(f"{shape} {field} {change}")
            server.end()
            server = Server(home)
            theirs = False
        counts["accepted"] += theirs
        case = (shape, field, change, outcome)
        if ours == "yes" and peer == "no" and not theirs:
            alone.append(case)
        if ours == "no" and peer == "yes" and theirs:
            stricter.append(case)
        if field == "-" and not theirs:
            print(f"gpgsm cannot: {shape} as it is")
    server.end()
    tell("accepted here, refused by libcrypto and gpgsm", alone)
    tell("refused here, accepted by libcrypto and gpgsm", stricter)
    if gone:
        print("\ngpgsm ended at", *gone, sep="\n  ")
    print(f"\ngpgsm: {counts['asked']} of {len(cases)} asked, "
          f"{counts['accepted']} accepted")


def main():
    folder = sys.argv[1]
    if shutil.which("gpgsm") is None:
        print("gpgsm is not installed")
        return 0
    start = time.monotonic()
    home = make_home(folder)
    try:
        run(folder, home, int(sys.argv[2]) if len(sys.argv) > 2 else BUDGET_S)
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"],
                       check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    print(f"{time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
