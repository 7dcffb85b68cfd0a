package io.caravanhub.hub;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A key pair with its files, as a device has them. */
public final class Keys {
  private final Path folder;
  private final String name;
  private final KeyPair pair;

  public Keys(Path folder, String name) throws GeneralSecurityException, IOException {
    this.folder = folder;
    this.name = name;
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    this.pair = generator.generateKeyPair();
    Files.writeString(folder.resolve(name + ".key"), pem(pair.getPrivate()));
  }

  /** A signing request of keys that nobody keeps. */
  public static String newRequest() {
    try {
      return new Keys(Files.createTempDirectory("keys"), "any").request();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A signing request in PEM. */
  public String request() throws Exception {
    return pem(
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + name), pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
  }

  /** Writes a certificate that no authority signed. */
  public void signItself() throws Exception {
    X500Name self = new X500Name("CN=localhost");
    Date now = Date.from(Instant.now().minusSeconds(60));
    Date end = Date.from(Instant.now().plusSeconds(86_400));
    Files.writeString(
        certificateFile(),
        pem(
            new JcaX509v3CertificateBuilder(self, BigInteger.TEN, now, end, self, pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))));
  }

  public Path certificateFile() {
    return folder.resolve(name + ".crt");
  }

  public String certificate() {
    return certificateFile().toString();
  }

  public String key() {
    return folder.resolve(name + ".key").toString();
  }

  /** Key and certificate, without a password. */
  public KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    store.setKeyEntry(
        name, pair.getPrivate(), new char[0], new Certificate[] {read(certificateFile())});
    return store;
  }

  /** A store that trusts the authority in this PEM file. */
  public static KeyStore trusting(Path authority) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    store.setCertificateEntry("ca", read(authority));
    return store;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate read(Path file) throws GeneralSecurityException, IOException {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
