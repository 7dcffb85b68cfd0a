package io.caravanhub.edge.manage;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A new key pair and the request (PKCS #10, RFC 2986) that asks for its certificate. */
record SigningRequest(KeyPair keys, String pem) {

  /** An EC key on P-256; the hub writes the subject, whatever is asked for. */
  static SigningRequest fresh(String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] request =
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + name), keys.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
              .getEncoded();
      return new SigningRequest(keys, pem("CERTIFICATE REQUEST", request));
    } catch (GeneralSecurityException | OperatorCreationException | java.io.IOException e) {
      throw new IllegalStateException("a key cannot be made", e);
    }
  }

  /** The private key as PKCS #8. */
  String privateKey() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  // A key does not belong into a log.
  @Override
  public String toString() {
    return "signing request";
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
