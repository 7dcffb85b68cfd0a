package io.caravanhub.hub.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The recipients of the tenant in force, and who has asked not to be written to. Thread-safe. */
@Component
class RecipientRows {
  static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};
  private static final TypeReference<List<QuietHours>> QUIET = new TypeReference<>() {};
  private static final String SELECT =
      """
      select id, name, role, language, time_zone, addresses::text as addresses, quiet::text as quiet, digest, digest_at, most, enabled
        from recipients \
      """;

  private final JdbcClient jdbc;

  RecipientRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<Recipient> all() {
    return jdbc.sql(SELECT + "order by name").query(RecipientRows::recipient).list();
  }

  /** Those of these names, and those of these roles. */
  List<Recipient> named(Set<String> names, Set<String> roles) {
    return names.isEmpty() && roles.isEmpty()
        ? List.of()
        : jdbc.sql(
                SELECT
                    + """
                    where name in (select jsonb_array_elements_text(:names::jsonb))
                       or role in (select jsonb_array_elements_text(:roles::jsonb)) order by name\
                    """)
            .param("names", write(names))
            .param("roles", write(roles))
            .query(RecipientRows::recipient)
            .list();
  }

  Optional<Recipient> find(UUID id) {
    return jdbc.sql(SELECT + "where id = ?").params(id).query(RecipientRows::recipient).optional();
  }

  void save(Recipient recipient) {
    jdbc.sql(
            """
            insert into recipients (id, tenant_id, name, role, language, time_zone, addresses, quiet, digest, digest_at, most, enabled)
            values (:id, hub_tenant(), :name, :role, :language, :zone, :addresses::jsonb, :quiet::jsonb, :digest, :at, :most, :enabled)
            on conflict (id) do update set name = excluded.name, role = excluded.role, language = excluded.language,
              time_zone = excluded.time_zone, addresses = excluded.addresses, quiet = excluded.quiet, digest = excluded.digest,
              digest_at = excluded.digest_at, most = excluded.most, enabled = excluded.enabled, updated_at = now()\
            """)
        .param("id", recipient.id())
        .param("name", recipient.name())
        .param("role", recipient.role())
        .param("language", recipient.language())
        .param("zone", recipient.timeZone())
        .param("addresses", write(recipient.addresses()))
        .param("quiet", write(recipient.quiet()))
        .param("digest", recipient.digest())
        .param("at", recipient.digestAt())
        .param("most", recipient.most())
        .param("enabled", recipient.enabled())
        .update();
  }

  void delete(UUID id) {
    jdbc.sql("delete from recipients where id = ?").params(id).update();
  }

  boolean hasUnsubscribed(String channel, String address) {
    return jdbc.sql(
            "select exists (select from unsubscribes where channel = ? and address = lower(?))")
        .params(channel, address)
        .query(Boolean.class)
        .single();
  }

  /** Of these addresses those that want nothing, each behind its kind of channel and a blank. */
  Set<String> unsubscribed(List<String> addresses) {
    return addresses.isEmpty()
        ? Set.of()
        : Set.copyOf(
            jdbc.sql(
                    """
                    select u.channel || ' ' || a from jsonb_array_elements_text(:addresses::jsonb) a
                      join unsubscribes u on u.address = lower(a)\
                    """)
                .param("addresses", write(addresses))
                .query(String.class)
                .list());
  }

  void unsubscribe(String channel, String address) {
    jdbc.sql(
            "insert into unsubscribes (tenant_id, channel, address) values (hub_tenant(), ?, lower(?)) on conflict do nothing")
        .params(channel, address)
        .update();
  }

  void subscribeAgain(String channel, String address) {
    jdbc.sql("delete from unsubscribes where channel = ? and address = lower(?)")
        .params(channel, address)
        .update();
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, String> texts(String json) {
    return read(json, TEXTS);
  }

  static List<QuietHours> quiet(String json) {
    return read(json, QUIET);
  }

  static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static Recipient recipient(ResultSet row, int number) throws SQLException {
    return new Recipient(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("role"),
        row.getString("language"),
        row.getString("time_zone"),
        texts(row.getString("addresses")),
        quiet(row.getString("quiet")),
        row.getString("digest"),
        row.getObject("digest_at", LocalTime.class),
        row.getObject("most", Integer.class),
        row.getBoolean("enabled"));
  }
}
