/* BouncyCastle.java - what 140-bouncy-castle.sh asks Bouncy Castle to do: one
 * command a line on standard input, one answer a line: "ok", "cannot WHY" when
 * Bouncy Castle has no such algorithm, "bad WHY" otherwise. Names of files
 * hold no spaces. */
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.mail.Session;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.GCMParameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSCompressedData;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.PasswordRecipient;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.RecipientOperator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SimpleAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKEKRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcePasswordRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.ZlibCompressor;
import org.bouncycastle.cms.jcajce.ZlibExpanderProvider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.mail.smime.SMIMECompressedGenerator;
import org.bouncycastle.mail.smime.SMIMESigned;
import org.bouncycastle.mail.smime.SMIMESignedGenerator;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.GenericKey;
import org.bouncycastle.operator.InputAEADDecryptor;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.bouncycastle.util.encoders.Hex;

public final class BouncyCastle {
	private static final Map<String, ASN1ObjectIdentifier> CIPHERS = Map.of(
	    "aes-128-cbc", CMSAlgorithm.AES128_CBC,
	    "aes-192-cbc", CMSAlgorithm.AES192_CBC,
	    "aes-256-cbc", CMSAlgorithm.AES256_CBC,
	    "aes-128-gcm", CMSAlgorithm.AES128_GCM,
	    "aes-192-gcm", CMSAlgorithm.AES192_GCM,
	    "aes-256-gcm", CMSAlgorithm.AES256_GCM,
	    "aes-256-ccm", CMSAlgorithm.AES256_CCM,
	    "3des", CMSAlgorithm.DES_EDE3_CBC,
	    "rc2", CMSAlgorithm.RC2_CBC,
	    "chacha20-untagged",
	    new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.18"));
	private static final Map<String, ASN1ObjectIdentifier> KDFS = Map.of(
	    "sha1", CMSAlgorithm.ECDH_SHA1KDF,
	    "sha224", CMSAlgorithm.ECDH_SHA224KDF,
	    "sha256", CMSAlgorithm.ECDH_SHA256KDF,
	    "sha384", CMSAlgorithm.ECDH_SHA384KDF,
	    "sha512", CMSAlgorithm.ECDH_SHA512KDF,
	    "cofactor-sha256", CMSAlgorithm.ECCDH_SHA256KDF,
	    "hkdf-sha256",
	    new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.19"));
	private static final Map<String, ASN1ObjectIdentifier> WRAPS = Map.of(
	    "aes128", CMSAlgorithm.AES128_WRAP,
	    "aes192", CMSAlgorithm.AES192_WRAP,
	    "aes256", CMSAlgorithm.AES256_WRAP);

	/* Something is not right, in one sentence. */
	private static final class Bad extends Exception {
		private static final long serialVersionUID = 1;

		Bad(String why)
		{
			super(why);
		}
	}

	/* ---- files ---- */

	private static byte[] read(String file) throws IOException
	{
		return Files.readAllBytes(Path.of(file));
	}

	private static void write(String file, byte[] bytes) throws IOException
	{
		Files.write(Path.of(file), bytes);
	}

	private static X509Certificate certificate(String file) throws Exception
	{
		try (InputStream in = new FileInputStream(file)) {
			return (X509Certificate)CertificateFactory
			    .getInstance("X.509", "BC")
			    .generateCertificate(in);
		}
	}

	private static PrivateKey key(String file) throws Exception
	{
		try (PEMParser in = new PEMParser(new FileReader(file))) {
			return new JcaPEMKeyConverter().setProvider("BC")
			    .getPrivateKey(
				(org.bouncycastle.asn1.pkcs.PrivateKeyInfo)in
				    .readObject());
		}
	}

	private static MimeMessage message(String file) throws Exception
	{
		return new MimeMessage(Session.getInstance(new Properties()),
		    new ByteArrayInputStream(read(file)));
	}

	private static MimeBodyPart entity(String file) throws Exception
	{
		return new MimeBodyPart(new ByteArrayInputStream(read(file)));
	}

	/* ---- signatures ---- */

	/* sign KEY CERT IN OUT clear|opaque|bare|detached ALGORITHM: IN is an
	 * entity, OUT a message or a bare object. */
	private static void sign(String[] a) throws Exception
	{
		X509Certificate cert = certificate(a[2]);
		var signer = new JcaSimpleSignerInfoGeneratorBuilder()
		    .setProvider("BC").build(a[6], key(a[1]), cert);
		var certs = new JcaCertStore(List.of(cert));

		if (a[5].equals("bare") || a[5].equals("detached")) {
			var g = new org.bouncycastle.cms.CMSSignedDataGenerator();

			g.addSignerInfoGenerator(signer);
			g.addCertificates(certs);
			write(a[4],
			    g.generate(new CMSProcessableByteArray(read(a[3])),
				 a[5].equals("bare"))
				.getEncoded());
			return;
		}
		var g = new SMIMESignedGenerator();
		MimeMessage m = new MimeMessage(
		    Session.getInstance(new Properties()));

		g.addSignerInfoGenerator(signer);
		g.addCertificates(certs);
		if (a[5].equals("clear")) {
			MimeMultipart parts = g.generate(entity(a[3]));

			m.setContent(parts, parts.getContentType());
		} else {
			MimeBodyPart part = g.generateEncapsulated(entity(a[3]));

			m.setContent(part.getContent(), part.getContentType());
			m.setHeader("Content-Transfer-Encoding", "base64");
		}
		m.saveChanges();
		try (OutputStream out = new FileOutputStream(a[4])) {
			m.writeTo(out);
		}
	}

	/* verify CERT IN OUT: IN is a message. */
	private static void verify(String[] a) throws Exception
	{
		MimeMessage m = message(a[2]);
		SMIMESigned s = m.isMimeType("multipart/signed")
		    ? new SMIMESigned((MimeMultipart)m.getContent())
		    : new SMIMESigned(m);
		Collection<SignerInformation> all = s.getSignerInfos()
		    .getSigners();
		var verifier = new JcaSimpleSignerInfoVerifierBuilder()
		    .setProvider("BC").build(certificate(a[1]));

		if (all.isEmpty())
			throw new Bad("nobody signed");
		for (SignerInformation i : all)
			if (!i.verify(verifier))
				throw new Bad("a signature does not hold");
		try (OutputStream out = new FileOutputStream(a[3])) {
			s.getContent().writeTo(out);
		}
	}

	/* ---- encryption ---- */

	private static final Map<String, PasswordRecipient.PRF> PRFS = Map.of(
	    "sha1", PasswordRecipient.PRF.HMacSHA1,
	    "sha224", PasswordRecipient.PRF.HMacSHA224,
	    "sha256", PasswordRecipient.PRF.HMacSHA256,
	    "sha384", PasswordRecipient.PRF.HMacSHA384,
	    "sha512", PasswordRecipient.PRF.HMacSHA512);

	/* RECIPIENT: pkcs1, oaep:HASH:MGFHASH[:LABEL], kdf:KDF:WRAP[:UKM],
	 * password:PASSWORD:PRF:ROUNDS:WRAP, kek:HEX:ID */
	private static RecipientInfoGenerator recipient(
	    X509Certificate cert, String how) throws Exception
	{
		String[] h = how.split(":");

		if (h[0].equals("password"))
			return new JcePasswordRecipientInfoGenerator(
			    CIPHERS.get(h[4]), h[1].toCharArray())
			    .setProvider("BC")
			    .setPasswordConversionScheme(
				PasswordRecipient.PKCS5_SCHEME2_UTF8)
			    .setPRF(PRFS.get(h[2]))
			    .setSaltAndIterationCount(
				"a salt of 16 byt".getBytes(
				    StandardCharsets.UTF_8),
				Integer.parseInt(h[3]));
		if (h[0].equals("kek"))
			return new JceKEKRecipientInfoGenerator(
			    h[2].getBytes(StandardCharsets.UTF_8),
			    new javax.crypto.spec.SecretKeySpec(
				Hex.decode(h[1]), "AES"))
			    .setProvider("BC");
		if (h[0].equals("kdf")) {
			KeyPairGenerator g = KeyPairGenerator.getInstance(
			    cert.getPublicKey().getAlgorithm(), "BC");
			KeyPair own;

			if (cert.getPublicKey() instanceof ECPublicKey)
				g.initialize(((ECPublicKey)cert.getPublicKey())
						 .getParams());
			own = g.generateKeyPair();
			var r = new JceKeyAgreeRecipientInfoGenerator(
			    KDFS.get(h[1]), own.getPrivate(), own.getPublic(),
			    WRAPS.get(h[2])).setProvider("BC");
			if (h.length > 3)
				r.setUserKeyingMaterial(
				    h[3].getBytes(StandardCharsets.UTF_8));
			r.addRecipient(cert);
			return r;
		}
		if (h[0].equals("pkcs1"))
			return new JceKeyTransRecipientInfoGenerator(cert)
			    .setProvider("BC");
		AlgorithmIdentifier oaep = new JcaAlgorithmParametersConverter()
		    .getAlgorithmIdentifier(
			PKCSObjectIdentifiers.id_RSAES_OAEP,
			new OAEPParameterSpec(h[1], "MGF1",
			    new MGF1ParameterSpec(h[2]),
			    h.length > 3 ? new PSource.PSpecified(h[3].getBytes(
					       StandardCharsets.UTF_8))
					 : PSource.PSpecified.DEFAULT));
		return new JceKeyTransRecipientInfoGenerator(cert, oaep)
		    .setProvider("BC");
	}

	/* ChaCha20-Poly1305 of the JDK. The builder of 1.72 makes EnvelopedData
	 * of it, without its tag, which RFC 8103 does not know: that is what the
	 * cipher "chacha20-untagged" stands for. */
	private static final class ChaCha implements OutputAEADEncryptor {
		private final byte[] key = new byte[32], nonce = new byte[12];
		private final ByteArrayOutputStream aad =
		    new ByteArrayOutputStream();
		private byte[] tag;

		ChaCha()
		{
			SecureRandom random = new SecureRandom();

			random.nextBytes(key);
			random.nextBytes(nonce);
		}

		@Override
		public AlgorithmIdentifier getAlgorithmIdentifier()
		{
			return new AlgorithmIdentifier(
			    CIPHERS.get("chacha20-untagged"),
			    new DEROctetString(nonce));
		}

		@Override
		public OutputStream getOutputStream(OutputStream out)
		{
			return new ByteArrayOutputStream() {
				@Override
				public void close() throws IOException
				{
					byte[] all;

					try {
						Cipher c = chacha(
						    Cipher.ENCRYPT_MODE, key,
						    nonce);

						c.updateAAD(aad.toByteArray());
						all = c.doFinal(toByteArray());
					} catch (GeneralSecurityException e) {
						throw new IOException(e);
					}
					out.write(all, 0, all.length - 16);
					tag = Arrays.copyOfRange(all,
					    all.length - 16, all.length);
				}
			};
		}

		@Override
		public GenericKey getKey()
		{
			return new GenericKey(getAlgorithmIdentifier(), key);
		}

		@Override
		public OutputStream getAADStream()
		{
			return aad;
		}

		@Override
		public byte[] getMAC()
		{
			return tag;
		}
	}

	private static Cipher chacha(int mode, byte[] key, byte[] nonce)
	    throws GeneralSecurityException
	{
		Cipher c = Cipher.getInstance("ChaCha20-Poly1305", "SunJCE");

		c.init(mode,
		    new javax.crypto.spec.SecretKeySpec(key, "ChaCha20"),
		    new IvParameterSpec(nonce));
		return c;
	}

	/* encrypt CERT IN OUT CIPHER RECIPIENT [attributes]: OUT is a bare
	 * object, AuthEnvelopedData where the cipher has a tag. */
	private static void encrypt(String[] a) throws Exception
	{
		var content = new CMSProcessableByteArray(read(a[2]));
		OutputEncryptor cipher = a[4].equals("chacha20-poly1305")
		    ? new ChaCha()
		    : new JceCMSContentEncryptorBuilder(CIPHERS.get(a[4]))
			  .setProvider("BC").build();
		RecipientInfoGenerator to = recipient(certificate(a[1]), a[5]);

		if (!(cipher instanceof OutputAEADEncryptor)) {
			var g = new CMSEnvelopedDataGenerator();

			g.addRecipientInfoGenerator(to);
			write(a[3], g.generate(content, cipher).getEncoded());
			return;
		}
		var g = new CMSAuthEnvelopedDataGenerator();

		g.addRecipientInfoGenerator(to);
		if (a.length > 6) {
			var t = new Hashtable<ASN1ObjectIdentifier, Attribute>();
			var id = PKCSObjectIdentifiers.pkcs_9_at_unstructuredName;

			t.put(id, new Attribute(id,
			    new DERSet(new DERUTF8String("a name"))));
			g.setAuthenticatedAttributeGenerator(
			    new SimpleAttributeTableGenerator(
				new AttributeTable(t)));
		}
		write(a[3], g.generate(content, (OutputAEADEncryptor)cipher)
		    .getEncoded());
	}

	private static Cipher opening(byte[] key, AlgorithmIdentifier content)
	    throws GeneralSecurityException
	{
		Cipher c;

		if (content.getAlgorithm().equals(
			CIPHERS.get("chacha20-untagged")))
			return chacha(Cipher.DECRYPT_MODE, key,
			    ASN1OctetString.getInstance(content.getParameters())
				.getOctets());
		GCMParameters p = GCMParameters.getInstance(
		    content.getParameters());

		c = Cipher.getInstance("AES/GCM/NoPadding", "BC");
		c.init(Cipher.DECRYPT_MODE,
		    new javax.crypto.spec.SecretKeySpec(key, "AES"),
		    new GCMParameterSpec(8 * p.getIcvLen(), p.getNonce()));
		return c;
	}

	/* AuthEnvelopedData by key agreement, for which 1.72 has no class. */
	private static final class Agreed extends JceKeyAgreeRecipient {
		Agreed(PrivateKey key)
		{
			super(key);
		}

		@Override
		public RecipientOperator getRecipientOperator(
		    AlgorithmIdentifier wrap, AlgorithmIdentifier content,
		    SubjectPublicKeyInfo sender, ASN1OctetString ukm,
		    byte[] wrapped) throws CMSException
		{
			Key key = extractSecretKey(
			    wrap, content, sender, ukm, wrapped);
			Cipher c;

			try {
				c = opening(key.getEncoded(), content);
			} catch (GeneralSecurityException e) {
				throw new CMSException("content", e);
			}
			return new RecipientOperator(new InputAEADDecryptor() {
				@Override
				public AlgorithmIdentifier
				getAlgorithmIdentifier()
				{
					return content;
				}

				@Override
				public InputStream getInputStream(InputStream in)
				{
					return new CipherInputStream(in, c);
				}

				@Override
				public OutputStream getAADStream()
				{
					return new OutputStream() {
						@Override
						public void write(int b)
						{
							c.updateAAD(
							    new byte[] {
								(byte)b});
						}
					};
				}

				@Override
				public byte[] getMAC()
				{
					return new byte[0];
				}
			});
		}
	}

	private static ContentInfo content_info(byte[] object) throws IOException
	{
		try (ASN1InputStream in = new ASN1InputStream(object)) {
			ASN1Primitive p = in.readObject();

			return ContentInfo.getInstance(p);
		}
	}

	/* decrypt KEY IN OUT: IN is a bare object. */
	private static void decrypt(String[] a) throws Exception
	{
		PrivateKey key = key(a[1]);
		ContentInfo object = content_info(read(a[2]));
		boolean tag = object.getContentType().equals(
		    CMSObjectIdentifiers.authEnvelopedData);
		RecipientInformation to = (tag
			? new CMSAuthEnvelopedData(object).getRecipientInfos()
			: new CMSEnvelopedData(object).getRecipientInfos())
		    .getRecipients().iterator().next();
		boolean agreed = to instanceof KeyAgreeRecipientInformation;

		write(a[3],
		    to.getContent(agreed && tag
			? new Agreed(key).setProvider("BC")
			: agreed
			? new JceKeyAgreeEnvelopedRecipient(key)
			      .setProvider("BC")
			: tag
			? new JceKeyTransAuthEnvelopedRecipient(key)
			      .setProvider("BC")
			: new JceKeyTransEnvelopedRecipient(key)
			      .setProvider("BC")));
	}

	/* ---- compression ---- */

	/* compress IN OUT: OUT is a message; expand IN OUT: IN is an object. */
	private static void compress(String[] a) throws Exception
	{
		MimeMessage m = new MimeMessage(
		    Session.getInstance(new Properties()));
		MimeBodyPart part = new SMIMECompressedGenerator().generate(
		    entity(a[1]), new ZlibCompressor());

		m.setContent(part.getContent(), part.getContentType());
		m.setHeader("Content-Transfer-Encoding", "base64");
		m.saveChanges();
		try (OutputStream out = new FileOutputStream(a[2])) {
			m.writeTo(out);
		}
	}

	private static void expand(String[] a) throws Exception
	{
		write(a[2], new CMSCompressedData(read(a[1])).getContent(
		    new ZlibExpanderProvider(1 << 24)));
	}

	/* ---- commands ---- */

	private static void run(String[] a) throws Exception
	{
		switch (a[0]) {
		case "sign" -> sign(a);
		case "verify" -> verify(a);
		case "encrypt" -> encrypt(a);
		case "decrypt" -> decrypt(a);
		case "compress" -> compress(a);
		case "expand" -> expand(a);
		default -> throw new Bad("no such command: " + a[0]);
		}
	}

	/* That an algorithm is not there may be said by a cause far below. */
	private static boolean is_lacking(Throwable t)
	{
		for (; t != null; t = t.getCause()) {
			String s = String.valueOf(t.getMessage()).toLowerCase();

			if (t instanceof NoSuchAlgorithmException ||
			    s.contains("unknown") || s.contains("cannot find") ||
			    s.contains("not supported") ||
			    s.contains("no such") ||
			    s.contains("unrecognised") ||
			    s.contains("can't identify") ||
			    s.contains("cannot create cipher"))
				return true;
		}
		return false;
	}

	public static void main(String[] args) throws Exception
	{
		var in = new BufferedReader(new InputStreamReader(System.in));

		Security.addProvider(new BouncyCastleProvider());
		for (String line; (line = in.readLine()) != null;) {
			String answer = "ok";

			try {
				run(line.split(" "));
			} catch (Exception | Error e) {
				answer = (is_lacking(e) ? "cannot " : "bad ") +
				    e + (e.getCause() != null
					    ? ": " + e.getCause()
					    : "");
			}
			System.out.println(answer.replace('\n', ' '));
		}
	}
}
