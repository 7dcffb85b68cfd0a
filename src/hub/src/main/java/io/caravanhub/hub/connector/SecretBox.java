package io.caravanhub.hub.connector;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals credentials in an envelope of AES-256-GCM (NIST SP 800-38D): a key of their own encrypts
 * them, the hub's key encrypts that key, and both are bound to whose they are, so that an envelope
 * copied to another row does not open.
 *
 * <p>Layout: version 1, four bytes that name the hub's key, nonce and wrapped key (12 + 48), nonce
 * and content (12 + n + 16). Several keys may be given: the first seals, all open. Thread-safe.
 */
public final class SecretBox {
  private static final byte VERSION = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int NAME_BYTES = 4;
  private static final int WRAPPED_BYTES = KEY_BYTES + TAG_BITS / 8;
  private static final byte[] CHECKED =
      "caravan hub, check of the secret key, 1".getBytes(StandardCharsets.UTF_8);

  private final List<byte[]> keys;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param keys 32 bytes each, the one in use first
   */
  public SecretBox(List<byte[]> keys) {
    if (keys.isEmpty() || keys.stream().anyMatch(k -> k.length != KEY_BYTES)) {
      throw new IllegalArgumentException("expected keys of 32 bytes");
    }
    this.keys = keys.stream().map(byte[]::clone).toList();
  }

  /** Keys written in base64, several with commas between. */
  public static SecretBox of(String base64) {
    try {
      return new SecretBox(
          Arrays.stream(base64.split(","))
              .map(k -> Base64.getDecoder().decode(k.strip()))
              .toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "HUB_SECRET_KEY: expected 32 bytes in base64, such as openssl rand -base64 32 gives", e);
    }
  }

  /** What envelopes say of the key that seals: the first four bytes of its SHA-256. */
  byte[] keyName() {
    return name(keys.get(0));
  }

  /**
   * By what others know the key that seals: HMAC-SHA256 (RFC 2104) under it of a fixed text, from
   * which nobody finds the key.
   */
  byte[] keyCheck() {
    return check(keys.get(0));
  }

  /** Whether one of the keys has this check. */
  boolean hasKeyOf(byte[] check) {
    return keys.stream().anyMatch(key -> MessageDigest.isEqual(check, check(key)));
  }

  /** Seals a text that belongs to {@code owner}. */
  public byte[] seal(String owner, String text) {
    return seal(owner, text.getBytes(StandardCharsets.UTF_8));
  }

  /** As above, of bytes. */
  byte[] seal(String owner, byte[] plain) {
    byte[] own = new byte[KEY_BYTES];
    random.nextBytes(own);
    byte[] hubs = keys.get(0);
    byte[] wrapped = encrypt(hubs, owner, own);
    byte[] content = encrypt(own, owner, plain);
    return ByteBuffer.allocate(1 + NAME_BYTES + wrapped.length + content.length)
        .put(VERSION)
        .put(name(hubs))
        .put(wrapped)
        .put(content)
        .array();
  }

  /**
   * Opens an envelope.
   *
   * @throws SecretException when no key fits, or it was changed or belongs to somebody else
   */
  public String open(String owner, byte[] envelope) {
    return new String(openBytes(owner, envelope), StandardCharsets.UTF_8);
  }

  /** As above, of bytes. */
  byte[] openBytes(String owner, byte[] envelope) {
    if (envelope.length < 1 + NAME_BYTES + 2 * NONCE_BYTES + WRAPPED_BYTES
        || envelope[0] != VERSION) {
      throw new SecretException("the credentials are not an envelope of this hub");
    }
    byte[] name = Arrays.copyOfRange(envelope, 1, 1 + NAME_BYTES);
    int content = 1 + NAME_BYTES + NONCE_BYTES + WRAPPED_BYTES;
    for (byte[] key : keys) {
      if (Arrays.equals(name, name(key))) {
        byte[] own = decrypt(key, owner, Arrays.copyOfRange(envelope, 1 + NAME_BYTES, content));
        return decrypt(own, owner, Arrays.copyOfRange(envelope, content, envelope.length));
      }
    }
    throw new SecretException(
        "the credentials were sealed with another key: give it to HUB_SECRET_KEY, or enter them"
            + " again");
  }

  /** HMAC-SHA256 of a text, under a key that is made of the one in use for this purpose alone. */
  byte[] sign(String purpose, String text) {
    return sign(keys.get(0), purpose, text);
  }

  /** Whether one of the keys has signed so. */
  boolean isSigned(String purpose, String text, byte[] signature) {
    return keys.stream()
        .anyMatch(key -> MessageDigest.isEqual(signature, sign(key, purpose, text)));
  }

  private static byte[] sign(byte[] key, String purpose, String text) {
    byte[] derived = hmac(key, purpose.getBytes(StandardCharsets.UTF_8));
    return hmac(derived, text.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] encrypt(byte[] key, String owner, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, owner, nonce, plain);
    return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
  }

  private static byte[] decrypt(byte[] key, String owner, byte[] sealed) {
    byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
    return cipher(
        Cipher.DECRYPT_MODE,
        key,
        owner,
        nonce,
        Arrays.copyOfRange(sealed, NONCE_BYTES, sealed.length));
  }

  private static byte[] cipher(int mode, byte[] key, String owner, byte[] nonce, byte[] in) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(in);
    } catch (GeneralSecurityException e) {
      throw new SecretException("the credentials do not open: changed, or somebody else's");
    }
  }

  private static byte[] check(byte[] key) {
    return hmac(key, CHECKED);
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static byte[] name(byte[] key) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key), NAME_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
