package io.caravanhub.hub.registry;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.security.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The asset and gateway calls of the API. Every change is audited. Thread-safe. */
@Component("assets")
public class AssetRegistry {
  private final JdbcClient jdbc;
  private final Tokens tokens;
  private final Audit audit;

  public AssetRegistry(JdbcClient jdbc, Tokens tokens, Audit audit) {
    this.jdbc = jdbc;
    this.tokens = tokens;
    this.audit = audit;
  }

  /** An asset as the API shows it. */
  public record Asset(
      String id,
      String name,
      @Nullable String assetType,
      @Nullable String parentId,
      @Nullable String location,
      @Nullable String customer,
      @JsonRawValue String metadata,
      List<String> devices,
      @Nullable Double healthScore,
      @Nullable String healthBand) {}

  /** {@code POST /assets}. */
  @Transactional
  public Asset create(@Body byte[] body) {
    Fields fields = Fields.of(body);
    String id = fields.text("id");
    if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
      throw ProblemException.badField("id", "expected 1 to 128 letters, digits or . _ : -");
    }
    try {
      jdbc.sql(
              "insert into assets (id, tenant_id, name, asset_type, parent_id, location, customer, metadata) values (?, ?, ?, ?, ?, ?, ?, coalesce(?::jsonb, '{}'))")
          .params(
              id,
              CallerContext.current().tenant(),
              fields.text("name"),
              fields.text("asset_type", ""),
              fields.optionalText("parent_id"),
              fields.text("location", ""),
              fields.text("customer", ""),
              fields.object("metadata"))
          .update();
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("id", "an asset \"" + id + "\" is there already");
    }
    Asset asset = get(id);
    audit.record("asset.create", "asset:" + id, null, asset);
    return asset;
  }

  /** {@code GET /assets}. */
  public Page<Asset> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    return Page.of(query(null, Page.position(cursor), size + 1), size, Asset::id);
  }

  /** {@code GET /assets/{a}}. */
  public Asset get(@Header("assetId") String id) {
    return query(id, null, 1).stream()
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("asset", id));
  }

  private List<Asset> query(@Nullable String id, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select a.*, h.score, h.band, array(select d.serial from bindings b join devices d on d.id = b.device_id
                               where b.asset_id = a.id and b.valid_to is null and b.role <> 'derived' order by d.serial) as devices
              from assets a left join asset_health h on h.tenant_id = a.tenant_id and h.asset_id = a.id
             where (:id::text is null or a.id = :id) and (:after::text is null or a.id > :after) order by a.id limit :limit\
            """)
        .param("id", id)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new Asset(
                    row.getString("id"),
                    row.getString("name"),
                    row.getString("asset_type"),
                    row.getString("parent_id"),
                    row.getString("location"),
                    row.getString("customer"),
                    row.getString("metadata"),
                    List.of((String[]) row.getArray("devices").getArray()),
                    row.getObject("score", Double.class),
                    row.getString("band")))
        .list();
  }

  /** {@code POST /gateways}: the gateway with its token, which is shown this once. */
  @Transactional
  public Map<String, Object> createGateway(@Body byte[] body) {
    Fields fields = Fields.of(body);
    String tenant = CallerContext.current().tenant();
    UUID id = UUID.randomUUID();
    String serial = fields.text("serial");
    // It becomes a level of topics, where a wildcard would stand for every gateway.
    if (!serial.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw ProblemException.badField(
          "serial", "expected 1 to 128 letters, digits or . _ -, not a sign first");
    }
    try {
      jdbc.sql("insert into gateways (id, tenant_id, serial, name) values (?, ?, ?, ?)")
          .params(id, tenant, serial, fields.text("name", serial))
          .update();
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict(
          "serial", "a gateway with serial \"" + serial + "\" is there already");
    }
    Map<String, Object> gateway = new LinkedHashMap<>();
    gateway.put("id", id.toString());
    gateway.put("serial", serial);
    audit.record("gateway.create", "gateway:" + id, null, gateway);
    gateway.put("token", tokens.issue(tenant, "gateway", id.toString()));
    return gateway;
  }
}
