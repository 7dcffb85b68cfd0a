package io.caravanhub.hub.asset;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.registry.AssetRegistry;
import io.caravanhub.hub.registry.AssetRegistry.Asset;
import io.caravanhub.hub.registry.Audit;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** {@code PATCH /assets/{a}}. Thread-safe. */
@Component("assetChanges")
public class AssetChanges {
  private final JdbcClient jdbc;
  private final AssetRegistry assets;
  private final AssetBook book;
  private final HealthRows health;
  private final Audit audit;

  AssetChanges(
      JdbcClient jdbc, AssetRegistry assets, AssetBook book, HealthRows health, Audit audit) {
    this.jdbc = jdbc;
    this.assets = assets;
    this.book = book;
    this.health = health;
    this.audit = audit;
  }

  /** Only the fields that are given change. */
  @Transactional
  public Asset update(@Header("assetId") String id, @Body byte @Nullable [] body) {
    Asset before = assets.get(id);
    Fields fields = Fields.of(body);
    fields.only(List.of("name", "asset_type", "parent_id", "location", "customer", "metadata"));
    jdbc.sql(
            """
            update assets set name = coalesce(nullif(?, ''), name), asset_type = coalesce(?, asset_type), parent_id = coalesce(?, parent_id),
                   location = coalesce(?, location), customer = coalesce(?, customer), metadata = coalesce(?::jsonb, metadata)
             where id = ?\
            """)
        .params(
            fields.optionalText("name"),
            fields.optionalText("asset_type"),
            fields.optionalText("parent_id"),
            fields.optionalText("location"),
            fields.optionalText("customer"),
            fields.object("metadata"),
            id)
        .update();
    health.forgetUnjudged();
    book.change(CallerContext.current().tenant());
    Asset after = assets.get(id);
    audit.record("asset.update", "asset:" + id, before, after);
    return after;
  }
}
