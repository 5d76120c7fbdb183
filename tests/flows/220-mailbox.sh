#!/bin/bash
# 220-mailbox - bulla open --summary: mbox and Maildir, what is quoted in them,
# damaged ones, empty ones.
. "$BULLA_SOURCE/tests/flows/lib.sh"

person ann p256
person eve p256
person ben rsa2048

# signed NAME FILE TEXT...: a message clear-signed by NAME, lines in LF
signed() {
	local who=$1 to=$2
	shift 2
	{
		printf '%s\n' "From: ${who^} <$who@example.org>" 'To: ben@example.org' \
			"Subject: $*" "Date: $(date -R)" 'MIME-Version: 1.0' \
			'Content-Type: text/plain; charset=utf-8' '' "$@"
	} >plain.eml
	bulla sign --key "$who.p12" --pass-file pass plain.eml | tr -d '\r' >"$to"
}

# box FILE...: an mbox of messages, quoted as mboxrd has it
box() {
	local f
	for f in "$@"; do
		echo "From MAILER-DAEMON Thu Jan  1 00:00:00 1970"
		sed -E 's/^(>*From )/>\1/' "$f"
		echo
	done
}

# rows FILE: number, signature, encryption, reasons of each
rows() {
	jq -r '[.number, .signature, .encryption, (.reasons // [] | sort | join(","))] | join(" ")' "$1"
}

list() {
	bulla open --summary --json --trust ann.crt "$@"
}

signed ann good.eml "a letter"
signed ann from.eml "From here, and" "From there" ">From afar" "" "From a blank line" "end"
signed eve eve.eml "a letter of Eve's"
sed 's/^a letter$/another letter/' good.eml >altered.eml
printf 'From: Cid <cid@example.org>\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\n\ntext\n' >plain.eml
bulla encrypt --to-cert ben.crt good.eml | tr -d '\r' >sealed.eml
printf 'From: Mal <mal@example.org>\nSubject: a\033[2Jb\342\200\256c\n\ntext\n' >escape.eml
all="good from eve altered plain sealed escape"
# shellcheck disable=SC2086
box $(printf '%s.eml ' $all) >box

# ---- the same as for each alone ----
status 3 "an mbox" list box
cp got rows.json
is "7" "$(wc -l <rows.json)" "a row for each message"
is "1 valid none 
2 valid none 
3 unverified none signer-unknown-ca
4 invalid none content-altered
5 none none 
6 none failed no-key
7 none none " "$(rows rows.json)" "verdicts, and what is quoted is unquoted"
is "grüße" "$(sed -n 5p rows.json | jq -r .subject)" "an encoded subject"
is "Ann <ann@example.org>" "$(sed -n 1p rows.json | jq -r .from)" "From"
is "ann@example.org" "$(sed -n 1p rows.json | jq -r .signer)" "signer"
is "box null" "$(sed -n 1p rows.json | jq -r '[.mailbox, (.file | tostring)] | join(" ")')" "where it is from"
status 3 "for a person" bulla open --summary --trust ann.crt box
is "7" "$(wc -l <got)" "a line for each"
check "no escape sequence" sh -c '! grep -q "$(printf "\033")" got'
check "it is shown as text" grep -q 'a\\x1B\[2Jb<U+202E>c\|a<U+001B>\[2Jb<U+202E>c' got
check "the codes of reasons" grep -q 'invalid.*\[content-altered\]' got
says '^7 messages: 2 valid, 1 unverified, 1 invalid, 3 not signed, 0 failed' "a sum"
status 0 "with the key" list --key ben.p12 --pass-file pass <(box good.eml sealed.eml)
is "1 valid none 
2 valid intact " "$(rows got)" "opened"

mkdir -p dir/cur dir/new dir/tmp
for f in $all; do cp "$f.eml" "dir/cur/$f:2,S"; done
mv dir/cur/good:2,S dir/new/zgood
echo no >dir/tmp/unfinished
status 3 "a Maildir" list dir
is "new/zgood cur/altered:2,S" "$(jq -r .file got | head -n 2 | xargs)" "new, then cur, by name"
is "7" "$(wc -l <got)" "what is in tmp is no message"
for f in $all; do
	rc=0
	bulla open --json --trust ann.crt "$f.eml" >one.json 2>/dev/null </dev/null || rc=$?
	is "$(jq -c '[.encryption, .signature, .reasons]' one.json)" \
		"$(jq -c "select(.file | test(\"/z?$f(:|$)\")) | [.encryption, .signature, .reasons]" got)" "as $f alone"
done
for f in "$BULLA_CORPORA"/mime-malformed/*.eml "$BULLA_CORPORA"/rfc9788-header-protection/*.eml; do
	[ -f "$f" ] && echo "$f"
done | head -n 40 >many
if [ -s many ]; then
	mkdir -p corpus/cur
	while read -r f; do cp "$f" "corpus/cur/$(basename "$f")"; done <many
	bulla open --summary --json --revocation off corpus >got 2>said || true
	for f in corpus/cur/*; do
		bulla open --json --revocation off "$f" >one.json 2>/dev/null </dev/null || true
		is "$(jq -c '[.encryption, .signature, .reasons]' one.json)" \
			"$(jq -c "select(.file == \"cur/$(basename "$f")\") | [.encryption, .signature, .reasons]" got)" \
			"as $(basename "$f") alone"
	done
fi

# ---- exit statuses ----
status 0 "all valid" list <(box good.eml)
status 0 "a plain one is fine" list <(box plain.eml)
status 1 "unless it is to be signed" list --require signed <(box plain.eml)
status 1 "not verified" list <(box good.eml eve.eml)
status 1 "judged at another time" list --at 2001-01-01T00:00:00Z <(box good.eml)
status 0 "nothing in it" list /dev/null
is "" "$(cat got)" "no row"
status 4 "no mailbox" list good.eml
says 'neither an mbox file' "what is wrong with it"
mkdir nothing
status 4 "no Maildir" list nothing
status 5 "not there" list absent
status 5 "one is not there, the other is" list absent box
is "7" "$(wc -l <got)" "the other is read"
status 2 "what does not go together" list --out x box
status 2 "nothing is fetched" list --show-fetches box
status 2 "no mailbox named" list
status 2 "several messages" bulla open good.eml eve.eml
status 3 "standard input" list - <box
is "7" "$(wc -l <got)" "standard input"
check "nothing is left in TMPDIR" test -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name '.bulla-*' -user "$(id -u)" 2>/dev/null)"

# ---- damaged and odd ----
printf 'From x\n\nFrom y\n\n\nFrom z\n' >odd
status 4 "empty messages" list odd
is "3" "$(wc -l <got)" "three of them"
box good.eml | sed 's/$/\r/' >crlf
status 0 "lines in CRLF" list crlf
is "1 valid none " "$(rows got)" "lines in CRLF"
{ echo 'From x'; echo 'Content-Length: 100000'; cat good.eml; echo; box good.eml; } >length
status 0 "Content-Length is not looked at" list length
is "2" "$(wc -l <got)" "two messages"
{ echo 'From x'; cat good.eml; } >last
status 0 "no empty line at the end" list last
printf 'From x\nFrom: a@example.org\n\ntext\nFrom not behind an empty line\n' >inner
status 0 "a From in the middle" list inner
is "1" "$(wc -l <got)" "one message"
head -c 3000 box >cut
rc=0; list cut >got 2>said || rc=$?
check "a cut one has an end" test "$rc" -lt 5
head -c 200000 /dev/urandom >noise
{ box good.eml; echo 'From x'; cat noise; echo; echo; box good.eml; } >noisy
rc=0; list noisy >got 2>said || rc=$?
is "valid valid" "$(jq -r .signature got | sed -n '1p;$p' | xargs)" "noise costs its own row"

# ---- what is parked, in memory and in a file: encrypted inside of encrypted ----
mkdir -p nested/cur
nest=0
for lines in 20 3000 6000 20; do
	nest=$((nest + 1))
	{
		printf '%s\n' 'From: Ann <ann@example.org>' "Subject: nested" "Date: $(date -R)" 'MIME-Version: 1.0' \
			'Content-Type: text/plain' ''
		seq -f "line %060.0f" "$lines"
	} >plain.nest
	bulla sign --key ann.p12 --pass-file pass plain.nest |
		bulla encrypt --to-cert ben.crt | bulla encrypt --to-cert ben.crt >"nested/cur/$nest"
done
status 0 "encrypted twice" list --key ben.p12 --pass-file pass nested
is "intact valid" "$(jq -r '"\(.encryption) \(.signature)"' got | sort -u | xargs)" "small and large, one after the other"
is "4" "$(wc -l <got)" "all four"
rm -rf nested plain.nest
finish
