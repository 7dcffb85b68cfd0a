package io.caravanhub.edge.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns bodies into what the file holds and back: one byte of flags, then the CRC-32C of the body
 * (4 bytes), the length of the body (4 bytes) and the body, deflated against a dictionary of the
 * words of telemetry when that is shorter; with a key all after the flags is AES-256-GCM (NIST SP
 * 800-38D), a random 96-bit nonce before it, the device's name authenticated with it. Thread-safe.
 */
final class RecordCodec {
  private static final int DEFLATED = 1;
  private static final int ENCRYPTED = 2;
  private static final int HEAD = 8;
  private static final int NONCE = 12;
  private static final int MAX_BODY = 64 << 20;
  private static final int TAG_BITS = 128;

  /** What most bodies are made of, the likeliest last; part of the file's format. */
  private static final byte[] WORDS =
      ("\"readings\":[{\"variable\":\"reason\":\"text\":\"event\":\"severity\":false,true,null,"
              + "\"timestamp\":\"2026-\"metadata\":{\"clock\":\"quality\":\"uncertain\"},"
              + "\"quality\":\"bad\"},{\"name\":\"_temperature\",\"value\":null,\"unit\":\"kPa\"},"
              + "{\"name\":\"_pressure\",\"value\":0.0,\"unit\":\"bar\"},{\"name\":\"_speed\","
              + "\"value\":1.0,\"unit\":\"rpm\"},{\"name\":\"_power\",\"value\":1,\"unit\":\"kW\"},"
              + "{\"name\":\"_current\",\"unit\":\"A\"},{\"name\":\"flow_rate\",\"unit\":\"%\"},"
              + "{\"name\":\"superheat\",\"value\":2,\"unit\":\"K\"}]}{\"device_id\":\"RTU-1\","
              + "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"measurements\":[{\"name\":\"supply_"
              + "air_temperature\",\"value\":2,\"unit\":\"Cel\"},{\"name\":\"")
          .getBytes(StandardCharsets.UTF_8);

  private final SecureRandom random = new SecureRandom();
  private final @Nullable SecretKey key;
  // A deflater holds a quarter of a megabyte outside the heap, so few are kept.
  private final Deque<Deflater> deflaters = new ArrayDeque<>();

  /**
   * @param key for AES-256, or null to keep bodies readable
   */
  RecordCodec(@Nullable SecretKey key) {
    this.key = key;
  }

  /** Whether it is to be read with a key only. */
  static boolean encrypted(byte[] stored) {
    return stored.length > 0 && (stored[0] & ENCRYPTED) != 0;
  }

  boolean encrypts() {
    return key != null;
  }

  byte[] encode(String device, byte[] body) {
    byte[] plain = new byte[HEAD + body.length];
    int length = deflate(body, plain);
    boolean deflated = length > 0;
    if (!deflated) {
      System.arraycopy(body, 0, plain, HEAD, body.length);
      length = body.length;
    }
    ByteBuffer.wrap(plain).putInt(crc(body)).putInt(body.length);
    int flags = deflated ? DEFLATED : 0;
    if (key == null) {
      byte[] result = new byte[1 + HEAD + length];
      result[0] = (byte) flags;
      System.arraycopy(plain, 0, result, 1, HEAD + length);
      return result;
    }
    return encrypt(key, flags | ENCRYPTED, device, plain, HEAD + length);
  }

  private byte[] encrypt(SecretKey key, int flags, String device, byte[] plain, int length) {
    try {
      byte[] nonce = new byte[NONCE];
      random.nextBytes(nonce);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(device.getBytes(StandardCharsets.UTF_8));
      ByteBuffer result = ByteBuffer.allocate(1 + NONCE + length + TAG_BITS / 8);
      result.put((byte) flags).put(nonce);
      cipher.doFinal(ByteBuffer.wrap(plain, 0, length), result);
      return result.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not to be had", e);
    }
  }

  /**
   * The body.
   *
   * @throws DamagedRecordException when it is not what was put in, or the key is another
   */
  byte[] decode(String device, byte[] stored) throws DamagedRecordException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(stored);
      int flags = bytes.get();
      ByteBuffer plain = (flags & ENCRYPTED) == 0 ? bytes : decrypt(device, bytes);
      int crc = plain.getInt();
      int length = plain.getInt();
      if (length < 0 || length > MAX_BODY) {
        throw new DamagedRecordException("its length is " + length);
      }
      byte[] body = (flags & DEFLATED) == 0 ? rest(plain) : inflate(rest(plain), length);
      if (body.length != length || crc(body) != crc) {
        throw new DamagedRecordException("its checksum is wrong");
      }
      return body;
    } catch (DataFormatException | GeneralSecurityException | RuntimeException e) {
      throw new DamagedRecordException(e.toString());
    }
  }

  private ByteBuffer decrypt(String device, ByteBuffer bytes)
      throws GeneralSecurityException, DamagedRecordException {
    if (key == null) {
      throw new DamagedRecordException("it is encrypted, and there is no key");
    }
    byte[] nonce = new byte[NONCE];
    bytes.get(nonce);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(device.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(cipher.doFinal(rest(bytes)));
  }

  private static byte[] rest(ByteBuffer bytes) {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }

  /** Deflates behind the head; returns the length, 0 when that does not make it shorter. */
  private int deflate(byte[] body, byte[] into) {
    Deflater deflater;
    synchronized (deflaters) {
      deflater = deflaters.isEmpty() ? new Deflater(1, true) : deflaters.pop();
    }
    deflater.reset();
    deflater.setDictionary(WORDS);
    deflater.setInput(body);
    deflater.finish();
    int length = deflater.deflate(into, HEAD, into.length - HEAD);
    boolean whole = deflater.finished();
    synchronized (deflaters) {
      if (deflaters.size() < 2) {
        deflaters.push(deflater);
      } else {
        deflater.end();
      }
    }
    return whole ? length : 0;
  }

  private static byte[] inflate(byte[] deflated, int length) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setDictionary(WORDS);
      inflater.setInput(deflated);
      byte[] body = new byte[length];
      int got = 0;
      while (got < length && !inflater.finished()) {
        int more = inflater.inflate(body, got, length - got);
        if (more == 0) {
          break;
        }
        got += more;
      }
      return got == length ? body : Arrays.copyOf(body, got);
    } finally {
      inflater.end();
    }
  }

  private static int crc(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return (int) crc.getValue();
  }
}
