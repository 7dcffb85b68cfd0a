package io.caravanhub.hub.fsm;

import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SealedRows;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The sealed credentials of FSM connections. Thread-safe. */
@Component
class FsmSealedRows implements SealedRows {
  private final JdbcClient jdbc;
  private final FsmConnectionRows rows;
  private final ConnectionSettings settings;

  FsmSealedRows(JdbcClient jdbc, FsmConnectionRows rows, ConnectionSettings settings) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.settings = settings;
  }

  @Override
  public List<Row> sealedByOthers(byte[] keyName, int most) {
    return jdbc.sql("select * from fsm_sealed_with_other_keys(?, ?)")
        .params(keyName, most)
        .query((row, n) -> new Row(row.getString(1), row.getObject(2, UUID.class)))
        .list();
  }

  @Override
  public boolean sealAnew(UUID id) {
    FsmConnection locked = rows.locked(id).orElse(null);
    if (locked == null || locked.credentials() == null) {
      return false;
    }
    rows.credentials(
        id, settings.seal(locked.owner(), settings.open(locked.owner(), locked.credentials())));
    return true;
  }
}
