package io.caravanhub.hub.archive;

import io.caravanhub.hub.database.TenantScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.util.PGobject;

/**
 * Writes raw messages as the application role: row-level security refuses COPY, so it is one batch
 * of inserts and one transaction for each tenant. Used by one thread.
 */
final class RawTable implements RawBatches.Table {
  private static final String INSERT =
      """
      insert into raw_messages (tenant_id, received_at, device_id, source, mapping, headers, payload, made_metrics, made_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private final DataSource database;
  private final Set<LocalDate> days = ConcurrentHashMap.newKeySet();

  RawTable(DataSource database) {
    this.database = database;
  }

  @Override
  public void write(List<RawMessage> messages) throws SQLException {
    Map<String, List<RawMessage>> tenants = new LinkedHashMap<>();
    for (RawMessage message : messages) {
      tenants.computeIfAbsent(message.tenant(), t -> new java.util.ArrayList<>()).add(message);
    }
    for (Map.Entry<String, List<RawMessage>> tenant : tenants.entrySet()) {
      TenantScope.enter(tenant.getKey());
      try {
        insert(tenant.getValue());
      } catch (SQLException e) {
        days.clear();
        throw e;
      } finally {
        TenantScope.leave();
      }
    }
  }

  private void insert(List<RawMessage> messages) throws SQLException {
    try (Connection connection = database.getConnection()) {
      ensureDays(connection, messages);
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        for (RawMessage m : messages) {
          insert.setString(1, m.tenant());
          insert.setTimestamp(2, Timestamp.from(m.receivedAt()));
          insert.setObject(3, m.device());
          insert.setString(4, m.source());
          insert.setString(5, m.mapping());
          insert.setObject(6, json(m.headers()));
          insert.setBytes(7, m.payload());
          insert.setObject(8, m.madeMetrics());
          insert.setObject(9, m.madeAt());
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
      } catch (SQLException e) {
        rollback(connection, e);
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private void ensureDays(Connection connection, List<RawMessage> messages) throws SQLException {
    Set<LocalDate> missing = new TreeSet<>();
    for (RawMessage message : messages) {
      LocalDate day = LocalDate.ofInstant(message.receivedAt(), ZoneOffset.UTC);
      if (!days.contains(day)) {
        missing.add(day);
      }
    }
    for (LocalDate day : missing) {
      try (PreparedStatement ensure = connection.prepareStatement("select ensure_raw_day(?)")) {
        ensure.setObject(1, day);
        ensure.execute();
        days.add(day);
      }
    }
  }

  private static void rollback(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static PGobject json(String text) throws SQLException {
    PGobject json = new PGobject();
    json.setType("jsonb");
    json.setValue(text);
    return json;
  }
}
