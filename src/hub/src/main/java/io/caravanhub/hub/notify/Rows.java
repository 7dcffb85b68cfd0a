package io.caravanhub.hub.notify;

import java.sql.Timestamp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of the database as answers of the API. Stateless. */
final class Rows {
  private Rows() {}

  static Map<String, Object> plain(Map<String, @Nullable Object> row) {
    Map<String, Object> plain = new LinkedHashMap<>();
    row.forEach(
        (name, value) -> plain.put(name, value instanceof Timestamp at ? at.toInstant() : value));
    return plain;
  }
}
