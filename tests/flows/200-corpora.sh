#!/bin/bash
# limit: 300
# 200-corpora - messages by others through the whole program: what each must
# come out as. The tables are read against each folder's MANIFEST.md.
. "$BULLA_SOURCE/tests/flows/lib.sh"
[ -d "$BULLA_CORPORA/rfc4134" ] || { echo "the corpora are missing: $BULLA_CORPORA"; exit 77; }

### rfc4134: Alice signs by DSS and RSA with SHA-1, Bob opens 3DES and RC2
openssl pkey -inform DER -in "$BULLA_CORPORA/rfc4134/BobPrivRSAEncrypt.pri" -out bob.pem
openssl x509 -inform DER -in "$BULLA_CORPORA/rfc4134/BobRSASignByCarl.cer" >>bob.pem
table rfc4134 --key bob.pem --from AliceDSS@example.com <<'T'
4.1.bin 1 none unverified unknown-algorithm
4.2.bin 1 none unverified weak-algorithm
4.4.bin 1 none unverified unknown-algorithm
4.5.bin 1 none unverified weak-algorithm
4.6.bin 1 none unverified several-signers
4.7.bin 1 none unverified unknown-algorithm
4.8.eml 1 none unverified unknown-algorithm
4.9.eml 1 none unverified unknown-algorithm
4.10.bin 1 none unverified unknown-algorithm
4.11.bin 0 none none -
5.1.bin 3 failed none cipher-not-allowed
5.2.bin 3 failed none cipher-not-allowed
5.3.eml 3 failed none cipher-not-allowed
7.1.bin 3 failed none unsupported
7.2.bin 3 failed none unsupported
T
table rfc4134 --key bob.pem --legacy <<'T'
5.1.bin 0 unauthenticated none weak-algorithm
5.2.bin 0 unauthenticated none weak-algorithm
5.3.eml 0 unauthenticated none weak-algorithm
T
for f in 5.1.bin 5.3.eml; do
	status 0 "$f, content" bulla open --key bob.pem --legacy "$BULLA_CORPORA/rfc4134/$f"
	check "$f, content" grep -q "This is some sample content." got
done
# 4.3 is detached; its content is ExContent
status 1 "4.3, detached" bulla open --json --content "$BULLA_CORPORA/rfc4134/ExContent.bin" "$BULLA_CORPORA/rfc4134/4.3.bin"
is unverified "$(field signature got)" "4.3, detached"
status 1 "4.2, the arithmetic" bulla open --json --trust "$BULLA_CORPORA/rfc4134/AliceRSASignByCarl.cer" --at 2003-01-01T00:00:00Z "$BULLA_CORPORA/rfc4134/4.2.bin"
check "4.2: not altered" jq -e '.reasons | index("content-altered") or index("signature-wrong") | not' got
checked rfc4134

### nss-interop: OAEP with every hash, MGF and label; ECDH
echo nss >nss.pass
for f in "$BULLA_CORPORA"/nss-interop/*.env; do
	key=Fran.p12
	case $f in *-ec_*) key=Fran-ec.p12 ;; esac
	status 0 "$(basename "$f")" bulla open --legacy --key "$BULLA_CORPORA/nss-interop/$key" --pass-file nss.pass "$f"
	check "$(basename "$f"), content" grep -q "^This is a test message to Fran." got
done
checked nss-interop

### openssl-cms
table openssl-cms <<'T'
authenveloped_attrs.pem 3 failed none unsupported
bad_authenveloped_attrs.pem 3 failed none unsupported
T
for f in no_ct_attr no_md_attr ct_multiple_attr bad_signtime_attr; do
	status 1 $f bulla open --json --content "$BULLA_CORPORA/openssl-cms/smcont.txt" "$BULLA_CORPORA/openssl-cms/$f.cms"
	is invalid "$(field signature got)" $f
done
for f in dh ecdh rsa; do
	rc=0
	bulla open --json "$BULLA_CORPORA/openssl-cms/$f-malformed.der" >got 2>said || rc=$?
	check "$f-malformed: refused" test "$rc" -eq 3 -o "$rc" -eq 4
	check "$f-malformed: nothing opened" jq -e '.encryption == "failed"' got
done
checked openssl-cms

### bc-mail: real mail. All signatures hold; none is trusted here.
cat "$BULLA_CORPORA/bc-mail/cert.pem" "$BULLA_CORPORA/bc-mail/key.pem" >bc.pem
table bc-mail <<'T'
3nnn_smime.eml 1 none unverified expired,signer-unknown-ca
attachonly.eml 0 none none -
circular.eml 1 none unverified weak-algorithm,signer-unknown-ca
dotnet_encrypted_mail.eml 3 failed none cipher-not-allowed
extra-nl.eml 1 none unverified signer-mismatch
multi-alternative.eml 1 none unverified weak-algorithm
openssl-signed-sha256-non-default-salt-length.eml 1 none unverified signer-unknown-ca
outlook_2010_beta_sime_msg.eml 3 failed none cipher-not-allowed
qp-soft-break.eml 1 none unverified weak-algorithm
embeddedmulti.message 1 none unverified weak-algorithm
quotable.message 1 none unverified weak-algorithm
basicAS2.message 1 none unverified weak-algorithm
rawAS2.message 1 none unverified weak-algorithm
validator.expired.eml 1 none unverified weak-algorithm
validator.extKeyUsage.eml 1 none unverified wrong-usage
validator.keyUsage.eml 1 none unverified wrong-usage
validator.longValidity.eml 1 none unverified weak-algorithm
validator.noEmail.eml 1 none unverified weak-algorithm
validator.notYetValid.eml 1 none unverified weak-algorithm
validator.revoked.eml 1 none unverified weak-algorithm
validator.shortKey.eml 1 none unverified weak-key
validator.validMail.eml 1 none unverified weak-algorithm
T
status 0 test192 bulla open --key bc.pem "$BULLA_CORPORA/bc-mail/test192.message"
check "test192, content" grep -q "^Content-Type: multipart/mixed" got
checked bc-mail

### protected-headers: the cryptographic layers
echo bob >bob.pass
ph() { bulla open --json --legacy --key "$BULLA_CORPORA/protected-headers/bob.p12" --pass-file bob.pass "$@"; }
for f in smime-multipart-signed smime-onepart-signed; do
	status 1 $f ph --out back "$BULLA_CORPORA/protected-headers/$f.eml"
	is "none unverified signer-unknown-ca" "$(jq -r '[.encryption, .signature, (.reasons | join(","))] | join(" ")' got)" $f
	# its own certificate, pinned at a time when it was valid
	openssl cms -verify -noverify -in "$BULLA_CORPORA/protected-headers/$f.eml" -signer alice.pem -out /dev/null 2>/dev/null
	at=$(openssl x509 -in alice.pem -noout -startdate | cut -d= -f2)
	status 1 "$f, pinned" ph --trust alice.pem --at "$(date -u -d "$at + 2 days" +%FT%TZ)" "$BULLA_CORPORA/protected-headers/$f.eml"
	# the samples carry a Date that is not when they were signed
	is "unverified date-mismatch" "$(jq -r '[.signature, (.reasons | join(","))] | join(" ")' got)" "$f, pinned"
done
check "smime-onepart-signed, content" cmp <(tr -d '\r' <back) <(tr -d '\r' <"$BULLA_CORPORA/protected-headers/smime-onepart-signed.inner")
status 0 smime-enc+legacy-disp ph --out back "$BULLA_CORPORA/protected-headers/smime-enc+legacy-disp.eml"
check "its content" cmp <(tr -d '\r' <back) <(tr -d '\r' <"$BULLA_CORPORA/protected-headers/smime-enc+legacy-disp.inner")
for f in smime-sign+enc smime-sign+enc+legacy-disp; do
	status 1 $f ph --out back "$BULLA_CORPORA/protected-headers/$f.eml"
	is 2 "$(jq '.layers | length' got)" "$f: two layers"
	check "$f, content" cmp <(tr -d '\r' <back) <(tr -d '\r' <"$BULLA_CORPORA/protected-headers/$f.inner.inner")
done
# form, fields that were hidden, copies of fields in the body
told() { jq -c '[.headerForm, [.fields[] | select(.safeOutside | not) | .name + " " + .protection + " " + .outside], .legacyDisplay]' got; }
while read -r f want; do
	bulla open --json --legacy --key "$BULLA_CORPORA/protected-headers/bob.p12" --pass-file bob.pass "$BULLA_CORPORA/protected-headers/$f.eml" >got 2>said || true
	is "$want" "$(told)" "$f: header fields"
	is '["headers"]' "$(jq -c '[keys[] | select(. == "headers")]' got)" "$f: headers"
done <<-'T'
smime-enc+legacy-disp ["protected-headers-v1",["Subject encrypted-only ..."],[{"part":1,"whole":true,"from":0,"to":0}]]
smime-multipart-signed ["protected-headers-v1",[],[]]
smime-onepart-signed ["protected-headers-v1",[],[]]
smime-sign+enc+legacy-disp ["protected-headers-v1",["Subject encrypted-only ..."],[{"part":1,"whole":true,"from":0,"to":0}]]
smime-sign+enc ["protected-headers-v1",["Subject encrypted-only ..."],[]]
unfortunately-complex ["none",[],[]]
T
checked protected-headers

### rfc9788-header-protection
hp=$BULLA_CORPORA/rfc9788-header-protection/smime-multipart-hp.eml
openssl cms -verify -noverify -in "$hp" -signer alice-hp.pem -out /dev/null 2>/dev/null
hp_open() { bulla open --json --trust alice-hp.pem --at 2021-02-20T15:30:00Z "$@"; }
status 0 smime-multipart-hp hp_open "$hp"
is 'valid clear [] From signed-only,To signed-only,Subject signed-only,Date signed-only,Message-ID signed-only' \
	"$(jq -r '[.signature, .headerForm, (.headersDiffer | tojson), ([.fields[] | .name + " " + .protection] | join(","))] | join(" ")' got)" "its fields"
# the same, changed on the way, outside and inside
sed '0,/^Subject: .*/s//Subject: another/' "$hp" >changed.eml
status 0 "another subject outside" hp_open changed.eml
is 'headers-differ ["Subject"] smime-multipart-hp' "$(jq -r '[.reasons[0], (.headersDiffer | tojson), .headers.Subject] | join(" ")' got)" "another subject outside"
sed '0,/^From: .*/s//From: Eve <eve@example.org>/' "$hp" >changed.eml
status 1 "another sender outside" hp_open changed.eml
is 'signer-mismatch headers-differ ["From"] Eve <eve@example.org> unprotected' \
	"$(jq -r '[.reasons[], (.headersDiffer | tojson), .fields[0].text, .fields[0].protection] | join(" ")' got)" "another sender outside"
sed '1,/^--54f/!s/^Subject: .*/Subject: another/' "$hp" >changed.eml
status 1 "another subject inside" hp_open changed.eml
is 'invalid none {} smime-multipart-hp' "$(jq -r '[.signature, .headerForm, (.headers | tojson), ([.fields[] | select(.name == "Subject")][0].text)] | join(" ")' got)" "another subject inside"
sed '1,/^--54f/!s/; hp="clear"//' "$hp" >changed.eml
status 1 "hp taken away" hp_open changed.eml
is 'invalid none' "$(jq -r '[.signature, .headerForm] | join(" ")' got)" "hp taken away"
checked rfc9788-header-protection

### mime-malformed: nothing is signed; each ends within its limits, with a
### status of its own, and nothing breaks
find "$BULLA_CORPORA/mime-malformed" -type f ! -name '*.json' ! -name '*.md' | sort >list
while read -r f; do
	rc=0
	bulla open "$f" >got 2>said </dev/null || rc=$?
	check "$f: $rc" test "$rc" -eq 0 -o "$rc" -eq 1 -o "$rc" -eq 3 -o "$rc" -eq 4
	check "$f: no fault" sh -c '! grep -q "bulla-reader" said'
done <list
checked mime-malformed

finish
