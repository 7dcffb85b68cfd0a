package io.caravanhub.hub.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A payload as JSON can carry it: as text when it is text, otherwise in base64. */
public final class LetterText {
  private LetterText() {}

  /** The payload as text, or null when it is not UTF-8 or holds control characters. */
  public static @Nullable String of(byte[] payload) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      boolean odd = text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t');
      return odd ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Puts the payload into an answer: {@code payload} or {@code payload_base64}. */
  static void put(Map<String, Object> answer, byte[] payload) {
    String text = of(payload);
    if (text != null) {
      answer.put("payload", text);
    } else {
      answer.put("payload_base64", Base64.getEncoder().encodeToString(payload));
    }
    answer.put("payload_bytes", payload.length);
  }
}
