package io.caravanhub.hub.database;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/**
 * Writes the catalogue of metrics into the database, after the migrations in SQL, whenever its file
 * has changed. A unit that is there stays: stored values are in it.
 */
public final class MetricRows implements JavaMigration {
  private static final String UPSERT =
      """
      insert into metrics (key, kind, unit, min_value, max_value, description, trade, data_type, haystack, brick)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (coalesce(tenant_id, ''), key) do update set min_value = excluded.min_value, max_value = excluded.max_value,
        description = excluded.description, trade = excluded.trade, data_type = excluded.data_type, haystack = excluded.haystack,
        brick = excluded.brick\
      """;

  @Override
  public @Nullable MigrationVersion getVersion() {
    return null;
  }

  @Override
  public String getDescription() {
    return "metric catalogue";
  }

  @Override
  public Integer getChecksum() {
    return CanonicalMetrics.checksum();
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    Connection connection = context.getConnection();
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      for (CanonicalMetric metric : CanonicalMetrics.all()) {
        upsert.setString(1, metric.key());
        upsert.setString(2, metric.isText() ? "text" : "number");
        upsert.setString(3, metric.unit());
        upsert.setObject(4, metric.min());
        upsert.setObject(5, metric.max());
        upsert.setString(6, metric.description());
        upsert.setString(7, metric.group());
        upsert.setString(8, metric.type().name().toLowerCase(Locale.ROOT));
        upsert.setArray(9, connection.createArrayOf("text", metric.haystack().toArray()));
        upsert.setString(10, metric.brick());
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }
}
