package io.caravanhub.hub.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys (P-256) and signs certificates (RFC 5280). */
final class Issuing {
  /** A clock that is a little behind must still take a new certificate. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private final X500Name issuer;
  private final PrivateKey key;
  private final PublicKey issuerKey;

  Issuing(X500Name issuer, KeyPair keys) {
    this.issuer = issuer;
    this.key = keys.getPrivate();
    this.issuerKey = keys.getPublic();
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An authority's own certificate. */
  X509Certificate authority(Duration life) {
    return sign(issuer, issuerKey, life, true, KeyPurposeId.anyExtendedKeyUsage, List.of());
  }

  X509Certificate server(X500Name subject, PublicKey of, Duration life, List<GeneralName> names) {
    return sign(subject, of, life, false, KeyPurposeId.id_kp_serverAuth, names);
  }

  X509Certificate client(X500Name subject, PublicKey of, Duration life) {
    return sign(subject, of, life, false, KeyPurposeId.id_kp_clientAuth, List.of());
  }

  private X509Certificate sign(
      X500Name subject,
      PublicKey of,
      Duration life,
      boolean authority,
      KeyPurposeId purpose,
      List<GeneralName> names) {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(159, new SecureRandom()).setBit(158),
            Date.from(now.minus(BACKDATED)),
            Date.from(now.plus(life)),
            subject,
            of);
    try {
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.basicConstraints,
          true,
          authority ? new BasicConstraints(0) : new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(of));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(issuerKey));
      if (!authority) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(new GeneralName[0])));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(
                          key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA")
                      .build(key)));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("a certificate could not be made", e);
    }
  }
}
