#!/bin/bash
# demo.sh - an authority, two people, one message with an attachment: signed,
# encrypted, opened, altered on its way; then the signer is revoked. Shows each
# command and each verdict; stops with an error when one is not what it should be.
set -eu
cd "$(dirname "$0")/.."
bulla=${BULLA:-$PWD/build/bulla}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
export BULLA_HOME=$home/state LC_ALL=C.UTF-8
PATH=$(dirname "$bulla"):$PATH

say() { printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi; }

# run WANTED-STATUS COMMAND...: shows the command, runs it, compares its status
run() {
	local want=$1 got=0
	shift
	echo "  \$ $*"
	"$@" >output 2>report || got=$?
	sed 's/^/    /' report
	echo "    (exit status $got)"
	[ "$got" -eq "$want" ] || {
		echo "demo: exit status $want was expected" >&2
		exit 1
	}
}

say "An authority for example.org: a root, and an intermediate for its mailboxes"
printf 'correct horse battery staple\n' >passphrase
run 0 bulla ca init --organization "Example Clinic" --country DE \
	--url http://pki.example.org --domain example.org --folder pki --pass-file passphrase
say "It certifies Ann, with one key for all, and Ben, with one to sign and one to read"
run 0 bulla ca issue ann@example.org --name "Ann Archer" --out ann.p12 \
	--new-pass-file passphrase --pass-file passphrase
run 0 bulla ca issue ben@example.org --name "Ben Baker" --separate --out ben.p12 \
	--new-pass-file passphrase --pass-file passphrase
sed 's/^/    /' output
openssl pkcs12 -in ben.p12 -passin file:passphrase -nokeys -clcerts 2>openssl.log |
	awk '/BEGIN/ { n++ } /BEGIN/,/END/ { print > ("ben" n ".crt") }'
for ben in ben1.crt ben2.crt; do
	openssl x509 -in $ben -noout -ext keyUsage | grep -q Encipherment && cp $ben ben.crt
done
echo "    what any web server can serve:"
(cd pki && ls -d root.* ca.* ocsp) | sed 's/^/    pki\//'
# what Ben trusts, and where revocation is told
trust="--trust pki/root.crt --crl pki/root.crl --crl pki/ca.crl"

say "A message from Ann to Ben with an attachment"
seq -f 'reading %g: 37.2' 1 4000 >readings.csv
{
	printf '%s\r\n' 'From: Ann Archer <ann@example.org>' \
		'To: Ben Baker <ben@example.org>' 'Subject: Readings of this week' \
		"Date: $(date -R)" \
		'Message-ID: <readings@example.org>' 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary="=-part"' '' \
		'--=-part' 'Content-Type: text/plain; charset=utf-8' '' \
		'Dear Ben,' 'the readings are attached. Please send 100 EUR.' 'Ann' \
		'--=-part' 'Content-Type: text/csv; name="readings.csv"' \
		'Content-Disposition: attachment; filename="readings.csv"' \
		'Content-Transfer-Encoding: base64' ''
	base64 -w 76 readings.csv | sed 's/$/\r/'
	printf '%s\r\n' '--=-part--'
} >letter.eml
sed -n '1,8p' letter.eml | sed 's/^/    /'

say "Ann signs it"
run 0 bulla sign --key ann.p12 --pass-file passphrase --out signed.eml letter.eml
say "and encrypts it to Ben"
run 0 bulla encrypt --to-cert ben.crt --out sealed.eml signed.eml
say "What anybody on the way can see"
run 0 bulla inspect sealed.eml
sed 's/^/    /' output

say "Ben opens it"
# shellcheck disable=SC2086
run 0 bulla open --key ben.p12 --pass-file passphrase $trust \
	--require signed,encrypted,intact --out opened.eml sealed.eml
sed -n '/Content-Disposition: attachment/,/^--/p' opened.eml | tr -d '\r' |
	sed '1,/^$/d; /^--/d' | base64 -d | cmp - readings.csv
echo "    the attachment is the one that Ann sent"

say "Somebody alters one letter of the encrypted message"
line=$(awk 'body && ++n == 40 { print NR; exit } /^\r?$/ { body = 1 }' sealed.eml)
sed "${line}s/^\(..........\)A/\1B/;t;${line}s/^\(..........\)./\1A/" \
	sealed.eml >altered.eml
cmp -s sealed.eml altered.eml && { echo "demo: nothing was altered" >&2; exit 1; }
run 3 bulla open --key ben.p12 --pass-file passphrase $trust \
	--out altered.out altered.eml
[ ! -e altered.out ] || { echo "demo: altered content was written" >&2; exit 1; }
echo "    nothing was written"

say "Somebody alters the sum in the signed message"
sed 's/100 EUR/900 EUR/' signed.eml >forged.eml
run 1 bulla open $trust --out forged.out forged.eml
[ ! -e forged.out ] || { echo "demo: forged content was written" >&2; exit 1; }
echo "    nothing was written"

say "Somebody opens it who does not trust that authority"
run 1 bulla open --key ben.p12 --pass-file passphrase --trust ben.crt \
	--out stranger.out sealed.eml

say "Ann loses her key: the authority revokes it"
run 0 bulla ca revoke ann@example.org --reason key-compromise --pass-file passphrase
sed 's/^/    /' output
say "The same message, before your eyes"
run 1 bulla open --key ben.p12 --pass-file passphrase $trust \
	--require signed,encrypted,intact --out revoked.out sealed.eml
grep -q revoked report || { echo "demo: nothing was said of it" >&2; exit 1; }

say "All as it should be."
