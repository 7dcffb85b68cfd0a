package io.caravanhub.hub.gatewayconfig;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.bundle.Bundle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Drafts and versions of gateways of the thread's tenant as rows. Thread-safe. */
@Component
class ConfigurationRows {
  private static final String VERSION =
      "select version, files::text as files, sha256, based_on, author, reason, published_at from"
          + " gateway_versions where gateway_id = ? ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  ConfigurationRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param basedOn the version before it, or the one it brings back; null for the first
   */
  record Version(
      int version,
      Bundle bundle,
      String sha256,
      @Nullable Integer basedOn,
      String author,
      String reason,
      Instant publishedAt) {}

  record Draft(long revision, Bundle bundle, int basedOn, String author, Instant updatedAt) {}

  /**
   * A version in a list.
   *
   * @param state what the gateway last said of it, or null
   */
  record Line(
      int version,
      String sha256,
      @JsonProperty("based_on") @Nullable Integer basedOn,
      String author,
      String reason,
      @JsonProperty("published_at") Instant publishedAt,
      int files,
      @Nullable String state,
      @Nullable String error) {}

  Optional<Version> latest(UUID gateway) {
    return jdbc.sql(VERSION + "order by version desc limit 1")
        .param(gateway)
        .query(ConfigurationRows::version)
        .optional();
  }

  /** The number of the newest version, without its files. */
  Optional<Integer> newest(UUID gateway) {
    return jdbc.sql(
            "select version from gateway_versions where gateway_id = ? order by version desc limit"
                + " 1")
        .param(gateway)
        .query(Integer.class)
        .optional();
  }

  Optional<Version> version(UUID gateway, int version) {
    return jdbc.sql(VERSION + "and version = ?")
        .params(gateway, version)
        .query(ConfigurationRows::version)
        .optional();
  }

  List<Line> list(UUID gateway, int before, int most) {
    return jdbc.sql(
            """
            select v.version, v.sha256, v.based_on, v.author, v.reason, v.published_at,
                   (select count(*) from jsonb_object_keys(v.files)) as files, r.state, r.error
              from gateway_versions v
              left join lateral (select state, error from gateway_reports r
                                  where r.gateway_id = v.gateway_id and r.kind = 'configuration' and r.version = v.version::text
                                  order by r.id desc limit 1) r on true
             where v.gateway_id = ? and v.version < ? order by v.version desc limit ?\
            """)
        .params(gateway, before, most)
        .query(Line.class)
        .list();
  }

  void publish(
      UUID gateway,
      String tenant,
      int version,
      Bundle bundle,
      @Nullable Integer basedOn,
      String author,
      String reason) {
    jdbc.sql(
            """
            insert into gateway_versions (tenant_id, gateway_id, version, files, sha256, based_on, author, reason)
            values (?, ?, ?, ?::jsonb, ?, ?, ?, ?)\
            """)
        .params(tenant, gateway, version, json(bundle), bundle.sha256(), basedOn, author, reason)
        .update();
  }

  Optional<Draft> draft(UUID gateway) {
    return jdbc.sql(
            "select revision, files::text as files, based_on, author, updated_at from"
                + " gateway_drafts where gateway_id = ?")
        .param(gateway)
        .query(
            (row, n) ->
                new Draft(
                    row.getLong("revision"),
                    bundle(row.getString("files")),
                    row.getInt("based_on"),
                    row.getString("author"),
                    row.getTimestamp("updated_at").toInstant()))
        .optional();
  }

  /** Its revision is one that no draft of the gateway had before, deleted ones included. */
  void keep(UUID gateway, String tenant, Bundle bundle, int basedOn, String author) {
    jdbc.sql(
            """
            insert into gateway_drafts (gateway_id, tenant_id, revision, files, based_on, author)
            values (?, ?, (extract(epoch from clock_timestamp()) * 1000)::bigint, ?::jsonb, ?, ?)
            on conflict (gateway_id) do update
              set revision = greatest(gateway_drafts.revision + 1, excluded.revision), files = excluded.files,
                  based_on = excluded.based_on, author = excluded.author, updated_at = now()\
            """)
        .params(gateway, tenant, json(bundle), basedOn, author)
        .update();
  }

  int drop(UUID gateway) {
    return jdbc.sql("delete from gateway_drafts where gateway_id = ?").param(gateway).update();
  }

  private static Version version(ResultSet row, int n) throws SQLException {
    int basedOn = row.getInt("based_on");
    Integer from = row.wasNull() ? null : basedOn;
    return new Version(
        row.getInt("version"),
        bundle(row.getString("files")),
        row.getString("sha256"),
        from,
        row.getString("author"),
        row.getString("reason"),
        row.getTimestamp("published_at").toInstant());
  }

  private static Bundle bundle(String files) {
    try {
      return Bundle.of(JSON.readValue(files, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("files of a gateway cannot be read", e);
    }
  }

  private static String json(Bundle bundle) {
    try {
      return JSON.writeValueAsString(bundle.files());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("files of a gateway cannot be written", e);
    }
  }
}
