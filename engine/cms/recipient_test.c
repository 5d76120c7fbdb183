/* recipient_test.c - what is made of each kind of RecipientInfo. */
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

#define RID	       "30{30{} 02:07}"
#define KTRI(alg, key) "30{02:00 " RID " 30{" alg "} " key "}"
#define OAEP(params)   KTRI("o(id-RSAES-OAEP) " params, "04:0102")
#define MGF(digest)    "a1{30{o(id-mgf1) 30{" digest "}}}"

#define KEY(alg)       "a0{a1{30{" alg "} 03:000401}}"
#define EC	       KEY("o(id-ecPublicKey)")
#define STDDH	       "o(dhSinglePass-stdDH-sha256kdf-scheme)"
#define HKDF(bits)     "o(dhSinglePass-stdDH-hkdf-sha" bits "-scheme)"
#define WRAP128	       "30{o(id-aes128-wrap)}"
#define KEYS	       "30{30{" RID " 04:0a0b}}"
#define KARI(originator, alg, keys)                                            \
	"a1{02:03 " originator " 30{" alg "} " keys "}"
/* ECC-CMS-SharedInfo of id-aes128-wrap and 128 bits. */
#define INFO "30{" WRAP128 " a2{04:00000080}}"

/* The first recipient that comes out of it, and how many there are. */
static const struct {
	const char *name, *in;
	enum bl_err want;
	size_t n;
	enum bl_recipient_kind kind;
	struct bl_wrap_alg alg;
	const char *what, *label, *info;
} cases[] = {
    /* KeyTransRecipientInfo */
    {"RSA", KTRI("o(rsaEncryption) 05:", "04:0102"), BL_OK, 1, BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_PKCS1}},
    {"RSA without NULL", KTRI("o(rsaEncryption)", "04:0102"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"RSA with more", KTRI("o(rsaEncryption) 30{}", "04:0102"), BL_E_MALFORMED},
    {"RSA by key identifier", "30{02:02 80:0102 30{o(rsaEncryption)} 04:01}",
	BL_OK, 1, BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"key in parts", KTRI("o(rsaEncryption)", "24{04:01 04:02}"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"key of 2048 bytes", KTRI("o(rsaEncryption)", "04*2048"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"key of 2049 bytes", KTRI("o(rsaEncryption)", "04*2049"), BL_OK, 1,
	BL_RECIPIENT_KEY, {0}, "an encrypted key of more than 2048 bytes"},
    {"no key", KTRI("o(rsaEncryption)", ""), BL_E_MALFORMED},
    {"two keys", KTRI("o(rsaEncryption)", "04:01 04:01"), BL_E_MALFORMED},
    {"no version", "30{" RID " 30{o(rsaEncryption)} 04:01}", BL_E_MALFORMED},
    {"no identifier", "30{02:00 30{o(rsaEncryption)} 04:01}", BL_E_MALFORMED},
    {"no algorithm", "30{02:00 " RID " 04:01}", BL_E_MALFORMED},
    {"empty algorithm", KTRI("", "04:01"), BL_E_MALFORMED},
    {"RSA-KEM", KTRI("o(id-rsa-kem) 30{}", "04:01"), BL_OK, 1, BL_RECIPIENT_KEY,
	{0}, "id-rsa-kem"},
    {"unknown transport", KTRI("o(=2a0304) 30{}", "04:01"), BL_OK, 1,
	BL_RECIPIENT_KEY, {0}, "1.2.3.4"},
    {"serial of 21 bytes",
	"30{02:00 30{30{} 02*21} 30{o(rsaEncryption)} "
	"04:01}",
	BL_OK, 1, BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"serial of 22 bytes",
	"30{02:00 30{30{} 02*22} 30{o(rsaEncryption)} "
	"04:01}",
	BL_E_LIMIT},
    {"key identifier in parts",
	"30{02:02 a0{04:01 04:02} 30{o(rsaEncryption)} 04:01}", BL_OK, 1,
	BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"key identifier in parts of nothing",
	"30{02:02 a0{04:} 30{o(rsaEncryption)} 04:01}", BL_E_MALFORMED},
    {"key identifier in parts of another kind",
	"30{02:02 a0{02:01} 30{o(rsaEncryption)} 04:01}", BL_E_MALFORMED},
    {"key identifier of 64 bytes", "30{02:02 80*64 30{o(rsaEncryption)} 04:01}",
	BL_OK, 1, BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"key identifier of 65 bytes", "30{02:02 80*65 30{o(rsaEncryption)} 04:01}",
	BL_E_LIMIT},
    {"key identifier empty", "30{02:02 80: 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"issuer with a name",
	"30{02:00 30{30{31{30{o(=550403) 0c:61}}} 02:01} 30{o(rsaEncryption)} "
	"04:01}",
	BL_OK, 1, BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"issuer that is no name",
	"30{02:00 30{30{05:} 02:01} 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"issuer with an empty part",
	"30{02:00 30{30{31{}} 02:01} 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"issuer with a part that has no value",
	"30{02:00 30{30{31{30{o(=550403)}}} 02:01} 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"issuer with a part that has two",
	"30{02:00 30{30{31{30{o(=550403) 05: 05:}}} 02:01} "
	"30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"version 2^31 - 1", "30{02:7fffffff 80:61 30{o(rsaEncryption)} 04:01}",
	BL_OK, 1, BL_RECIPIENT_KEY, {.kind = BL_WRAP_RSA_PKCS1}},
    {"version 2^31", "30{02:0080000000 80:61 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    {"identifier of another tag", "30{02:02 81:01 30{o(rsaEncryption)} 04:01}",
	BL_E_MALFORMED},
    /* RSAES-OAEP */
    {"OAEP of defaults", OAEP("30{}"), BL_OK, 1, BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA1, .mgf = BL_SHA1}},
    {"OAEP SHA-256", OAEP("30{a0{30{o(id-sha256) 05:}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA256, .mgf = BL_SHA1}},
    {"OAEP MGF SHA-384", OAEP("30{" MGF("o(id-sha384)") "}"), BL_OK, 1,
	BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA1, .mgf = BL_SHA384}},
    {"OAEP both and label",
	OAEP("30{a0{30{o(id-sha512)}} " MGF(
	    "o(id-sha224)") " "
			    "a2{30{o(id-pSpecified) 04:616263}}}"),
	BL_OK, 1, BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA512, .mgf = BL_SHA224}, NULL,
	"616263"},
    {"OAEP empty label", OAEP("30{a2{30{o(id-pSpecified) 04:}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA1, .mgf = BL_SHA1}},
    {"OAEP label of 256", OAEP("30{a2{30{o(id-pSpecified) 04*256}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY,
	{.kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA1, .mgf = BL_SHA1}},
    {"OAEP label of 257", OAEP("30{a2{30{o(id-pSpecified) 04*257}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.digest = BL_SHA1, .mgf = BL_SHA1},
	"RSAES-OAEP with a label of over 256 bytes"},
    {"OAEP without parameters", OAEP(""), BL_E_MALFORMED},
    {"OAEP with NULL", OAEP("05:"), BL_E_MALFORMED},
    {"OAEP with more", OAEP("30{} 05:"), BL_E_MALFORMED},
    {"OAEP with more inside", OAEP("30{a3{}}"), BL_E_MALFORMED},
    {"OAEP in another order",
	OAEP("30{" MGF("o(id-sha256)") " a0{30{o(id-sha256)}}}"),
	BL_E_MALFORMED},
    {"OAEP digest twice", OAEP("30{a0{30{o(id-sha256)} 30{o(id-sha256)}}}"),
	BL_E_MALFORMED},
    {"OAEP MD5", OAEP("30{a0{30{o(md5)}}}"), BL_OK, 1, BL_RECIPIENT_KEY,
	{.mgf = BL_SHA1}, "RSAES-OAEP with an unknown digest"},
    {"OAEP MGF MD5", OAEP("30{" MGF("o(md5)") "}"), BL_OK, 1, BL_RECIPIENT_KEY,
	{.digest = BL_SHA1}, "RSAES-OAEP with another mask generation"},
    {"OAEP other MGF", OAEP("30{a1{30{o(id-shake128) 05:}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.digest = BL_SHA1, .mgf = BL_SHA1},
	"RSAES-OAEP with another mask generation"},
    {"OAEP MGF empty", OAEP("30{a1{}}"), BL_E_MALFORMED},
    {"OAEP MGF with more", OAEP("30{a1{30{o(id-mgf1) 30{o(id-sha1)} 05:}}}"),
	BL_E_MALFORMED},
    {"OAEP other source of label", OAEP("30{a2{30{o(=2a03) 04:61}}}"), BL_OK, 1,
	BL_RECIPIENT_KEY, {.digest = BL_SHA1, .mgf = BL_SHA1},
	"RSAES-OAEP with another source of its label"},
    {"OAEP label an integer", OAEP("30{a2{30{o(id-pSpecified) 02:01}}}"),
	BL_E_MALFORMED},
    {"OAEP label empty", OAEP("30{a2{}}"), BL_E_MALFORMED},
    /* KeyAgreeRecipientInfo */
    {"ECDH", KARI(EC, STDDH WRAP128, KEYS), BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	INFO},
    {"ECDH cofactor",
	KARI(EC, "o(dhSinglePass-cofactorDH-sha384kdf-scheme)" WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA384, .kek_size = 16}, NULL, NULL,
	INFO},
    {"ECDH SHA-1 and 256 bits",
	KARI(EC, "o(dhSinglePass-stdDH-sha1kdf-scheme) 30{o(id-aes256-wrap)}",
	    KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA1, .kek_size = 32}, NULL, NULL,
	"30{30{o(id-aes256-wrap)} a2{04:00000100}}"},
    {"ECDH wrap with NULL, 192 bits",
	KARI(EC, STDDH "30{o(id-aes192-wrap) 05:}", KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 24}, NULL, NULL,
	"30{30{o(id-aes192-wrap) 05:} a2{04:000000c0}}"},
    {"ECDH with ukm", KARI(EC " a1{04:77}", STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	"30{" WRAP128 " a0{04:77} a2{04:00000080}}"},
    {"ECDH with ukm in parts",
	KARI(EC " a1{24{04:77 04:78}}", STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	"30{" WRAP128 " a0{04:7778} a2{04:00000080}}"},
    {"ECDH with an empty ukm", KARI(EC " a1{04:}", STDDH WRAP128, KEYS), BL_OK,
	1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	"30{" WRAP128 " a0{04:} a2{04:00000080}}"},
    {"ECDH with an empty constructed ukm",
	KARI(EC " a1{24{}}", STDDH WRAP128, KEYS), BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	"30{" WRAP128 " a0{04:} a2{04:00000080}}"},
    {"ECDH ukm twice", KARI(EC " a1{04:77 04:77}", STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"ECDH ukm not tagged", KARI(EC " 04:77", STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"ECDH ukm of 16 KiB", KARI(EC " a1{04*16400}", STDDH WRAP128, KEYS), BL_OK,
	1, BL_RECIPIENT_AGREE, {.digest = BL_SHA256, .kek_size = 16},
	"key agreement with over 16 KiB of information"},
    {"ECDH key with NULL",
	KARI(KEY("o(id-ecPublicKey) 05:"), STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"ECDH key with its curve",
	KARI(KEY("o(id-ecPublicKey) o(secp256r1)"), STDDH WRAP128, KEYS), BL_OK,
	1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"ECDH key on an unknown curve",
	KARI(KEY("o(id-ecPublicKey) o(=2a03)"), STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE, {.digest = BL_SHA256, .kek_size = 16},
	"a key on an unknown curve"},
    {"ECDH key with a number",
	KARI(KEY("o(id-ecPublicKey) 02:01"), STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"ECDH wrap in BER", KARI(EC, STDDH "=30810b0609608648016503040105", KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	INFO},
    {"ECDH key with parameters of a curve",
	KARI(KEY("o(id-ecPublicKey) 30{}"), STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE, {.digest = BL_SHA256, .kek_size = 16},
	"a key with parameters of its own curve"},
    {"ECDH key with two parameters",
	KARI(KEY("o(id-ecPublicKey) 05: 05:"), STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"X25519", KARI(KEY("o(id-X25519)"), STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH, .digest = BL_SHA256, .kek_size = 16}, NULL, NULL,
	"30{" WRAP128 " a2{04:00000080}}"},
    {"X25519 with HKDF", KARI(KEY("o(id-X25519)"), HKDF("256") WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF},
	NULL, NULL, "30{" WRAP128 " a2{04:00000080}}"},
    {"X448 with HKDF and SHA-384",
	KARI(KEY("o(id-X448)"), HKDF("384") WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH,
	    .digest = BL_SHA384,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF}},
    {"X448 with HKDF and SHA-512",
	KARI(KEY("o(id-X448)"), HKDF("512") WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH,
	    .digest = BL_SHA512,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF}},
    {"X25519 with NULL", KARI(KEY("o(id-X25519) 05:"), STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"X25519 with SHA-1",
	KARI(KEY("o(id-X25519)"),
	    "o(dhSinglePass-stdDH-sha1kdf-scheme)" WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE, {0}, "dhSinglePass-stdDH-sha1kdf-scheme"},
    {"X25519 with a cofactor",
	KARI(KEY("o(id-X25519)"),
	    "o(dhSinglePass-cofactorDH-sha256kdf-scheme)" WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE, {0},
	"dhSinglePass-cofactorDH-sha256kdf-scheme"},
    {"HKDF with a salt",
	KARI(KEY("o(id-X25519)") " a1{04:77}", HKDF("256") WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF},
	NULL, "77", "30{" WRAP128 " a0{04:77} a2{04:00000080}}"},
    {"HKDF with a salt of 256",
	KARI(KEY("o(id-X25519)") " a1{04*256}", HKDF("256") WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_XDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF}},
    {"HKDF with a salt of 257",
	KARI(KEY("o(id-X25519)") " a1{04*257}", HKDF("256") WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.digest = BL_SHA256, .kek_size = 16, .kdf = BL_AGREE_HKDF},
	"HKDF with a salt of over 256 bytes"},
    {"padded wrap", KARI(EC, STDDH "30{o(id-aes128-wrap-pad)}", KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .wrap = BL_KEY_WRAP_AES_PAD},
	NULL, NULL, "30{30{o(id-aes128-wrap-pad)} a2{04:00000080}}"},
    {"padded wrap of 24", KARI(EC, STDDH "30{o(id-aes192-wrap-pad)}", KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 24,
	    .wrap = BL_KEY_WRAP_AES_PAD}},
    {"padded wrap of 32", KARI(EC, STDDH "30{o(id-aes256-wrap-pad)}", KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 32,
	    .wrap = BL_KEY_WRAP_AES_PAD}},
    {"DH", KARI(KEY("o(dhpublicnumber) 30{}"), "o(id-alg-ESDH) 30{}", KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE, {0}, "dhpublicnumber"},
    {"originator by issuer", KARI("a0{" RID "}", STDDH WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE, {.digest = BL_SHA256, .kek_size = 16},
	"key agreement with the sender's certificate"},
    {"originator by key identifier", KARI("a0{80:01}", STDDH WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE, {.digest = BL_SHA256, .kek_size = 16},
	"key agreement with the sender's certificate"},
    {"originator missing", KARI("", STDDH WRAP128, KEYS), BL_E_MALFORMED},
    {"originator empty", KARI("a0{}", STDDH WRAP128, KEYS), BL_E_MALFORMED},
    {"originator twice", KARI("a0{80:01 80:01}", STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"originator's key with unused bits",
	KARI("a0{a1{30{o(id-ecPublicKey)} 03:0104}}", STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"originator's key missing",
	KARI("a0{a1{30{o(id-ecPublicKey)}}}", STDDH WRAP128, KEYS),
	BL_E_MALFORMED},
    {"ECMQV", KARI(EC, "o(mqvSinglePass-sha256kdf-scheme)" WRAP128, KEYS),
	BL_OK, 1, BL_RECIPIENT_AGREE, {0}, "mqvSinglePass-sha256kdf-scheme"},
    {"ECDH with HKDF", KARI(EC, HKDF("256") WRAP128, KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .kdf = BL_AGREE_HKDF}},
    {"unknown agreement", KARI(EC, "o(=2a0304)", KEYS), BL_OK, 1,
	BL_RECIPIENT_AGREE, {0}, "1.2.3.4"},
    {"3DES wrap", KARI(EC, STDDH "30{o(id-alg-CMS3DESwrap) 05:}", KEYS), BL_OK,
	1, BL_RECIPIENT_AGREE, {.digest = BL_SHA256}, "id-alg-CMS3DESwrap"},
    {"wrap missing", KARI(EC, STDDH, KEYS), BL_E_MALFORMED},
    {"wrap without identifier", KARI(EC, STDDH "30{}", KEYS), BL_E_MALFORMED},
    {"wrap with parameters", KARI(EC, STDDH "30{o(id-aes128-wrap) 30{}}", KEYS),
	BL_E_MALFORMED},
    {"two wraps", KARI(EC, STDDH WRAP128 WRAP128, KEYS), BL_E_MALFORMED},
    {"agreement without version", "a1{" EC "}", BL_E_MALFORMED},
    {"agreement with more", KARI(EC, STDDH WRAP128, KEYS " 05:"),
	BL_E_MALFORMED},
    {"three keys",
	KARI(EC, STDDH WRAP128,
	    "30{30{" RID " 04:0a0b} 30{" RID " 04:02} 30{a0{04:03} 04:02}}"),
	BL_OK, 3, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"no keys", KARI(EC, STDDH WRAP128, "30{} "), BL_OK, 0},
    {"keys missing", KARI(EC, STDDH WRAP128, ""), BL_E_MALFORMED},
    {"key without key", KARI(EC, STDDH WRAP128, "30{30{" RID "}}"),
	BL_E_MALFORMED},
    {"key with more", KARI(EC, STDDH WRAP128, "30{30{" RID " 04:01 05:}}"),
	BL_E_MALFORMED},
    {"key by rKeyId with all",
	KARI(EC, STDDH WRAP128,
	    "30{30{a0{04:61 18:3230 30{o(=2a03)}} 04:0a0b}}"),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"key by rKeyId with more",
	KARI(EC, STDDH WRAP128, "30{30{a0{04:61 05:} 04:01}}"), BL_E_MALFORMED},
    {"key by rKeyId with another attribute",
	KARI(EC, STDDH WRAP128, "30{30{a0{04:61 30{o(=2a03) 05:}} 04:01}}"),
	BL_OK, 1, BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"key by rKeyId with an attribute of nothing",
	KARI(EC, STDDH WRAP128, "30{30{a0{04:61 30{}} 04:01}}"),
	BL_E_MALFORMED},
    {"key by rKeyId with an attribute of two",
	KARI(EC, STDDH WRAP128, "30{30{a0{04:61 30{o(=2a03) 05: 05:}} 04:01}}"),
	BL_E_MALFORMED},
    {"key by rKeyId in parts",
	KARI(EC, STDDH WRAP128, "30{30{a0{24{04:61 04:62}} 04:01}}"), BL_OK, 1,
	BL_RECIPIENT_AGREE,
	{.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}},
    {"key by empty rKeyId", KARI(EC, STDDH WRAP128, "30{30{a0{04:} 04:01}}"),
	BL_E_MALFORMED},
    {"key by rKeyId of 65", KARI(EC, STDDH WRAP128, "30{30{a0{04*65} 04:01}}"),
	BL_E_LIMIT},
    {"key by primitive identifier",
	KARI(EC, STDDH WRAP128, "30{30{80:61 04:01}}"), BL_E_MALFORMED},
    /* what is named */
    {"shared key", "a2{02:04 30{04:01} 30{o(id-aes128-wrap)} 04:01}", BL_OK, 1,
	BL_RECIPIENT_KEK, {0}, "a key that was shared before"},
    {"password", "a3{02:00 30{o(id-aes128-wrap)} 04:01}", BL_OK, 1,
	BL_RECIPIENT_PASSWORD, {0}, "a password"},
    {"password, nothing in it", "a3{}", BL_E_MALFORMED},
    {"shared key, something behind it",
	"a2{02:04 30{04:01} 30{o(id-aes128-wrap)} 04:01 05:}", BL_E_MALFORMED},
    {"ML-KEM",
	"a4{o(id-ori-kem) 30{02:00 80:01 30{o(id-alg-ml-kem-768)} 04:01}}",
	BL_OK, 1, BL_RECIPIENT_KEM, {0}, "id-alg-ml-kem-768"},
    {"unknown KEM", "a4{o(id-ori-kem) 30{02:00 80:01 30{o(=2a0304)}}}", BL_OK,
	1, BL_RECIPIENT_KEM, {0}, "1.2.3.4"},
    {"KEM of nothing", "a4{o(id-ori-kem) 05:}", BL_OK, 1, BL_RECIPIENT_KEM, {0},
	"key encapsulation"},
    {"KEM and no value", "a4{o(id-ori-kem)}", BL_E_MALFORMED},
    {"other with two values", "a4{o(=2a0304) 05: 05:}", BL_E_MALFORMED},
    {"other", "a4{o(=2a0304) 05:}", BL_OK, 1, BL_RECIPIENT_OTHER, {0},
	"1.2.3.4"},
    {"other without identifier", "a4{}", BL_E_MALFORMED},
    {"other with a number for it", "a4{02:05 05:}", BL_E_MALFORMED},
    {"of an unknown kind", "a7{}", BL_E_MALFORMED},
    {"of no kind", "05:", BL_E_MALFORMED},
};

static bool
same_alg(const struct bl_wrap_alg *a, const struct bl_wrap_alg *b)
{
	return a->kind == b->kind && a->digest == b->digest &&
	    a->mgf == b->mgf && a->kek_size == b->kek_size &&
	    a->kdf == b->kdf && a->wrap == b->wrap;
}

/* Whether a span is the DER of a text; NULL is any. */
static bool
is_text(struct bl_span s, const char *text)
{
	struct bl_buf der = {0};
	bool same;

	if (text == NULL)
		return true;
	if (strchr(text, '{') != NULL)
		bl_asm(&der, text);
	else
		bl_hex(&der, s);
	same = strchr(text, '{') != NULL ? bl_span_equal(s, bl_buf_span(&der))
					 : strcmp(bl_buf_text(&der), text) == 0;
	bl_buf_clear(&der);
	return same;
}

static void
check_case(struct bl_trial *t, size_t i)
{
	const char *name = cases[i].name;
	const struct bl_recipient *r;
	struct bl_want_unwrap want;
	uint8_t id[BL_SHA256_SIZE] = {1};

	CHECK(bl_cms_recipient_count(t->cms) == cases[i].n, name);
	CHECK(bl_cms_recipient(t->cms, cases[i].n) == NULL, name);
	if (cases[i].n == 0)
		return;
	r = bl_cms_recipient(t->cms, 0);
	CHECK(r->kind == cases[i].kind, name);
	CHECK(same_alg(&r->alg, &cases[i].alg), name);
	CHECK((r->what == NULL) == (cases[i].what == NULL), name);
	CHECK(r->what == NULL || strcmp(r->what, cases[i].what) == 0, name);
	CHECK(is_text(r->alg.label, cases[i].label), name);
	CHECK(is_text(r->alg.info, cases[i].info), name);
	if (r->alg.kind == BL_WRAP_ECDH || r->alg.kind == BL_WRAP_XDH)
		CHECK(bl_span_equal(r->originator, BL_STR("\x04\x01")), name);
	bl_cms_want(&want, t->cms, 0, bl_span_of(id, sizeof(id)));
	CHECK(memcmp(want.key, id, sizeof(id)) == 0, name);
	CHECK(want.size == 32 && want.alg.kind == r->alg.kind, name);
	CHECK(want.wrapped.p == r->wrapped.p && want.wrapped.n == r->wrapped.n,
	    name);
}

static void
reads_each_recipient_as_stated(void)
{
	struct bl_trial t;
	struct bl_secret *key = bl_shape_key(BL_AES256_GCM);
	struct bl_shape shape = {true, BL_AES256_GCM, BL_STR("x"), {0}};
	struct bl_buf in = {0}, out = {0}, ber = {0};

	bl_trial_new(&t);
	bl_shape_write(&in, t.ctx, &shape, key);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 2; i++) {
		size_t k = i / 2;
		enum bl_err want = cases[k].want;

		bl_buf_reset(&out);
		bl_buf_reset(&ber);
		bl_graft_text(
		    &out, bl_buf_span(&in), "1.0.1", BL_INSIDE, cases[k].in);
		bl_graft_ber(&ber, bl_buf_span(&out), i % 2 ? 5 : 0);
		t.piece = i % 2 * 7;
		CHECK(bl_trial_read(&t, bl_buf_span(&ber)) ==
			(want != BL_OK		  ? want
				: cases[k].n == 0 ? BL_E_MALFORMED
						  : BL_E_CALLER),
		    cases[k].name);
		CHECK((strcmp(t.events, "TK") == 0) ==
			(want == BL_OK && cases[k].n != 0),
		    cases[k].name);
		if (want == BL_OK)
			check_case(&t, k);
	}
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_buf_clear(&ber);
	bl_trial_free(&t);
}

/* Each of several keys has an identifier and bytes of its own. */
static void
tells_the_keys_of_an_agreement_apart(void)
{
	struct bl_trial t;
	struct bl_secret *key = bl_shape_key(BL_AES256_GCM);
	struct bl_shape shape = {true, BL_AES256_GCM, BL_STR("x"), {0}};
	struct bl_buf in = {0}, out = {0};
	const struct bl_recipient *r;

	bl_trial_new(&t);
	bl_shape_write(&in, t.ctx, &shape, key);
	bl_graft_text(&out, bl_buf_span(&in), "1.0.1", BL_INSIDE,
	    KARI(EC, STDDH WRAP128,
		"30{30{30{30{31{30{o(=2a03) 05:}}} 02:07} 04:01} "
		"30{a0{04:6b6579} 24{04:02 04:03}}}"));
	t.key = key;
	CHECK(bl_trial_read(&t, bl_buf_span(&out)) == BL_OK, "");
	r = bl_cms_recipient(t.cms, 0);
	CHECK(bl_span_equal(r->rid.issuer,
		  BL_STR("\x30\x0a\x31\x08\x30\x06\6\2\x2a\3\5\0")),
	    "0");
	CHECK(bl_span_equal(r->rid.serial, BL_STR("\x07")), "0");
	CHECK(r->rid.ski.n == 0, "0");
	CHECK(bl_span_equal(r->wrapped, BL_STR("\x01")), "0");
	r = bl_cms_recipient(t.cms, 1);
	CHECK(r->rid.issuer.n == 0 && r->rid.serial.n == 0, "1");
	CHECK(bl_span_equal(r->rid.ski, BL_STR("key")), "1");
	CHECK(bl_span_equal(r->wrapped, BL_STR("\x02\x03")), "1");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

TESTS(TEST(reads_each_recipient_as_stated),
    TEST(tells_the_keys_of_an_agreement_apart))
