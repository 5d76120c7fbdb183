#!/bin/bash
# 068-find - bulla cert find: which certificate may be encrypted to for an
# address; what is refused is shown with its reason, and what cert check says of
# each is what find says.
# limit: 240
. "$BULLA_SOURCE/tests/flows/lib.sh"

CA='basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign'
USE='basicConstraints=critical,CA:FALSE keyUsage=critical,keyAgreement extendedKeyUsage=emailProtection'
# shellcheck disable=SC2086
{
	issue root "/O=Clinic/CN=Root" root $CA
	issue sub "/O=Clinic/CN=Sub" root $CA
	issue other "/O=Other/CN=Root" other $CA
}

# dated NAME FROM TO ADDRESS [EXTENSION...]: NAME.crt of the CA, valid between two
# dates
key people.key p256
dated() {
	local name=$1 from=$2 to=$3 address=$4
	shift 4
	# shellcheck disable=SC2086
	printf '%s\n' "subjectAltName=email:$address" ${*:-$USE} >ext
	: >index
	printf '%s\n' '[ca]' default_ca=c '[c]' database=index default_md=sha256 policy=p new_certs_dir=. \
		unique_subject=no rand_serial=yes "[p]" commonName=supplied >dated.cnf
	openssl req -new -key people.key -subj "/CN=${name^} Example" -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') |
		openssl ca -batch -notext -config dated.cnf -in /dev/stdin -cert sub.crt -keyfile sub.key \
			-startdate "$(date -u -d "$from" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$to" +%Y%m%d%H%M%SZ)" \
			-extfile ext -out "$name.crt" 2>openssl.log || { cat openssl.log >&2; exit 1; }
	cp people.key "$name.key"
}
sha() { openssl x509 -in "$1.crt" -outform DER | sha256sum | cut -d' ' -f1; }
find_() { bulla cert find --json "$@"; }
# of NAME MEMBER: a member of a candidate, as jq has it
of() { jq -c --arg s "$(sha "$1")" ".candidates[] | select(.sha256 == \$s) | .$2" got; }
chosen() { is "$(sha "$1")" "$(field chosen got)" "$2"; }
none() { is null "$(field chosen got)" "$1"; }

month=$(date -u -d '-20 days' +%F)
dated good "$month" '+200 days' ben@example.org
dated expired '-100 days' '-1 day' ben@example.org
dated future '+10 days' '+100 days' ben@example.org
dated revoked '-1 day' '+300 days' ben@example.org
dated signing '-2 days' '+300 days' ben@example.org basicConstraints=critical,CA:FALSE \
	keyUsage=critical,digitalSignature extendedKeyUsage=emailProtection
dated someone '-2 days' '+300 days' eve@example.org
# shellcheck disable=SC2086
issue stranger "/CN=Ben Stranger" other $USE subjectAltName=email:ben@example.org
# one of its names is no address: nothing of it is taken for one
dated bent '-3 days' '+300 days' 'ben@example.org,email:x y@example.org'
lists root
lists sub revoked

# nobody
status 6 "an empty state" find_ ben@example.org
none "an empty state"
is '[{"source":"contacts","found":0},{"source":"own","found":0}]' "$(jq -c .asked got)" "who was asked"
is 0 "$(jq '.candidates | length' got)" "an empty state"
says 'bulla: ben@example.org: there is no certificate .*cert import' "an empty state"
check "find made no state" test ! -e "$BULLA_HOME"

status 0 "trust" bulla trust import root.crt
status 0 "the CA" bulla cert import sub.crt
status 0 "somebody else" bulla cert import someone.crt
status 6 "wrong address" find_ --crl root.crl --crl sub.crl ben@example.org
is 0 "$(jq '.candidates | length' got)" "wrong address"

# one that is good
EVIDENCE="--crl root.crl --crl sub.crl"
status 0 "import" bulla cert import good.crt
# shellcheck disable=SC2086
status 0 "good" find_ $EVIDENCE ben@example.org
chosen good "good"
is ben@example.org "$(field address got)" "the address"
is '"contacts" true true [] [] "good" "crl" "given"' "$(for m in source chosen valid reasons warnings revocation.status \
	revocation.by revocation.source; do of good $m; done | paste -sd' ')" "good"
is '"Good Example"' "$(of good name)" "its name"
is "\"${month}T00:00:00Z\"" "$(of good notBefore)" "its beginning"
is "\"$(date -u -d "$(openssl x509 -in good.crt -noout -enddate | cut -d= -f2)" +%FT%TZ)\"" "$(of good notAfter)" "its end"
is '["asked","given","anchor"]' "$(of good 'chain | [.[].source]')" "its path"
check "age" jq -e '.candidates[0].revocation.age >= 0' got
# shellcheck disable=SC2086
status 0 "domain in capitals" find_ $EVIDENCE Ben@EXAMPLE.ORG
chosen good "domain in capitals"
# shellcheck disable=SC2086
status 0 "for a person" bulla cert find $EVIDENCE ben@example.org
check "says so" grep -qx 'Certificate for ben@example.org: FOUND' got
check "whom it asked" grep -qx '  asked contacts: 1 certificate' got
check "whom else" grep -qx '  asked own: 0 certificates' got
check "which" grep -qx '  VALID, chosen: Good Example <ben@example.org>' got
check "its SHA-256" grep -q "SHA-256 .*$(sha good)" got
check "until when" grep -q "valid .* to $(date -u -d '+200 days' +%Y)" got
check "revocation" grep -qE 'revocation not revoked: revocation list, given, .* old' got

check "80 columns" eval '! grep -qE ".{81}" got'

# what is demanded
status 6 "no lists" find_ --offline ben@example.org
none "no lists"
is '["revocation-unknown"]' "$(of good reasons)" "no lists"
is '"unknown"' "$(of good revocation.status)" "no lists"
status 0 "no lists, preferred" find_ --offline --revocation prefer ben@example.org
status 0 "no lists, off" find_ --revocation off ben@example.org
is null "$(of good revocation)" "no lists, off"
status 6 "trust in others" find_ --revocation off --trust other.crt ben@example.org
check "not trusted" jq -e '.candidates[0].reasons | index("signer-unknown-ca")' got
status 6 "with --trust no issuers of the state" find_ --revocation off --trust root.crt ben@example.org
is '["chain-incomplete","signer-unknown-ca"]' "$(of good 'reasons | sort')" "with --trust no issuers of the state"
status 0 "with --trust and its issuer" find_ --revocation off --trust root.crt --cert sub.crt ben@example.org
status 6 "trusted for signatures alone" eval 'bulla trust remove "$(sha root)" && bulla trust import --purpose sign root.crt &&
	find_ --revocation off ben@example.org'
status 0 "trusted for encryption" eval 'bulla trust import --purpose encrypt root.crt && find_ --revocation off ben@example.org'

# others beside it: newer ones that are not good, each with its reason
for c in expired future revoked signing stranger bent; do
	status 0 "import $c" bulla cert import "$c.crt"
done
now=$(date -u +%FT%TZ)
# shellcheck disable=SC2086
status 0 "seven" find_ --at "$now" $EVIDENCE --cert other.crt ben@example.org
chosen good "seven"
cp got seven
is 7 "$(jq '.candidates | length' got)" "seven"
is 1 "$(jq '[.candidates[] | select(.chosen)] | length' got)" "one is chosen"
is 1 "$(jq '[.candidates[] | select(.valid)] | length' got)" "one is valid"
check "the best first" jq -e '[.candidates[].notBefore] | . == (sort | reverse)' got
is '["expired"]' "$(of expired reasons)" "expired"
is '["not-yet-valid"]' "$(of future reasons)" "not yet valid"
is '["revoked"]' "$(of revoked reasons)" "revoked"
is '"revoked"' "$(of revoked revocation.status)" "revoked"
is '["wrong-usage"]' "$(of signing reasons)" "for signatures"
check "of a stranger" eval 'of stranger reasons | grep -q signer-unknown-ca'
check "bent" eval 'of bent reasons | grep -q signer-mismatch'
# shellcheck disable=SC2086
status 0 "for a person, seven" bulla cert find $EVIDENCE ben@example.org
for w in 'asked contacts: 7' 'NOT VALID: Revoked Example' 'revocation REVOKED on' '\[revoked\]' '\[expired\]' \
	', EXPIRED' '\[not-yet-valid\]' '\[wrong-usage\]' 'its key was compromised'; do
	check "for a person: $w" grep -q "$w" got
done

# what cert check says of each
for c in good expired future revoked signing stranger bent; do
	rc=$([ $c = good ] && echo 0 || echo 1)
	# shellcheck disable=SC2086
	status "$rc" "cert check $c" bulla cert check --json --at "$now" --purpose encrypt --address ben@example.org $EVIDENCE --cert other.crt $c.crt
	is "$(jq -c '[.valid, .reasons, .warnings, .trace, (.chain | map(del(.revocation.age)))]' got)" \
		"$(jq -c --arg s "$(sha $c)" '.candidates[] | select(.sha256 == $s) |
			[.valid, .reasons, .warnings, .trace, (.chain | map(del(.revocation.age)))]' seven)" "find and check agree on $c"
done

# another day, another choice
at() { date -u -d "$1" +%FT%TZ; }
status 0 "when the next one begins" find_ --revocation off --at "$(at '+11 days')" ben@example.org
chosen future "when the next one begins"
status 0 "when the old one was good" find_ --trust expired.crt --at "$(at '-50 days')" ben@example.org
chosen expired "when the old one was good"
is '[]' "$(of good reasons | jq -c '. - ["not-yet-valid","signer-unknown-ca","revocation-unknown","chain-incomplete"]')" "the others were not"
status 6 "after all" find_ --revocation off --at "$(at '+400 days')" ben@example.org
status 0 "its end is near" find_ --revocation off --at "$(at "$(openssl x509 -in future.crt -noout -enddate | cut -d= -f2) - 30 days")" ben@example.org
is '["expires-soon"]' "$(of future warnings)" "its end is near"
status 0 "for a person" bulla cert find --revocation off --at "$(at "$(openssl x509 -in future.crt -noout -enddate | cut -d= -f2) - 30 days")" ben@example.org
check "a warning" grep -q 'expires in 30 days. \[expires-soon\]' got

# the rule where several are good: newest, then longest, then smallest SHA-256
rm -rf state
status 0 "trust" bulla trust import root.crt
status 0 "the CA" bulla cert import sub.crt
dated old '2026-01-01' '+400 days' cid@example.org
dated new '2026-02-01' '+100 days' cid@example.org
dated long '2026-02-01' '+300 days' cid@example.org
dated twin '2026-02-01' '+300 days' cid@example.org
end=$(openssl x509 -in long.crt -noout -enddate)
while [ "$(openssl x509 -in twin.crt -noout -enddate)" != "$end" ]; do
	dated long '2026-02-01' '+300 days' cid@example.org
	dated twin '2026-02-01' '+300 days' cid@example.org
	end=$(openssl x509 -in long.crt -noout -enddate)
done
# shellcheck disable=SC2086
for c in old new long; do
	status 0 "import $c" bulla cert import $c.crt
	status 0 "$c" find_ $EVIDENCE cid@example.org
	chosen $c "the best up to $c"
done
status 0 "import twin" bulla cert import twin.crt
first=$(printf '%s\n' "$(sha long) long" "$(sha twin) twin" | sort | head -n 1 | cut -d' ' -f2)
# shellcheck disable=SC2086
status 0 "twins" find_ $EVIDENCE cid@example.org
chosen "$first" "twins"
is 4 "$(jq '[.candidates[] | select(.valid)] | length' got)" "all four are good"
printf 'To: cid@example.org\n\nhello\n' >mail
status 0 "encrypt takes the same" bulla encrypt --to cid@example.org --out sealed.eml mail
status 0 "who can read it" bulla inspect --json sealed.eml
check "the same one" grep -qi "$(openssl x509 -in "$first.crt" -noout -serial | cut -d= -f2 | sed 's/^0*//')" got

# the file
status 0 "--out" find_ $EVIDENCE --out found.pem cid@example.org
check "the chosen one" cmp found.pem "$first.crt"
status 0 "--out -" find_ $EVIDENCE --out - cid@example.org
check "alone on standard output" cmp got "$first.crt"
check "the answer beside" jq -e .chosen said
status 0 "into encrypt" eval "bulla cert find $EVIDENCE --out - cid@example.org 2>/dev/null | bulla encrypt --to-cert - --out s.eml mail"
status 6 "none, no file" find_ --out nothing.pem nobody@example.org
check "none, no file" test ! -e nothing.pem
status 5 "a folder that is not there" find_ $EVIDENCE --out nowhere/x cid@example.org

# evidence out of a pipe serves every candidate
status 0 "a pipe" eval "cat root.crl sub.crl | find_ --crl - cid@example.org"
is 4 "$(jq '[.candidates[] | select(.valid)] | length' got)" "a pipe"
status 0 "answers" find_ --crl root.crl --crl sub.crl --crl sub.crl cid@example.org

# own certificates
status 0 "import a key" eval 'echo "a passphrase of tests" >pass &&
	openssl pkcs12 -export -inkey people.key -in old.crt -out own.p12 -passout file:pass &&
	bulla key import --pass-file pass --state-pass-file pass own.p12'
# shellcheck disable=SC2086
status 0 "own" find_ $EVIDENCE cid@example.org
check "own" jq -e '[.asked[] | .found] | add == 4 and .[1] > 0' got
is '"own"' "$(of old source)" "own"
is true "$(of old own)" "own"

# broken things: a file of the state whose certificate is none hides no other
file=$(find state -name "$(sha "$first")*" | head -n 1)
cp "$file" kept
sed -i '/^$/q' "$file" && printf '0\003\002\001\001' >>"$file"
# shellcheck disable=SC2086
status 0 "a broken one beside" find_ $EVIDENCE cid@example.org
is '["malformed"]' "$(of "$first" reasons)" "a broken one beside"
is false "$(of "$first" valid)" "a broken one beside"
check "another is chosen" jq -e --arg s "$(sha "$first")" '.chosen != null and .chosen != $s' got
cp kept "$file"
status 4 "evidence that is none" find_ --crl good.crt cid@example.org
none "evidence that is none"
status 5 "evidence that is not there" find_ --crl nowhere cid@example.org
status 5 "trust that is not there" find_ --trust nowhere cid@example.org
echo nonsense >state/config 2>/dev/null || true
rm -f state/config
status 5 "a state that cannot be read" env BULLA_HOME=/proc/version/x bulla cert find ben@example.org

# usage
for a in ben 'ben@example.org,eve@example.org' '' 'Ben <ben@example.org>' "$(printf 'x%.0s' {1..1000})@example.org"; do
	status 2 "'${a:0:40}' is no address" bulla cert find "$a"
done
status 2 "nobody" bulla cert find
status 2 "two" bulla cert find a@example.org b@example.org
status 2 "--at" bulla cert find --at noon a@example.org
status 2 "--revocation" bulla cert find --revocation never a@example.org
status 2 "--allow-host" bulla cert find --allow-host nonsense a@example.org
status 0 "help" bulla cert find --help
check "help" grep -q 'usage: bulla cert find .*ADDRESS' got

# as many as are looked at, and one more
rm -rf state
status 0 "trust" bulla trust import root.crt
status 0 "the CA" bulla cert import sub.crt
dated last '2025-01-01' '+400 days' dan@example.org
status 0 "the oldest" bulla cert import last.crt
: >many.pem
for i in {1..31}; do
	dated many '-10 days' '-1 day' dan@example.org
	cat many.crt >>many.pem
done
status 0 "31 that are over" bulla cert import many.pem
status 0 "32" find_ --revocation off dan@example.org
chosen last "32"
dated many '-10 days' '-1 day' dan@example.org
status 0 "one more" bulla cert import many.crt
status 6 "33" find_ --revocation off dan@example.org
is 32 "$(jq '.candidates | length' got)" "33"
is 33 "$(field 'asked[0].found' got)" "33"
says 'there are 33 certificates; only the newest 32' "33"
finish
