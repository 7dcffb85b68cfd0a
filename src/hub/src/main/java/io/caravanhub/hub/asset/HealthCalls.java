package io.caravanhub.hub.asset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.registry.AssetRegistry;
import io.caravanhub.hub.registry.AssetRegistry.Asset;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code GET /assets/{a}/health}. Thread-safe. */
@Component("assetHealth")
public class HealthCalls {
  /** A change of less is none. */
  private static final double STABLE = 2;

  private final AssetRegistry assets;
  private final AssetBook book;
  private final HealthRows rows;
  private final FormulaFailures failures;
  private final LatestValues latest;
  private final SharedValues shared;

  HealthCalls(
      AssetRegistry assets,
      AssetBook book,
      HealthRows rows,
      FormulaFailures failures,
      LatestValues latest,
      SharedValues shared) {
    this.assets = assets;
    this.book = book;
    this.rows = rows;
    this.failures = failures;
    this.latest = latest;
    this.shared = shared;
  }

  /** How the asset is. */
  public HealthView get(@Header("assetId") String id) {
    Asset asset = assets.get(id);
    AssetKey key = new AssetKey(CallerContext.current().tenant(), id);
    WatchedAsset watched = book.asset(key);
    HealthRows.Row row = rows.find(id).orElse(null);
    ArrayNode none = JsonNodeFactory.instance.arrayNode();
    return new HealthView(
        id,
        row == null ? null : (Double) row.score(),
        row == null ? null : row.band(),
        row == null ? null : row.at().toString(),
        row == null ? none : row.reasons(),
        row == null ? none : row.undecided(),
        row == null ? null : row.judgedBy(),
        derived(id),
        row == null ? null : trend(id, row.score()),
        row == null ? null : fleet(asset, row.score()),
        watched == null ? List.of() : failures.of(watched));
  }

  private Map<String, Object> derived(String asset) {
    Map<String, Object> derived = new TreeMap<>();
    String device = rows.deviceOf(asset);
    if (device != null) {
      shared.refresh(List.of(device));
      for (Measurement m : latest.of(device).values()) {
        if (!m.metric().equals(DefinitionReader.SCORE)) {
          Map<String, @Nullable Object> value = new LinkedHashMap<>();
          value.put("value", m.text() != null ? m.text() : (Object) m.value());
          value.put("unit", m.unit());
          value.put("ts", m.ts().toString());
          value.put("quality", m.quality().label());
          derived.put(m.metric(), value);
        }
      }
    }
    return derived;
  }

  private HealthView.@Nullable Trend trend(String asset, double score) {
    Double before = rows.dayAgo(asset);
    if (before == null) {
      return null;
    }
    double change = score - before;
    return new HealthView.Trend(
        before, Math.abs(change) < STABLE ? "stable" : change > 0 ? "improving" : "declining");
  }

  private HealthView.@Nullable Fleet fleet(Asset asset, double score) {
    String type = asset.assetType();
    return type == null || type.isEmpty() ? null : rows.fleet(type, score);
  }
}
