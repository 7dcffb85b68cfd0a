package io.caravanhub.core.fieldbus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a device has said, as the body of one exchange. */
sealed interface DeviceMessage permits Poll, AlarmReport {
  /** Whose it is. */
  FieldbusConnection connection();

  /** When it came about. */
  Instant at();

  /** When it was received. */
  Instant received();

  /** JSON. */
  byte[] body();

  /** What it is when it is no reading, else null. */
  @Nullable String kind();
}
