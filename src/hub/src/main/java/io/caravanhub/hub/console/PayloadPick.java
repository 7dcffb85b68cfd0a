package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.util.RawValue;
import io.caravanhub.hub.mapping.MappingSamples.Sample;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payload that a draft can be tried on.
 *
 * @param source live, dead-letter, archive or sample
 * @param at when it came, ISO 8601; null for a sample
 * @param device the hub's id of the device, or null
 * @param serial what the device is called, or null
 * @param name of the sample's file, or null
 * @param text laid out when it is JSON, else as it is; null when it is no text
 * @param base64 the payload when it is no text
 */
public record PayloadPick(
    String source,
    @Nullable String at,
    @Nullable String device,
    @Nullable String serial,
    @Nullable String name,
    @Nullable String text,
    @Nullable String base64) {
  private static final int LAID_OUT = 200_000;

  /** A payload as {@code GET /mappings/{m}/payloads} gives it. */
  static PayloadPick of(Map<String, Object> real, String tenant, DeviceDirectory devices) {
    String device = text(real.get("device"));
    Object payload = real.get("payload");
    String text = payload instanceof RawValue raw ? String.valueOf(raw.rawValue()) : text(payload);
    return new PayloadPick(
        String.valueOf(real.get("source")),
        text(real.get("at")),
        device,
        device == null ? null : devices.find(tenant, device).map(Device::serial).orElse(device),
        null,
        text == null ? null : layOut(text),
        text(real.get("payload_base64")));
  }

  /** A sample out of a file. */
  static PayloadPick of(Sample sample) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(sample.payload())).toString();
      return new PayloadPick("sample", null, null, null, sample.name(), layOut(text), null);
    } catch (CharacterCodingException e) {
      String base64 = Base64.getEncoder().encodeToString(sample.payload());
      return new PayloadPick("sample", null, null, null, sample.name(), null, base64);
    }
  }

  private static String layOut(String text) {
    return text.length() > LAID_OUT
        ? text
        : PayloadLine.join(PayloadLine.layOut(text, null, LAID_OUT));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
