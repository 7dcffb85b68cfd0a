package io.caravanhub.hub.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/**
 * The hub's own certificate authority, made at the first start and kept in {@code HUB_HOME/tls}
 * (ca.crt, ca.key, server.crt, server.key; mode 600). Signs the hub's server certificate and the
 * requests of devices. Thread-safe.
 */
public final class HubAuthority {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration LEAF_LIFE = Duration.ofDays(825);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

  private final Path folder;
  private final X509Certificate certificate;
  private final Issuing issuing;

  private HubAuthority(Path folder, X509Certificate certificate, Issuing issuing) {
    this.folder = folder;
    this.certificate = certificate;
    this.issuing = issuing;
  }

  /** Reads the authority of this home, or makes one. */
  static HubAuthority of(Path home) {
    Path folder = home.resolve("tls");
    Path file = folder.resolve("ca.crt");
    Path keyFile = folder.resolve("ca.key");
    try {
      if (!Files.exists(file)) {
        KeyPair keys = Issuing.newKeys();
        Issuing issuing = new Issuing(name("Caravan Hub " + host(), null), keys);
        X509Certificate made = issuing.authority(AUTHORITY_LIFE);
        PrivateFiles.write(keyFile, utf8(Pem.write(keys.getPrivate())));
        PrivateFiles.write(file, utf8(Pem.write(made)));
        return new HubAuthority(folder, made, issuing);
      }
      X509Certificate kept = Pem.certificates(Files.readString(file)).get(0);
      KeyPair keys = new KeyPair(kept.getPublicKey(), Pem.key(Files.readString(keyFile)));
      return new HubAuthority(
          folder, kept, new Issuing(new JcaX509CertificateHolder(kept).getSubject(), keys));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the keys in " + folder, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** The hub's server certificate for this address, renewed when it nears its end. */
  ListenerKey server(String bind) {
    Path file = folder.resolve("server.crt");
    Path keyFile = folder.resolve("server.key");
    try {
      if (Files.exists(file)) {
        X509Certificate kept = Pem.certificates(Files.readString(file)).get(0);
        if (kept.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWED_BEFORE))
            && names(kept).containsAll(addresses(bind))) {
          return new ListenerKey(Pem.key(Files.readString(keyFile)), List.of(kept, certificate));
        }
      }
      KeyPair keys = Issuing.newKeys();
      List<GeneralName> names = addresses(bind).stream().map(HubAuthority::general).toList();
      X509Certificate made = issuing.server(name(host(), null), keys.getPublic(), LEAF_LIFE, names);
      PrivateFiles.write(keyFile, utf8(Pem.write(keys.getPrivate())));
      PrivateFiles.write(file, utf8(Pem.write(made, certificate)));
      return new ListenerKey(keys.getPrivate(), List.of(made, certificate));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the keys in " + folder, e);
    }
  }

  /**
   * Signs a device's request; whatever subject it asks for, the certificate names this device.
   *
   * @throws IllegalArgumentException when the request is not signed by its own key
   */
  X509Certificate sign(PKCS10CertificationRequest request, String tenant, String device) {
    return issuing.client(name(device, tenant), key(request), LEAF_LIFE);
  }

  /**
   * The key that a request asks a certificate for.
   *
   * @throws IllegalArgumentException when the request is not signed by it
   */
  static PublicKey key(PKCS10CertificationRequest request) {
    try {
      PublicKey key = publicKey(request.getSubjectPublicKeyInfo().getEncoded());
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IllegalArgumentException("is not signed by its own key");
      }
      return key;
    } catch (IOException
        | GeneralSecurityException
        | org.bouncycastle.operator.OperatorCreationException
        | org.bouncycastle.pkcs.PKCSException e) {
      throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
    }
  }

  /** The JDK knows the kinds of keys by their names alone, not by the identifiers in them. */
  private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
    for (String kind : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        continue;
      }
    }
    throw new InvalidKeySpecException("expected an EC, RSA or Ed25519 key");
  }

  private static X500Name name(String common, @Nullable String organization) {
    X500NameBuilder name = new X500NameBuilder();
    if (organization != null) {
      name.addRDN(BCStyle.O, organization);
    }
    return name.addRDN(BCStyle.CN, common.length() > 64 ? common.substring(0, 64) : common).build();
  }

  private static Set<String> addresses(String bind) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", host()));
    if (!bind.equals("0.0.0.0") && !bind.contains(":")) {
      names.add(bind);
    }
    return names;
  }

  private static Set<String> names(X509Certificate certificate) {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> given = certificate.getSubjectAlternativeNames();
      if (given != null) {
        given.forEach(name -> names.add(String.valueOf(name.get(1))));
      }
    } catch (GeneralSecurityException e) {
      names.clear();
    }
    return names;
  }

  private static GeneralName general(String name) {
    boolean address = name.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static String host() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      return name.matches("[A-Za-z0-9.-]{1,64}") ? name : "hub";
    } catch (UnknownHostException e) {
      return "hub";
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
