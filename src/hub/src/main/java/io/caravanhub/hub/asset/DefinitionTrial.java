package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /asset-types/{t}/test}: {@code {definition?, values | asset}}. What a definition,
 * saved or not, makes of values or of what an asset's devices said last, by the code of the
 * pipeline. Nothing is stored. Thread-safe.
 */
@Component("definitionTrial")
public class DefinitionTrial {
  private final DefinitionRows rows;
  private final DefinitionReader reader;
  private final DefinitionText text;
  private final AssetBook book;
  private final AssetValues latest;
  private final HealthRows health;

  DefinitionTrial(
      DefinitionRows rows,
      DefinitionReader reader,
      DefinitionText text,
      AssetBook book,
      AssetValues latest,
      HealthRows health) {
    this.rows = rows;
    this.reader = reader;
    this.text = text;
    this.book = book;
    this.latest = latest;
    this.health = health;
  }

  /** A derived value. */
  record Line(String metric, Object value, @Nullable String unit) {}

  /** A formula that fails. */
  record Failed(String formula, String reason, long micros) {}

  /** What came of it. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Outcome(
      Map<String, Object> values,
      List<Line> derived,
      List<String> absent,
      @Nullable Health health,
      List<Failed> failed,
      long micros) {}

  /** Tries it. */
  public Outcome run(
      Exchange exchange, @Header("assetType") String type, @Body byte @Nullable [] body) {
    JsonNode request = text.read(exchange, body);
    DefinitionField.root(request).only("definition", "values", "asset");
    String tenant = CallerContext.current().tenant();
    AssetDefinition definition = reader.read(tenant, definition(request, type));
    String asset = request.path("asset").asText("");
    AssetMoment moment = asset.isEmpty() ? given(request) : known(tenant, asset, definition);
    List<OpenEvent> events = asset.isEmpty() ? List.of() : health.events(asset);
    List<Failed> failed = new ArrayList<>();
    long start = System.nanoTime();
    AssetAnalysis analysis =
        AssetAnalysis.of(definition, moment, events, Instant.now(), into(failed));
    long micros = Math.max(1, (System.nanoTime() - start) / 1_000);
    List<String> absent = new ArrayList<>();
    definition.derived().forEach(derived -> absent.add(derived.metric()));
    List<Line> lines = new ArrayList<>();
    for (AssetAnalysis.Value value : analysis.values()) {
      lines.add(new Line(value.metric().metric(), value.value(), value.metric().unit()));
      absent.remove(value.metric().metric());
    }
    return new Outcome(moment.values(), lines, absent, analysis.health(), failed, micros);
  }

  private JsonNode definition(JsonNode request, String type) {
    if (request.hasNonNull("definition")) {
      return request.path("definition");
    }
    return rows.find("type", type)
        .map(DefinitionView::definition)
        .orElseThrow(
            () ->
                ProblemException.badField(
                    "definition", "absent, and the type \"" + type + "\" has none"));
  }

  private static AssetMoment given(JsonNode request) {
    AssetMoment moment = new AssetMoment();
    moment.bind("metadata", Map.of());
    moment.bind("roles", Map.of());
    Instant now = Instant.now();
    JsonNode values = request.path("values");
    if (!values.isObject()) {
      throw ProblemException.badField("values", "expected an object of metric: value, or an asset");
    }
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      if (!value.getValue().isNumber() && !value.getValue().isTextual()) {
        throw ProblemException.badField("values." + value.getKey(), "expected a number or a text");
      }
      moment.put(
          value.getKey(),
          value.getValue().isNumber() ? value.getValue().asDouble() : value.getValue().asText(),
          now);
    }
    moment.settle(AssetDefinition.MAX_AGE);
    return moment;
  }

  private AssetMoment known(String tenant, String asset, AssetDefinition definition) {
    AssetKey key = new AssetKey(tenant, asset);
    WatchedAsset watched = book.read(key, definition);
    if (watched == null) {
      throw ProblemException.notFound("asset", asset);
    }
    return latest.of(watched);
  }

  private static AssetAnalysis.Failures into(List<Failed> failed) {
    return new AssetAnalysis.Failures() {
      @Override
      public boolean isPaused(String formula) {
        return false;
      }

      @Override
      public void failed(String formula, MappingException failure, Duration took) {
        failed.add(new Failed(formula, DefinitionField.placed(failure), took.toNanos() / 1_000));
      }
    };
  }
}
