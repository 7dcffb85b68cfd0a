package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetterQueries;
import io.caravanhub.hub.deadletter.LetterFilter;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Dead letters of the tenant in force. */
@Component
class DeadLetterList {
  private static final int PREVIEW = 600;
  private static final LetterFilter KEPT =
      new LetterFilter("kept", null, null, null, null, null, null);

  private final DeadLetterQueries queries;
  private final DeviceDirectory devices;

  DeadLetterList(DeadLetterQueries queries, DeviceDirectory devices) {
    this.queries = queries;
    this.devices = devices;
  }

  /** Those still kept; counting stops at ten thousand, which is as good as any number above. */
  int count() {
    return queries.count(KEPT);
  }

  /** Those of a device that are still kept. */
  int count(String device) {
    return queries.count(new LetterFilter("kept", device, null, null, null, null, null));
  }

  /** Those that the filter names, newest first. */
  Page<DeadLetterLine> page(LetterFilter filter, @Nullable String cursor, int limit) {
    Page<Map<String, Object>> page = queries.list(filter, limit, cursor);
    return new Page<>(page.items().stream().map(this::line).toList(), page.cursor());
  }

  /** One of them, whole. */
  DeadLetterPage find(String id, String mended) {
    Map<String, Object> letter = queries.get(id);
    return DeadLetterPage.of(line(letter), letter, mended);
  }

  private DeadLetterLine line(Map<String, Object> letter) {
    String payload = text(letter.get("payload"));
    return new DeadLetterLine(
        text(letter.get("id")),
        serial((String) letter.get("device")),
        text(letter.get("source")),
        (String) letter.get("field"),
        text(letter.get("reason")),
        (String) letter.get("mapping"),
        printable(
            payload
                .substring(0, Math.min(PREVIEW, payload.length()))
                .getBytes(StandardCharsets.UTF_8)),
        (Integer) Objects.requireNonNull(letter.get("payload_bytes")),
        (Integer) Objects.requireNonNull(letter.get("tries")),
        text(letter.get("status")),
        Instant.parse(text(letter.get("created_at"))),
        Instant.parse(text(letter.get("last_try_at"))));
  }

  /** A device that is known is called by its serial, however the sender named it. */
  private @Nullable String serial(@Nullable String device) {
    String tenant = TenantScope.current();
    return device == null || tenant == null
        ? device
        : devices.find(tenant, device).map(Device::serial).orElse(device);
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** Text as it is; a payload that is not text as hexadecimal bytes. */
  static String printable(byte[] payload) {
    String text = new String(payload, StandardCharsets.UTF_8);
    long odd =
        text.chars()
            .filter(c -> c == 0xFFFD || (c < ' ' && c != '\n' && c != '\r' && c != '\t'))
            .count();
    if (odd * 10 <= text.length()) {
      return text;
    }
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(payload.length, 128); i++) {
      hex.append(String.format("%02x ", payload[i]));
    }
    return hex.toString().strip();
  }
}
