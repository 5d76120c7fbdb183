#!/bin/bash
# limit: 300
# 210-cms-samples - objects of modern CMS by others: what each must come out
# as. Read against each folder's MANIFEST.md.
. "$BULLA_SOURCE/tests/flows/lib.sh"
[ -d "$BULLA_CORPORA/rfc9216-cms-examples" ] || { echo "the corpora are missing: $BULLA_CORPORA"; exit 77; }

### rfc9216-cms-examples: each opened with the keys given there
f=$BULLA_CORPORA/rfc9216-cms-examples keys=$BULLA_CORPORA/rfc9216-cms-examples/certs-and-keys
for who in bob dana; do cat "$keys/lamps-$who.decrypt.p8.pem" "$keys/lamps-$who.encrypt.crt" >$who.pem; done
# Alice's and Carlos' without attributes are not relied on: docs/deviations.md
table rfc9216-cms-examples/binary-files --key bob.pem --key dana.pem --trust "$keys/lamps-alice.crt" --trust "$keys/lamps-carlos.crt" --from alice@smime.example <<'T'
signedByAliceRSA.p7m 1 none unverified weak-algorithm
signedByAliceRSAPSS.p7m 0 none valid -
signedByAliceAndCarlosNoCerts.p7m 1 none unverified several-signers,signer-mismatch
signedByCarlosEd25519.p7m 1 none unverified signer-mismatch
encryptedForBobRSAOaep.p7m 0 unauthenticated none unauthenticated
encryptedForBobAndDana.p7m 0 unauthenticated none unauthenticated
authEnvelopedForBobChaCha20Poly1305.p7m 0 intact none -
authEnvelopedForDanaX25519HKDF.p7m 0 intact none -
encryptedKekri.p7m 3 failed none unsupported
T
table rfc9216-cms-examples/binary-files --trust "$keys/lamps-carlos.crt" --from carlos@smime.example <<'T'
signedByCarlosEd25519.p7m 0 none valid -
T
printf 'This is some sample content.' >want
# opened TEXT FILE OPTION...: its content is the one of all of them
opened() {
	local text=$1 file=$2
	shift 2
	rm -f back
	bulla open --out back "$@" "$f/binary-files/$file" >got 2>said || true
	check "$text" cmp <(tr -d '\r\n' <back) want
}
opened "RSA" signedByAliceRSA.p7m
opened "PSS" signedByAliceRSAPSS.p7m
opened "Ed25519" signedByCarlosEd25519.p7m
opened "OAEP" encryptedForBobRSAOaep.p7m --key bob.pem
opened "one for Bob and Dana, by Bob" encryptedForBobAndDana.p7m --key bob.pem
opened "and by Dana" encryptedForBobAndDana.p7m --key dana.pem
opened "X25519 with HKDF" authEnvelopedForDanaX25519HKDF.p7m --key dana.pem
# Nobody says which key it is; that another one is not it must not show before
# the content does.
openssl rand -hex 32 >kek
status 3 "another shared key" bulla open --json --kek-file kek "$f/binary-files/encryptedKekri.p7m"
status 3 "another shared key, named" bulla open --json --kek-file kek --kek-id "$(printf keyid | od -An -tx1 | tr -d ' ')" "$f/binary-files/encryptedKekri.p7m"
is "failed bad-tag" "$(jq -r '.encryption + " " + .reasons[0]' got)" "another shared key, named"
opened "ChaCha20-Poly1305" authEnvelopedForBobChaCha20Poly1305.p7m --key bob.pem
status 1 "detached" bulla open --json --content want --trust "$keys/lamps-carlos.crt" --from carlos@smime.example "$f/binary-files/signedByCarlosDetached.p7m"
check "detached Ed25519 without attributes" jq -e '.reasons | index("weak-algorithm")' got
checked rfc9216-cms-examples

### housley-cms-samples: one object for each RFC, mostly without keys. Each is
### recognised for what it is. AuthenticatedData, receipts, KEM, hash-based and
### post-quantum algorithms are named; what is no ContentInfo is no message.
table housley-cms-samples < <(sed 's/^\([^ ]*\)/\1_pem_text.der/' <<'T'
rfc2634_0_signed_message 1 none unverified signer-unknown-ca,expired
rfc2634_1_signed_receipt 1 none unverified signer-unknown-ca,expired,unsupported
rfc3161_1_tsp_response 4 none none malformed
rfc3274_0_compressed_data 0 none none -
rfc3370_0_env_data 3 failed none cipher-not-allowed
rfc3370_1_dsa_cert 4 none none malformed
rfc3852_0 1 none unverified chain-incomplete,weak-algorithm,unsupported
rfc5035_0_signed_message 1 none unverified signer-unknown-ca,expired
rfc5035_1_signed_receipt 1 none unverified signer-unknown-ca,expired,unsupported
rfc5083_0 4 none none malformed
rfc5083_1 3 failed none cipher-not-allowed
rfc5275_0 1 none unverified signer-unknown-ca,expired,unsupported
rfc5652_0 1 none unverified chain-incomplete,weak-algorithm,unsupported
rfc5751_0 1 none unverified signer-unknown-ca,weak-algorithm,unknown-algorithm
rfc5752_0 1 none unverified several-signers,signer-unknown-ca,unknown-algorithm
rfc5753_0 3 failed none no-key
rfc5940_0 1 none unverified signer-unknown-ca,expired
rfc8708_1_signed_data 1 none invalid signature-malformed,unknown-algorithm
rfc9629_0 3 failed none unsupported
rfc9690_1 3 failed none unsupported
rfc9709_0_cms 3 failed none unsupported
rfc9814_0 1 none unverified chain-incomplete,unknown-algorithm
rfc9882_0 1 none unverified chain-incomplete,unknown-algorithm
rfc9936_0 3 failed none unsupported
T
)
# named FILE TEXT STATUS: not opened, and said what it is
named() {
	status "$3" "$1" bulla open --json "$BULLA_CORPORA/housley-cms-samples/$1_pem_text.der" </dev/null
	is "$2" "$(jq -r '.note.what' got)" "$1"
	check "$1: unsupported" jq -e '.reasons | index("unsupported")' got
}
named rfc4073_0 id-ct-contentCollection 4
named rfc5990_0 id-rsa-kem 4
named rfc6032_0_encrypted_key_pkg "unknown content type" 4
named rfc6210_0 id-ct-authData 4
named rfc8702_1_auth_message id-ct-authData 4
named rfc9690_0 id-rsa-kem 4
for n in rfc3161_0_tsp_query rfc3370_2_smime_capabilities rfc5126_0 rfc7906_0_attr_set rfc8702_0 rfc8708_0_public_key rfc9709_1_smimecaps; do
	status 0 "$n" bulla open --json "$BULLA_CORPORA/housley-cms-samples/${n}_pem_text.der" </dev/null
	verdict none none "" got "$n: no message of ours"
done
# signer FILE ALGORITHM, recipient FILE ALGORITHM: named where they are not known
signer() {
	status 0 "$1" bulla inspect --json "$BULLA_CORPORA/$1"
	is "$2" "$(jq -r '[.. | .signers? | arrays | .[].algorithm] | unique | join(",")' got)" "$1"
}
recipient() {
	status 0 "$1" bulla inspect --json "$BULLA_CORPORA/$1"
	is "$2" "$(jq -r '[.. | .recipients? | arrays | .[].algorithm] | unique | join(",")' got)" "$1"
}
signer housley-cms-samples/rfc8708_1_signed_data_pem_text.der id-alg-hss-lms-hashsig
signer housley-cms-samples/rfc9814_0_pem_text.der id-slh-dsa-shake-256f
signer housley-cms-samples/rfc9882_0_pem_text.der id-ml-dsa-44
recipient housley-cms-samples/rfc9936_0_pem_text.der id-alg-ml-kem-512
checked housley-cms-samples

### pqc-cms: the crypto library of Debian 12 has none of these algorithms. They
### are named and their signatures stay unverified; nothing breaks
count=0
for file in "$BULLA_CORPORA"/pqc-cms/ossl35/*_signed_attrs.der; do
	name=pqc-cms/ossl35/$(basename "$file")
	algorithm=id-$(basename "$file" | sed 's/-2\.16\..*//')
	table pqc-cms/ossl35 <<<"$(basename "$file") 1 none unverified unknown-algorithm"
	is "$algorithm" "$(jq -r '.signers[0].algorithm' got)" "$name"
	signer "$name" "$algorithm"
	count=$((count + 1))
done
is 15 $count "all of them"
checked pqc-cms
finish
