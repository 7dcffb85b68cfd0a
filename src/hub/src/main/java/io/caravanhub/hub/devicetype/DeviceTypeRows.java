package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table device_types, rows of the tenant in force. Thread-safe. */
@Component
public class DeviceTypeRows {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceTypeRows.class);
  private static final String COLUMNS =
      """
      name, description, processing_mode, message_schema::text, mapping, jsonata, fields, demultiplexing::text, chunking::text, limits::text,
      defaults::text, version, author, updated_at\
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  public DeviceTypeRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * A type and who changed it last.
   *
   * @param version counts its changes from 1
   * @param author role and subject
   * @param updatedAt ISO 8601
   */
  public record Stored(DeviceType type, int version, String author, String updatedAt) {
    /** The entity tag of this version, in its quotes. */
    public String tag() {
      return "\"" + version + "\"";
    }
  }

  /** Every type, ready for messages. One that cannot be compiled any more is told of, and left. */
  Map<String, Profile> profiles() {
    Map<String, Profile> profiles = new HashMap<>();
    for (Stored stored : list(null, Integer.MAX_VALUE)) {
      try {
        profiles.put(stored.type.name(), Profile.compile(stored.type, stored.version));
      } catch (ProblemException e) {
        LOG.error(
            "Device type {} cannot be used: {}: {}", stored.type.name(), e.field(), e.getMessage());
      }
    }
    return Map.copyOf(profiles);
  }

  /** Types by name, from the one behind this name on. */
  public List<Stored> list(@Nullable String after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from device_types where :after::text is null or name > :after order by name limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query((row, n) -> stored(row))
        .list();
  }

  /** The type of this name. */
  public Optional<Stored> find(String name) {
    return jdbc.sql("select " + COLUMNS + " from device_types where name = ?")
        .params(name)
        .query((row, n) -> stored(row))
        .optional();
  }

  /** The row, held until the end of the transaction; its mapping first, as who publishes does. */
  Optional<Stored> hold(String name) {
    jdbc.sql(
            "select pg_advisory_xact_lock(hashtext('mappings'), hashtext(hub_tenant() || ' ' || ?))")
        .param(Profile.MAPPING + name)
        .query(row -> {});
    return jdbc.sql("select " + COLUMNS + " from device_types where name = ? for update")
        .params(name)
        .query((row, n) -> stored(row))
        .optional();
  }

  /** Enters a type, or changes it and counts up its version. */
  void write(DeviceType type, String author) {
    Map<String, Object> view = DeviceTypeFields.view(type);
    jdbc.sql(
            """
            insert into device_types as t (tenant_id, name, description, processing_mode, message_schema, mapping, jsonata, fields, demultiplexing,
                                           chunking, limits, defaults, author)
            values (hub_tenant(), ?, ?, ?, ?::jsonb, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?::jsonb, ?)
            on conflict (tenant_id, name) do update set description = excluded.description, processing_mode = excluded.processing_mode,
              message_schema = excluded.message_schema, mapping = excluded.mapping, jsonata = excluded.jsonata, fields = excluded.fields,
              demultiplexing = excluded.demultiplexing, chunking = excluded.chunking, limits = excluded.limits, defaults = excluded.defaults,
              version = t.version + 1, author = excluded.author, updated_at = now()\
            """)
        .params(
            type.name(),
            type.description(),
            type.mode().label(),
            write(type.schema()),
            type.mapping(),
            type.jsonata(),
            type.fields(),
            write(view.get("demultiplexing")),
            write(view.get("chunking")),
            write(type.limits()),
            write(type.defaults()),
            author)
        .update();
  }

  void delete(String name) {
    jdbc.sql("delete from device_types where name = ?").params(name).update();
  }

  private Stored stored(ResultSet row) throws SQLException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (String column : List.of("name", "description", "processing_mode")) {
      fields.put(column, row.getString(column));
    }
    for (String column :
        List.of("message_schema", "demultiplexing", "chunking", "limits", "defaults")) {
      fields.put(column, read(row.getString(column)));
    }
    Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
    mapping.put("name", row.getString("mapping"));
    mapping.put("jsonata", row.getString("jsonata"));
    mapping.put("fields", row.getString("fields"));
    fields.put("mapping", mapping);
    return new Stored(
        DeviceTypeFields.read(fields),
        row.getInt("version"),
        row.getString("author"),
        row.getTimestamp("updated_at").toInstant().toString());
  }

  private @Nullable Object read(@Nullable String text) {
    try {
      return text == null ? null : json.readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable String write(@Nullable Object value) {
    try {
      return value == null ? null : json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
