package io.caravanhub.edge.spool;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a record is; the order is that of the numbers in the file. */
public enum RecordKind {
  /** A canonical measurement message. */
  TELEMETRY,
  /** What a device published, not yet mapped. */
  RAW,
  /** A canonical message that cannot wait. */
  EVENT;

  /** As the wire has it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RecordKind ofCode(int code) {
    return values()[code];
  }

  static @Nullable RecordKind ofLabel(@Nullable String label) {
    for (RecordKind kind : values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
