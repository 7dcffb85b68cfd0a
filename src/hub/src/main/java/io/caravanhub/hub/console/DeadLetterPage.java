package io.caravanhub.hub.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the page of one dead letter shows.
 *
 * @param lines the payload, laid out, the field at fault marked; empty when it is not text
 * @param base64 the payload when it is not text
 * @param editable what the edit box holds, or null when the payload is no text or too long for it
 * @param edits payloads that were tried in its place, newest first
 */
public record DeadLetterPage(
    DeadLetterLine letter,
    List<PayloadLine> lines,
    @Nullable String base64,
    @Nullable String editable,
    Map<String, String> headers,
    List<Edit> edits) {
  private static final int EDITABLE = 200_000;

  /** A payload that was tried. */
  public record Edit(String at, String actor, String outcome, String payload) {}

  static DeadLetterPage of(DeadLetterLine line, Map<String, Object> letter, String mended) {
    String text = (String) letter.get("payload");
    List<PayloadLine> lines =
        text == null ? List.of() : PayloadLine.layOut(text, line.field(), EDITABLE);
    Map<String, String> headers = new TreeMap<>();
    if (letter.get("headers") instanceof Map<?, ?> kept) {
      kept.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    }
    List<Edit> edits = new ArrayList<>();
    if (letter.get("edits") instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> edit) {
          edits.add(
              new Edit(
                  String.valueOf(edit.get("at")),
                  String.valueOf(edit.get("actor")),
                  String.valueOf(edit.get("outcome")),
                  String.valueOf(
                      edit.get("payload") == null
                          ? edit.get("payload_base64")
                          : edit.get("payload"))));
        }
      }
    }
    return new DeadLetterPage(
        line,
        lines,
        (String) letter.get("payload_base64"),
        text == null || text.length() > EDITABLE
            ? null
            : mended.isEmpty() ? PayloadLine.join(lines) : mended,
        headers,
        edits);
  }
}
