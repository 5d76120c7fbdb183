#!/bin/bash
# 225-mailbox-large - bulla open --summary: large messages in little memory, many
# of them in order, readers that die or hang.
# plain only
. "$BULLA_SOURCE/tests/flows/lib.sh"

person ann p256
person eve p256

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

list() {
	bulla open --summary --json --trust ann.crt "$@"
}

signed ann good.eml "a letter"
signed eve eve.eml "a letter of Eve's"
printf 'From: Cid <cid@example.org>\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\n\ntext\n' >plain.eml

# ---- large ones: streamed, and in no memory ----
{
	printf '%s\n' 'From: Ann <ann@example.org>' 'Subject: large' "Date: $(date -R)" 'MIME-Version: 1.0' \
		'Content-Type: text/plain' ''
	head -c 60000000 /dev/zero | tr '\0' 'x' | fold -w 75
} >large.eml
bulla sign --key ann.p12 --pass-file pass large.eml | tr -d '\r' >large.sig
box good.eml large.sig good.eml >big
status 0 "a large message" sh -c 'ulimit -v 700000; exec "$@"' sh bulla open --summary --json --trust ann.crt big
is "valid valid valid" "$(jq -r .signature got | xargs)" "all three"
mkdir -p bigdir/cur
cp large.sig bigdir/cur/1
status 0 "in a Maildir" list bigdir
rm -rf large.eml large.sig big bigdir

# ---- more than one reader sees, in order ----
mkdir -p crowd/cur
for i in $(seq 1 1100); do ln plain.eml "crowd/cur/$(printf %05d "$i")"; ln good.eml "crowd/cur/$(printf %05d "$i")s"; done
status 0 "2,200 messages" list crowd
is "2200" "$(wc -l <got)" "all of them"
check "in order" sh -c 'jq -r .file got | sort -c'
is "1100 none 1100 valid" "$(jq -r .signature got | sort | uniq -c | xargs)" "each its own verdict"

# ---- readers that are killed, and that hang ----
children() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}
mkfifo pipe
bulla open --summary --json --trust ann.crt pipe >rows 2>said &
pid=$!
exec 9>pipe
box good.eml good.eml good.eml good.eml >&9
for i in $(seq 50); do [ "$(children $pid | wc -w)" -ge 2 ] && break; sleep 0.1; done
sleep 1
# the first of its children reads certificates
first=$(children $pid | cut -d" " -f2) second=$(children $pid | cut -d" " -f3)
kill -STOP "$first" ${second:+"$second"}
box good.eml eve.eml good.eml eve.eml good.eml good.eml good.eml >&9
sleep 1
kill -SEGV "$first"
kill -CONT "$first"
exec 9>&-
rc=0
wait $pid || rc=$?
is 5 "$rc" "a reader that died is trouble around"
is 11 "$(wc -l <rows)" "each message has its row"
dead=$(jq -r 'select(.error != null) | .error' rows)
check "one was at a message when it died" grep -q "the reader broke down over the input" <<<"$dead"
[ -z "$second" ] || check "one hung" grep -q "silent for too long" <<<"$dead"
check "a row each" test "$(wc -l <<<"$dead")" -le 2
is "0" "$(jq -r 'select(.error == null) | .signature' rows | grep -cvE 'valid|unverified' || true)" "the others are judged"
finish
