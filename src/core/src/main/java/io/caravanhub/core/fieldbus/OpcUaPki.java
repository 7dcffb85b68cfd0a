package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;
import org.eclipse.milo.opcua.stack.core.util.validation.CertificateValidationUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and certificates in a folder: {@code own/} for this application's, made at first use; {@code
 * trusted/} for servers and authorities that a person trusts; {@code rejected/} for those that were
 * refused; {@code pinned/} for those trusted because they were the first at an address. Safe for
 * many threads.
 */
final class OpcUaPki {
  /** URI of this application while it has no certificate that says another. */
  static final String APPLICATION = "urn:caravanhub:fieldbus";

  private static final Logger LOG = LoggerFactory.getLogger(OpcUaPki.class);
  private static final int KEY_BITS = 2048;
  private static final Period VALIDITY = Period.ofYears(10);
  private static final long MOST_REJECTED = 100;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Object MAKING = new Object();

  private final Path folder;

  /** This application as servers see it. */
  record Identity(KeyPair keys, X509Certificate certificate) {
    @Override
    public String toString() {
      return certificate.getSubjectX500Principal().toString();
    }
  }

  OpcUaPki(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  Path ownCertificate() {
    return folder.resolve("own/certificate.der");
  }

  private Path ownKey() {
    return folder.resolve("own/key.pem");
  }

  /**
   * The application's key and certificate, made when there is none.
   *
   * @throws IllegalStateException naming the file when they are of no use
   */
  Identity identity() {
    synchronized (MAKING) {
      try {
        if (!Files.exists(ownCertificate())) {
          make();
        }
        X509Certificate certificate = read(ownCertificate()).get(0);
        if (certificate.getNotAfter().toInstant().isBefore(Instant.now())) {
          throw new IllegalStateException(
              ownCertificate()
                  + " has expired: remove the folder own, a new one is made, and trust that in the"
                  + " servers");
        }
        return new Identity(keys(), certificate);
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException(
            "the application's certificate in " + folder.resolve("own") + " is of no use: " + e, e);
      }
    }
  }

  private KeyPair keys() throws IOException, GeneralSecurityException {
    String pem =
        Files.readString(ownKey()).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    KeyFactory rsa = KeyFactory.getInstance("RSA");
    RSAPrivateCrtKey key =
        (RSAPrivateCrtKey)
            rsa.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    return new KeyPair(
        rsa.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())), key);
  }

  private void make() throws IOException, GeneralSecurityException {
    Files.createDirectories(folder.resolve("own"));
    Files.createDirectories(folder.resolve("trusted"));
    KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(KEY_BITS);
    String host = java.net.InetAddress.getLocalHost().getHostName();
    byte[] certificate;
    try {
      certificate =
          new SelfSignedCertificateBuilder(keys)
              .setCommonName("Caravan Hub on " + host)
              .setOrganization("Caravan Hub")
              .setApplicationUri(APPLICATION + ":" + host)
              .addDnsName(host)
              .setValidityPeriod(VALIDITY)
              .build()
              .getEncoded();
    } catch (Exception e) {
      throw new GeneralSecurityException("cannot make a certificate: " + e.getMessage(), e);
    }
    Files.deleteIfExists(ownKey());
    createForOwnerOnly(ownKey());
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Files.writeString(
        ownKey(),
        "-----BEGIN PRIVATE KEY-----\n"
            + lines.encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    write(ownCertificate(), certificate);
    LOG.info("made a certificate for OPC UA: {}", ownCertificate());
  }

  private static void createForOwnerOnly(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } else {
      Files.createFile(file);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Path fresh = file.resolveSibling(file.getFileName() + "." + System.nanoTime());
    Files.write(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Whether a person has put the certificate, or one that vouches for it, into {@code trusted/}.
   */
  boolean isTrusted(List<X509Certificate> chain) {
    List<X509Certificate> trusted = all(folder.resolve("trusted"));
    if (trusted.contains(chain.get(0))) {
      return true;
    }
    try {
      CertificateValidationUtil.buildTrustedCertPath(chain, trusted, List.of());
      return true;
    } catch (UaException e) {
      LOG.debug("no way from {} to a trusted certificate", chain.get(0).getSubjectX500Principal());
      return false;
    }
  }

  /**
   * Whether the certificate is the first that was ever seen at the address; it is kept as that.
   *
   * @throws IllegalStateException when it cannot be kept
   */
  boolean isFirst(String address, X509Certificate certificate) {
    Path file = pinned(address);
    try {
      if (!Files.exists(file)) {
        write(file, certificate.getEncoded());
        LOG.info("trusting {} at {} from now on: {}", thumbprint(certificate), address, file);
      }
      return read(file).contains(certificate);
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(file + " cannot be kept: " + e, e);
    }
  }

  Path pinned(String address) {
    return folder.resolve("pinned/" + address.replaceAll("[^A-Za-z0-9.-]+", "_") + ".der");
  }

  Path trustedFolder() {
    return folder.resolve("trusted");
  }

  /** Puts a certificate where a person finds it. */
  Path reject(X509Certificate certificate) {
    Path file = folder.resolve("rejected/" + thumbprint(certificate) + ".der");
    try {
      Files.createDirectories(trustedFolder());
      if (!Files.exists(file) && all(folder.resolve("rejected")).size() < MOST_REJECTED) {
        write(file, certificate.getEncoded());
      }
    } catch (FileAlreadyExistsException e) {
      return file;
    } catch (IOException | CertificateException e) {
      LOG.warn("{} cannot be written: {}", file, e.toString());
    }
    return file;
  }

  /** SHA-1 of the certificate, in hex (Part 6, clause 6.2.2). */
  static String thumbprint(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<X509Certificate> all(Path folder) {
    List<X509Certificate> certificates = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return certificates;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try {
          certificates.addAll(read(file));
        } catch (IOException | CertificateException e) {
          LOG.warn("{} is no certificate: {}", file, e.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return certificates;
  }

  private static List<X509Certificate> read(Path file) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }
}
