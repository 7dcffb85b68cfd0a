package io.caravanhub.hub.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * How long what is kept, in days of UTC.
 *
 * @param telemetry for every tenant; a tenant may have less, in its settings as {@code
 *     retention_days}
 * @param fineRollups for the rollups of 1 and 15 minutes; no less than telemetry
 * @param uncompressed after which telemetry is compressed, on TimescaleDB
 */
public record Limits(int telemetry, int fineRollups, int uncompressed) {

  /** The first day that is kept when so many days are. */
  static LocalDate firstDay(Instant now, int days) {
    return now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(days);
  }

  static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
