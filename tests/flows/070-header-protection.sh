#!/bin/bash
# 070-header-protection - header fields inside the protection (RFC 9788): made,
# hidden, read, answered, altered on the way.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
person eve rsa2048
cat >letter.eml <<-'M'
From: Ann Example <ann@example.org>
To: Ben Example <ben@example.org>, cat@example.org
Bcc: eve@example.org
Subject: a secret
 of two lines
Keywords: hidden
Date: DATE
Message-ID: <1@example.org>
X-Own: 1
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

CANARY
M
sed -i "s/DATE/$(LC_ALL=C TZ=Asia/Tokyo date '+%a, %d %b %Y %T %z')/" letter.eml
encrypt() { bulla encrypt --sign --key ann.p12 --pass-file pass --to-cert ben.crt --to-cert eve.crt --out e.eml "$@" letter.eml; }
open() { bulla open --key ben.p12 --pass-file pass --trust ann.crt --json --out back "$@"; }
told() { jq -r '[.encryption, .signature, .headerForm, (.reasons | join(",")), (.headersDiffer | join(","))] | join(" ")' got; }
# NAME: its state, whether it is safe outside, and what stands there
of() { jq -r --arg n "$1" '.fields[] | select(.name == $n) | [.protection, (.safeOutside | tostring), (.outside // "nothing")] | join(" ")' got; }
head_of() { sed '/^\r*$/q' "$1"; }

# signed: all is inside, and outside as it was
status 0 sign bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
status 0 "open signed" bulla open --trust ann.crt --json --out back s.eml
is "none valid clear  " "$(told)" signed
is "signed-only true a secret of two lines" "$(of Subject)" "signed, Subject"
check "outside as it was" cmp <(head_of s.eml | sed '/^MIME-Version/,$d' | tr -d '\r') <(sed '/^MIME-Version/,$d' letter.eml)
check "a field of one's own is inside" grep -q '^X-Own: 1' back
check "a blind copy is not" sh -c '! grep -qi "^bcc\|eve@" back'
check "no record of what was left outside" sh -c '! grep -q HP-Outer back'
openssl cms -verify -in s.eml -CAfile ann.crt -out back2 2>openssl.log || fail "openssl reads it"
check "openssl reads the same" cmp back back2

# encrypted, by each policy
status 0 none encrypt
status 0 "open none" open e.eml
is "intact valid cipher  " "$(told)" none
is "signed-only true a secret of two lines" "$(of Subject)" "none, Subject"
is "a secret of two lines" "$(field headers.Subject got)" "none, Subject"
check "subject outside" grep -q '^Subject: a secret' e.eml
check "no blind copy inside" sh -c '! grep -qi "bcc\|eve@" back'

status 0 baseline encrypt --header-policy baseline
status 0 "open baseline" open --require signed,encrypted,intact e.eml
is "intact valid cipher  " "$(told)" baseline
is "signed-and-encrypted false [...]" "$(of Subject)" "baseline, Subject"
is "signed-and-encrypted false nothing" "$(of Keywords)" "baseline, Keywords"
is "signed-only true Ann Example <ann@example.org>" "$(of From)" "baseline, From"
check "subject outside" grep -q '^Subject: \[\.\.\.\]' e.eml
check "nothing of it outside" sh -c '! grep -qi "secret\|two lines\|hidden" e.eml'
cp e.eml baseline.eml
status 0 "open for people" bulla open --key ben.p12 --pass-file pass --trust ann.crt --out back baseline.eml
says "Subject: a secret of two lines .*signed-and-encrypted" "open for people"

status 0 shy encrypt --header-policy shy
status 0 "open shy" open e.eml
is "intact valid cipher  " "$(told)" shy
is "signed-and-encrypted false ann@example.org" "$(of From)" "shy, From"
is "signed-and-encrypted false ben@example.org, cat@example.org" "$(of To)" "shy, To"
check "the time zone is hidden" sh -c "$(declare -f head_of); head_of e.eml | grep '^Date: ' | grep -q ' +0000'"
check "no name outside" sh -c '! grep -q "Example" e.eml'
is "signed-only true <1@example.org>" "$(of Message-ID)" "shy, Message-ID"

# not signed: what is inside is encrypted, and nobody's
status 0 "not signed" bulla encrypt --header-policy baseline --to-cert ben.crt --out e.eml letter.eml
status 0 "open not signed" open e.eml
is "encrypted-only false [...]" "$(of Subject)" "not signed, Subject"
is "unprotected true Ann Example <ann@example.org>" "$(of From)" "not signed, From"

# three layers
status 0 triple encrypt --triple --header-policy baseline
status 0 "open triple" open e.eml
is "intact valid cipher  " "$(told)" triple

# openssl opens and verifies what was hidden, as before
if openssl cms -decrypt -in baseline.eml -recip ben.crt -inkey ben.key -out signed.eml 2>openssl.log; then
	openssl cms -verify -in signed.eml -CAfile ann.crt -out back2 2>openssl.log || fail "openssl verifies"
	check "openssl reads the subject" grep -q '^Subject: a secret' back2
fi

# changed on the way
change() { sed "0,/^$1: /s/^$1: .*/$2\\r/" baseline.eml >x.eml; }
change Subject 'Subject: pay at once'
status 0 "another subject outside" open x.eml
is "intact valid cipher headers-differ Subject" "$(told)" "another subject outside"
is "a secret of two lines" "$(field headers.Subject got)" "another subject outside"
change Subject 'Subject: a secret of two lines'
status 0 "a guess outside" open x.eml
is "signed-and-encrypted false [...]" "$(of Subject)" "a guess outside is not told to be right"
change To 'To: ben@example.org\r\nReply-To: eve@example.org'
status 0 "a field added" open x.eml
is "intact valid cipher headers-differ Reply-To,To" "$(told)" "a field added"
is "" "$(of Reply-To)" "it is not shown"
change From 'From: Eve <eve@example.org>'
status 1 "another From outside" open x.eml
is "intact unverified cipher signer-mismatch,headers-differ From" "$(told)" "another From outside"
is "Eve <eve@example.org> outside
Ann Example <ann@example.org> claimed" "$(jq -r '.fields[] | select(.name == "From") | .text + " " + .place' got)" "both are told"
bulla open --key ben.p12 --pass-file pass --trust ann.crt --out back x.eml 2>said || true
says "Inside it claims to be from Ann Example <ann@example.org>, and no valid signature stands for that" "a warning shows both"
is "" "$(jq -r '.headers.From // ""' got)" "no From is told as protected"

# eve says inside that she is ann
sed 's/^From: .*/From: Eve <eve@example.org>/' letter.eml >eve.eml
openssl cms -sign -binary -in <(printf 'From: Ann <ann@example.org>\r\nSubject: pay\r\nContent-Type: text/plain; hp="clear"\r\n\r\npay eve\r\n') -signer eve.crt -inkey eve.key -out evil.eml
{ printf 'From: Eve <eve@example.org>\r\n'; cat evil.eml; } >x.eml
status 1 "another From inside" bulla open --trust eve.crt --json x.eml
is "none unverified clear signer-mismatch,headers-differ From,Subject" "$(told)" "another From inside"
is "eve@example.org" "$(field sender got)" "the sender is who sent it"
{ printf 'From: Ann <ann@example.org>\r\n'; cat evil.eml; } >x.eml
status 1 "both are ann, and eve signed" bulla open --trust eve.crt --json x.eml
is "none unverified clear signer-mismatch,headers-differ Subject" "$(told)" "both are ann"

# what cannot be hidden is not said to be
bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
status 6 "signed already" bulla encrypt --header-policy baseline --to-cert ben.crt --out no.eml s.eml
says "cannot be hidden any more" "signed already"
check "nothing written" test ! -e no.eml
status 0 "signed already, none" bulla encrypt --to-cert ben.crt --out e.eml s.eml
status 0 "open it" open e.eml
is "intact valid clear  " "$(told)" "signed, then encrypted"
status 0 "open baseline" open baseline.eml
status 6 "what was hidden is not let out" bulla encrypt --to-cert eve.crt --out no.eml back
says "hidden" "what was hidden is not let out"
sed 's/^To: .*/To: team: ben@example.org;/' letter.eml >group.eml
status 4 "a group cannot be shy" bulla encrypt --header-policy shy --to-cert ben.crt --out no.eml group.eml
status 2 "an unknown policy" bulla encrypt --header-policy all --to-cert ben.crt letter.eml
says "none of none, baseline, shy" "an unknown policy"
status 2 "not for signing" bulla sign --header-policy shy --key ann.p12 letter.eml
finish
