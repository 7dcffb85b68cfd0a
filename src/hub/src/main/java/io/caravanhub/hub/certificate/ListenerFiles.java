package io.caravanhub.hub.certificate;

import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.SettingException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the listener's certificate and the client CA from the files that settings name. */
public final class ListenerFiles {
  private ListenerFiles() {}

  /**
   * Reads what the settings name and says what is wrong with it.
   *
   * @throws SettingException naming the setting at fault
   */
  public static void check(
      @Nullable String certificate,
      @Nullable String key,
      @Nullable String password,
      @Nullable String clientCa,
      @Nullable String brokerCa) {
    if (certificate != null) {
      key(Path.of(certificate), key == null ? null : Path.of(key), password);
    } else if (key != null) {
      throw new SettingException(
          Setting.HUB_MQTTS_KEY.name(), "is set and HUB_MQTTS_CERT is not: both or neither");
    }
    if (clientCa != null) {
      authorities(Path.of(clientCa), Setting.HUB_MQTTS_CLIENT_CA);
    }
    if (brokerCa != null) {
      authorities(Path.of(brokerCa), Setting.HUB_MQTT_CA);
    }
  }

  /** The certificates of a PEM file that the setting names. */
  public static List<X509Certificate> authorities(Path file, Setting setting) {
    try {
      return Pem.certificates(Files.readString(file));
    } catch (IOException | IllegalArgumentException e) {
      throw wrong(setting, file, e);
    }
  }

  /** Certificate and key from two PEM files, from one, or from a PKCS #12 keystore. */
  static ListenerKey key(Path certificate, @Nullable Path key, @Nullable String password) {
    byte[] content;
    try {
      content = Files.readAllBytes(certificate);
    } catch (IOException e) {
      throw wrong(Setting.HUB_MQTTS_CERT, certificate, e);
    }
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return text.contains("-----BEGIN ")
        ? fromPem(certificate, text, key == null ? certificate : key)
        : fromKeystore(certificate, content, password);
  }

  private static ListenerKey fromPem(Path certificate, String text, Path key) {
    List<X509Certificate> chain;
    try {
      chain = Pem.certificates(text);
    } catch (IllegalArgumentException e) {
      throw wrong(Setting.HUB_MQTTS_CERT, certificate, e);
    }
    try {
      PrivateKey read = Pem.key(Files.readString(key));
      if (!belongs(read, chain.get(0))) {
        throw new IllegalArgumentException("is not the key of the certificate " + certificate);
      }
      return new ListenerKey(read, chain);
    } catch (IOException | IllegalArgumentException | GeneralSecurityException e) {
      throw wrong(Setting.HUB_MQTTS_KEY, key, e);
    }
  }

  private static boolean belongs(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String name = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())
        && !key.getAlgorithm().startsWith("EC")) {
      return false;
    }
    Signature signature = Signature.getInstance(name);
    signature.initSign(key);
    byte[] signed = signature.sign();
    Signature check = Signature.getInstance(name);
    check.initVerify(certificate.getPublicKey());
    return check.verify(signed);
  }

  private static ListenerKey fromKeystore(Path file, byte[] content, @Nullable String password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      char[] secret = password == null ? new char[0] : password.toCharArray();
      store.load(new ByteArrayInputStream(content), secret);
      for (String alias : Collections.list(store.aliases())) {
        Certificate[] chain = store.getCertificateChain(alias);
        if (chain != null && store.getKey(alias, secret) instanceof PrivateKey key) {
          return new ListenerKey(key, Stream.of(chain).map(X509Certificate.class::cast).toList());
        }
      }
      throw new IllegalArgumentException("holds no private key with its certificates");
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw wrong(Setting.HUB_MQTTS_CERT, file, e);
    }
  }

  private static SettingException wrong(Setting setting, Path file, Exception cause) {
    String reason =
        cause instanceof NoSuchFileException
            ? "no such file"
            : cause instanceof EOFException || cause.getMessage() == null
                ? "is neither PEM nor a PKCS #12 keystore"
                : cause.getMessage();
    return new SettingException(setting.name(), file + ": " + reason);
  }
}
