package io.caravanhub.hub.notify;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The audiences of the tenant in force. Thread-safe. */
@Component
class AudienceRows {
  static final TypeReference<List<Audience.Step>> STEPS = new TypeReference<>() {};
  private static final String SELECT =
      "select id, name, steps::text as steps, repeats from audiences ";

  private final JdbcClient jdbc;

  AudienceRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<Audience> all() {
    return jdbc.sql(SELECT + "order by name").query(AudienceRows::audience).list();
  }

  Optional<Audience> find(UUID id) {
    return jdbc.sql(SELECT + "where id = ?").params(id).query(AudienceRows::audience).optional();
  }

  Optional<Audience> named(String name) {
    return jdbc.sql(SELECT + "where name = ?")
        .params(name)
        .query(AudienceRows::audience)
        .optional();
  }

  void save(Audience audience) {
    jdbc.sql(
            """
            insert into audiences (id, tenant_id, name, steps, repeats) values (?, hub_tenant(), ?, ?::jsonb, ?)
            on conflict (id) do update set name = excluded.name, steps = excluded.steps, repeats = excluded.repeats, updated_at = now()\
            """)
        .params(
            audience.id(),
            audience.name(),
            RecipientRows.write(audience.steps()),
            audience.repeats())
        .update();
  }

  void delete(UUID id) {
    jdbc.sql("delete from audiences where id = ?").params(id).update();
  }

  private static Audience audience(ResultSet row, int number) throws SQLException {
    return new Audience(
        row.getObject("id", UUID.class),
        row.getString("name"),
        RecipientRows.read(row.getString("steps"), STEPS),
        row.getInt("repeats"));
  }
}
