package io.caravanhub.hub.database;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database's schema up to this version of the hub. One that a later version has brought
 * further is taken as it is: migrations only add what an earlier version does not know, until no
 * hub of that version is left.
 */
final class Schema {
  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

  private Schema() {}

  /**
   * Migrates. Of several hubs that start at once, one does it and the others wait.
   *
   * @throws org.flywaydb.core.api.FlywayException when a migration fails, or one that was applied
   *     has changed since
   */
  static void migrate(Flyway flyway) {
    List<MigrationInfo> later = later(flyway);
    if (later.isEmpty()) {
      flyway.migrate();
      return;
    }
    LOG.warn(
        "The database is of a later version of the hub and is used as it is: {} is not known here."
            + " Beside hubs of the next version that is how an upgrade goes; upgrade this one too",
        later.stream()
            .map(m -> "V" + m.getVersion() + " (" + m.getDescription() + ")")
            .collect(Collectors.joining(", ")));
    if (lacksOne(flyway)) {
      flyway.migrate();
    } else {
      // What is repeated, such as the catalogue of metrics, the later version has written.
      flyway.validate();
    }
  }

  private static List<MigrationInfo> later(Flyway flyway) {
    return Arrays.stream(flyway.info().all())
        .filter(
            m ->
                m.getVersion() != null
                    && (m.getState() == MigrationState.FUTURE_SUCCESS
                        || m.getState() == MigrationState.FUTURE_FAILED))
        .toList();
  }

  private static boolean lacksOne(Flyway flyway) {
    return Arrays.stream(flyway.info().pending())
        .map(MigrationInfo::getVersion)
        .anyMatch(Objects::nonNull);
  }
}
