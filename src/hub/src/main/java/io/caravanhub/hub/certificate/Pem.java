package io.caravanhub.hub.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;

/** PEM texts (RFC 7468) as certificates, keys and signing requests, and back. */
public final class Pem {
  private Pem() {}

  /**
   * The certificates of a text, in its order.
   *
   * @throws IllegalArgumentException when there is none or one cannot be read
   */
  public static List<X509Certificate> certificates(String pem) {
    if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
      throw new IllegalArgumentException("holds no -----BEGIN CERTIFICATE-----");
    }
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (var certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(
                      onlyCertificates(pem).getBytes(StandardCharsets.UTF_8)))) {
        certificates.add((X509Certificate) certificate);
      }
      return certificates;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("its certificate cannot be read: " + e.getMessage(), e);
    }
  }

  /** A file may hold the key beside the certificates, which the JDK's reader does not take. */
  private static String onlyCertificates(String pem) {
    StringBuilder kept = new StringBuilder();
    boolean inside = false;
    for (String line : pem.lines().toList()) {
      inside |= line.strip().equals("-----BEGIN CERTIFICATE-----");
      if (inside) {
        kept.append(line.strip()).append('\n');
      }
      inside &= !line.strip().equals("-----END CERTIFICATE-----");
    }
    return kept.toString();
  }

  /**
   * The first private key of a text: PKCS #8, PKCS #1 or SEC 1, not encrypted.
   *
   * @throws IllegalArgumentException when there is none
   */
  static PrivateKey key(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (part instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("its key cannot be read: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("holds no unencrypted private key in PEM");
  }

  /**
   * A certificate signing request (PKCS #10).
   *
   * @throws IllegalArgumentException when it is none
   */
  static PKCS10CertificationRequest request(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof PKCS10CertificationRequest request) {
        return request;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("holds no -----BEGIN CERTIFICATE REQUEST-----");
  }

  /**
   * Certificates and keys one after the other. Keys as PKCS #8: the older form of an EC key may
   * leave out its curve, and nobody could read it back.
   */
  static String write(Object... parts) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object part : parts) {
        writer.writeObject(
            part instanceof PrivateKey key ? new PemObject("PRIVATE KEY", key.getEncoded()) : part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
