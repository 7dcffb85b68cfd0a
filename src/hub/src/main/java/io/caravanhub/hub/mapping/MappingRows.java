package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.MappingSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table mappings, rows of the tenant in force. Thread-safe. */
@Component
class MappingRows {
  private final JdbcClient jdbc;

  MappingRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One change of a mapping at a time, over all hubs, until the transaction ends. */
  void lock(String name) {
    jdbc.sql(
            "select pg_advisory_xact_lock(hashtext('mappings'), hashtext(hub_tenant() || ' ' || ?))")
        .param(name)
        .query(row -> {});
  }

  Optional<MappingVersion> published(String name) {
    return one(name, "status = 'published'");
  }

  Optional<MappingVersion> draft(String name) {
    return one(name, "status = 'draft'");
  }

  Optional<MappingVersion> version(String name, int version) {
    return one(name, "status <> 'draft' and version = " + version);
  }

  /**
   * A version without its content.
   *
   * @param kind what the list calls it
   */
  record Line(
      String name,
      int version,
      String status,
      String origin,
      String kind,
      String author,
      @Nullable Instant publishedAt) {

    boolean followsFile() {
      return origin.equals(MappingVersion.FILE);
    }
  }

  /** Every published version and every draft, by name. */
  Map<String, List<Line>> current() {
    Map<String, List<Line>> found = new TreeMap<>();
    jdbc.sql(
            """
            select name, version, status, origin, author, published_at,
                   case when fields is null then 'jsonata' when content ~ '\\S' then 'both' else 'fields' end as kind
              from mappings where status in ('published', 'draft') order by status\
            """)
        .query(
            (row, n) ->
                new Line(
                    row.getString("name"),
                    row.getInt("version"),
                    row.getString("status"),
                    row.getString("origin"),
                    row.getString("kind"),
                    row.getString("author"),
                    instant(row.getTimestamp("published_at"))))
        .list()
        .forEach(
            row -> found.computeIfAbsent(row.name(), n -> new java.util.ArrayList<>(2)).add(row));
    return found;
  }

  /** Ids of the published versions by name. */
  Map<String, Integer> publishedIds() {
    Map<String, Integer> ids = new TreeMap<>();
    jdbc.sql("select name, id from mappings where status = 'published'")
        .query(
            row -> {
              ids.put(row.getString(1), row.getInt(2));
            });
    return ids;
  }

  /** What was ever published, newest first. */
  List<MappingVersion> history(String name, int before, int limit) {
    return jdbc.sql(
            "select * from mappings where name = ? and status <> 'draft' and version < ? order by version desc limit ?")
        .params(name, before, limit)
        .query(MappingRows::read)
        .list();
  }

  private Optional<MappingVersion> one(String name, String where) {
    return jdbc.sql("select * from mappings where name = ? and " + where)
        .param(name)
        .query(MappingRows::read)
        .optional();
  }

  /** Saves the draft, in the place of one that is there; the caller holds the lock. */
  void saveDraft(
      String name,
      String content,
      @Nullable String fields,
      String author,
      String note,
      @Nullable Integer basedOn) {
    String sha = sha256(content, fields);
    int there =
        jdbc.sql(
                """
                update mappings set content = ?, fields = ?, sha256 = ?, author = ?, note = ?, based_on = ?, updated_at = clock_timestamp()
                 where name = ? and status = 'draft'\
                """)
            .params(content, fields, sha, author, note, basedOn, name)
            .update();
    // An insert that meets a row takes an id all the same, and rows of telemetry have 22 bits for
    // it.
    if (there == 0) {
      jdbc.sql(
              """
              insert into mappings (tenant_id, name, version, status, content, fields, sha256, author, note, based_on)
              values (hub_tenant(), ?, 0, 'draft', ?, ?, ?, ?, ?, ?)\
              """)
          .params(name, content, fields, sha, author, note, basedOn)
          .update();
    }
  }

  boolean deleteDraft(String name) {
    return jdbc.sql("delete from mappings where name = ? and status = 'draft'").param(name).update()
        > 0;
  }

  /**
   * Takes a mapping out of force; versions stay, for rows name them. Other hubs hear of it when the
   * transaction is committed.
   */
  void retire(String name) {
    supersede(name);
  }

  /** Device types and devices that name the mapping or come to it by maker and model. */
  List<String> users(String name, int most) {
    return jdbc.sql(
            """
            select 'device type ' || name from device_types
             where mapping = :name or (mapping is null and (jsonata is not null or fields is not null) and 'type/' || name = :name)
            union all
            select * from (
              select 'device ' || d.serial from devices d left join device_types t on t.name = d.device_type
               where d.status <> 'decommissioned'
                 and (d.mapping = :name
                      or (d.mapping is null and coalesce(t.mapping, t.jsonata, t.fields) is null
                          and regexp_replace(lower(d.manufacturer), '[^a-z0-9]+', '-', 'g') || '/'
                              || regexp_replace(lower(d.model), '[^a-z0-9]+', '-', 'g') = :name))
               order by d.serial) device
             limit :most            """)
        .param("name", name)
        .param("most", most)
        .query(String.class)
        .list();
  }

  /** The draft takes effect; what was published before is superseded. */
  MappingVersion publishDraft(String name, String publisher, String note) {
    supersede(name);
    return jdbc.sql(
            """
            update mappings set status = 'published', origin = 'admin', published_at = clock_timestamp(), published_by = ?, note = ?,
              version = (select coalesce(max(version), 0) + 1 from mappings where name = ?)
             where name = ? and status = 'draft' returning *\
            """)
        .params(publisher, note, name, name)
        .query(MappingRows::read)
        .single();
  }

  /** A new version takes effect; what was published before is superseded. */
  MappingVersion publish(
      MappingSource source,
      String origin,
      String author,
      String publisher,
      String note,
      @Nullable Integer basedOn) {
    supersede(source.name());
    return jdbc.sql(
            """
            insert into mappings (tenant_id, name, version, status, origin, content, fields, sha256, author, note, based_on, published_at, published_by)
            select hub_tenant(), :name, coalesce(max(version), 0) + 1, 'published', :origin, :content, :fields, :sha, :author, :note, :based,
                   clock_timestamp(), :publisher
              from mappings where name = :name
            returning *\
            """)
        .param("name", source.name())
        .param("origin", origin)
        .param("content", source.content())
        .param("fields", source.fields())
        .param("sha", sha256(source.content(), source.fields()))
        .param("author", author)
        .param("note", note)
        .param("based", basedOn)
        .param("publisher", publisher)
        .query(MappingRows::read)
        .single();
  }

  private void supersede(String name) {
    jdbc.sql(
            "update mappings set status = 'superseded', updated_at = clock_timestamp() where name = ? and status = 'published'")
        .param(name)
        .update();
  }

  static String sha256(String content, @Nullable String fields) {
    String both = fields == null ? content : content + "\0" + fields;
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MappingVersion read(ResultSet row, int number) throws SQLException {
    return new MappingVersion(
        row.getInt("id"),
        row.getString("name"),
        row.getInt("version"),
        row.getString("status"),
        row.getString("origin"),
        row.getString("content"),
        row.getString("fields"),
        row.getString("sha256"),
        row.getString("author"),
        row.getString("note"),
        row.getObject("based_on", Integer.class),
        row.getTimestamp("created_at").toInstant(),
        instant(row.getTimestamp("published_at")),
        row.getString("published_by"),
        row.getTimestamp("updated_at").toInstant());
  }

  private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
    return timestamp == null ? null : timestamp.toInstant();
  }
}
