#!/bin/bash
# 030-exit-statuses - what bulla(1) promises of exit statuses, and what is said
# on bad input; nothing is lost or half written.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
letter letter.eml ann
bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
bulla encrypt --to-cert ben.crt --out e.eml letter.eml

### 2: the command line
status 2 "no command" bulla
says "a command is missing" "no command"
status 2 "unknown command" bulla opne
says "Did you mean 'open'" "unknown command"
status 0 "help" bulla help
cp got want
status 0 "--help" bulla --help
check "the same" cmp want got
status 2 "help of nothing" bulla help opne
for c in "sign" "encrypt" "open" "inspect" "cert list" "cert show" "cert import" "cert export" \
	"cert remove" "key list" "key import" "key export" "key remove" "key unlock" "key lock" \
	"trust list" "trust import" "trust remove" "self-test"; do
	# shellcheck disable=SC2086
	status 0 "$c --help" bulla $c --help
	check "$c --help says how" grep -q "^usage: bulla $c" got
	cp got want
	# shellcheck disable=SC2086
	status 0 "help $c" bulla help $c
	check "help $c" cmp want got
	# shellcheck disable=SC2086
	status 2 "$c --nonsense" bulla $c --nonsense
	says "there is no option --nonsense" "$c --nonsense"
	says "bulla $c --help" "$c: the way out"
	# each option that --help names is in the manual page
	page=$BULLA_SOURCE/docs/man/bulla-${c%% *}.1
	for option in $(grep -oE '^  --[a-z0-9-]+' got); do
		check "$c $option is in its manual page" grep -q -- "${option#--}" "$page"
	done
done
for c in cert key trust; do
	status 0 "$c --help" bulla $c --help
	status 2 "$c nothing" bulla $c
	status 2 "$c nonsense" bulla $c nonsense
done
status 0 "--version" bulla --version
status 0 "--help" bulla --help
status 2 "missing value" bulla open --key
says "needs a value" "missing value"
status 2 "near option" bulla open --jsn
says "did you mean --json" "near option"
status 2 "two messages" bulla open a b
status 2 "nobody to encrypt to" bulla encrypt letter.eml
status 2 "unknown cipher" bulla encrypt --cipher aes-256-ecb --to-cert ben.crt letter.eml
status 2 "3DES is not written" bulla encrypt --cipher des-ede3-cbc --to-cert ben.crt letter.eml
status 2 "both paddings" bulla encrypt --oaep --pkcs1 --to-cert ben.crt letter.eml
status 2 "signing option without --sign" bulla encrypt --opaque --to-cert ben.crt letter.eml
status 2 "unknown digest" bulla sign --digest md5 --key ann.p12 letter.eml
status 2 "require what" bulla open --require signd s.eml
status 2 "require nothing" bulla open --require "" s.eml
for t in yesterday 2026-02-31T00:00:00Z 2026-01-01 2026-01-01T24:00:00Z 2026-01-01T00:00:00; do
	status 2 "--at $t" bulla open --at $t s.eml
done
for t in 2026-12-01T00:00:00Z 2026-12-01T00:00:00.5Z 2026-12-01t01:00:00+01:00; do
	status 0 "--at $t" bulla open --trust ann.crt --at $t --require signed s.eml
done
status 2 "option given twice" bulla open --out a --out b s.eml

### 3: no key, wrong passphrase
echo wrong >wrong
status 3 "wrong passphrase" bulla open --key ben.p12 --pass-file wrong e.eml
says "ben.p12: .*passphrase" "wrong passphrase"
status 3 "no terminal to ask on" setsid bulla open --key ben.p12 e.eml
says "--pass-file" "no terminal to ask on"
status 3 "not for ann" bulla open --key ann.p12 --pass-file pass e.eml
says "no-key" "not for ann"
status 3 "no key at all" bulla open e.eml

### 4: malformed and over limits
: >empty
status 4 "empty" bulla open empty
says "empty" "empty"
status 4 "empty, sign" bulla sign --key ann.p12 --pass-file pass empty
says "^bulla: empty: " "empty, sign"
status 4 "empty, encrypt" bulla encrypt --to-cert ben.crt <empty
says "^bulla: standard input: " "empty, encrypt"
printf '0\x0d\x06\x0b*\x86H\x86\xf7\x0d\x01\x09\x10\x01\x02\xa0\x00' >mac.p7m
status 4 "of a kind that is not opened" bulla open --json mac.p7m
check "it is said" jq -e '.reasons == ["unsupported"]' got
status 4 "empty, inspect" bulla inspect empty
head -c 2000 /dev/urandom >garbage
{ printf 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n'; base64 garbage; } >g.eml
status 4 "garbage in it" bulla open g.eml
says "What is wrong" "garbage in it"
status 4 "garbage, inspect" bulla inspect g.eml
status 4 "garbage is no certificate" bulla encrypt --to-cert garbage letter.eml
status 4 "garbage is no key" bulla open --key garbage --pass-file pass e.eml
printf 'hello\nworld\n' >text
status 4 "text without a header" bulla sign --key ann.p12 --pass-file pass text
for n in 100 900 1500; do
	size=$(stat -c %s e.eml)
	head -c $((size - n)) e.eml >cut.eml
	status 4 "cut by $n" bulla open --key ben.p12 --pass-file pass --out nothing cut.eml
	says "malformed|What is wrong" "cut by $n"
	check "nothing written" test ! -e nothing
done
{ head -c 2000000 /dev/zero | tr '\0' 'a'; echo; } | sed '1s/^/X-Long: /' >long.eml
status 4 "a header field of 2 MB" bulla open long.eml
says "limit-header" "a header field of 2 MB"
{ for i in $(seq 2001); do echo "X-$i: a"; done; echo; echo body; } >many.eml
status 4 "2,001 header fields" bulla open many.eml
says "limit-header-count" "2,001 header fields"
sed 1d many.eml >many2.eml
status 0 "2,000 are fine" bulla open many2.eml

### 5: files, disk
status 5 "no such file" bulla open nowhere.eml
says "nowhere.eml: there is no such file" "no such file"
status 5 "a folder" bulla open .
says "folder" "a folder"
mkdir closed
status 5 "no such folder" bulla open --out nowhere/x s.eml
status 5 "full device" bulla open --out /dev/full letter.eml
says "disk is full" "full device"
status 5 "standard output is full" sh -c 'bulla open letter.eml >/dev/full'
status 5 "JSON to a full device" sh -c 'bulla open --json letter.eml >/dev/full'
if mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
	head -c 300000 /dev/zero | base64 -w 76 >big
	{ cat letter.eml; cat big; } >big.eml
	status 5 "full disk" bulla sign --key ann.p12 --pass-file pass --out small/s.eml big.eml
	says "big.eml to small/s.eml: the disk is full" "full disk"
	status 5 "full disk, open" bulla open --out small/o.eml big.eml
	check "nothing half written" test -z "$(ls -A small)"
	echo keep >small/old
	status 5 "full disk, over a file" bulla open --out small/old big.eml
	check "what was there is there" grep -q keep small/old
	umount small
else
	echo "no small file system here: the full disk is tried on /dev/full alone"
fi
# a closed pipe ends quietly
big=$PWD/pipe.eml
{ cat letter.eml; head -c 3000000 /dev/zero | base64 -w 76; } >"$big"
bulla open "$big" 2>pipe.said | head -c 1 >/dev/null
check "a closed pipe: no complaint" sh -c '! grep -qi "pipe\|cannot be written" pipe.said'

### 6: rules, certificates
status 6 "no certificate for the address" bulla encrypt --to nobody@example.org --to noone@example.org letter.eml
says "nobody@example.org: there is no certificate" "both are named"
says "noone@example.org: there is no certificate" "both are named"
status 6 "nothing to sign with" bulla sign letter.eml
says "certificate not available" "nothing to sign with"
cc -shared -fPIC -o clock.so "$BULLA_SOURCE/tests/flows/clock.c"
LD_PRELOAD=$PWD/clock.so CLOCK_AT=$(date -u -d 2020-01-01 +%s) openssl req -x509 -new -key ann.key \
	-out old.crt -days 30 -sha256 -subj /CN=Ann -addext subjectAltName=email:ann@example.org 2>/dev/null
is "Jan 31 00:00:00 2020 GMT" "$(openssl x509 -in old.crt -noout -enddate | cut -d= -f2)" "it ended in 2020"
cat ann.key old.crt >old.pem
status 6 "expired, sign" bulla sign --key old.pem letter.eml
says "expired" "expired, sign"
status 6 "expired, encrypt" bulla encrypt --to-cert old.crt --out nothing letter.eml
says "expired" "expired, encrypt"
check "nothing written" test ! -e nothing
openssl req -x509 -new -key ann.key -out soon.crt -days 20 -sha256 -subj /CN=Ann \
	-addext subjectAltName=email:ann@example.org 2>/dev/null
cat ann.key soon.crt >soon.pem
status 0 "ends soon" bulla sign --key soon.pem letter.eml
says "warning: .*ends in" "ends soon"

### an output that is there is replaced whole, or not at all
echo old >file
status 1 "not written over" bulla open --trust ben.crt --require signed --out file s.eml
check "still the old one" grep -q old file
status 0 "written over" bulla open --trust ann.crt --require signed --out file s.eml
check "the new one" grep -q CANARY file
is 600 "$(bulla open --out private letter.eml 2>/dev/null; stat -c %a private)" "opened content is the person's own"

status 0 self-test bulla self-test
check "fit" grep -q "fit to be used" got
finish
