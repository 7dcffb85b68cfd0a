package io.caravanhub.hub.asset;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.AssetRegistry;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The calls that look at and change definitions, of asset types and of single assets. With {@code
 * If-Match} a change is made only to what its sender saw. Every change is audited and takes effect
 * within seconds. Thread-safe.
 */
@Component("assetDefinitions")
public class DefinitionCalls {
  private static final String TYPE = "type";
  private static final String ASSET = "asset";

  private final DefinitionRows rows;
  private final DefinitionReader reader;
  private final DefinitionText text;
  private final AssetBook book;
  private final HealthRows health;
  private final AssetRegistry assets;
  private final Audit audit;

  DefinitionCalls(
      DefinitionRows rows,
      DefinitionReader reader,
      DefinitionText text,
      AssetBook book,
      HealthRows health,
      AssetRegistry assets,
      Audit audit) {
    this.rows = rows;
    this.reader = reader;
    this.text = text;
    this.book = book;
    this.health = health;
    this.assets = assets;
    this.audit = audit;
  }

  /** {@code GET /asset-types}: those that have a definition. */
  public Page<DefinitionView> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    return Page.of(rows.types(Page.position(cursor), size + 1), size, DefinitionView::name);
  }

  /** {@code GET /asset-types/{t}}. */
  public DefinitionView type(Exchange exchange, @Header("assetType") String type) {
    return get(exchange, TYPE, type);
  }

  /** {@code GET /assets/{a}/definition}: its own, which stands before that of its type. */
  public DefinitionView asset(Exchange exchange, @Header("assetId") String asset) {
    assets.get(asset);
    return get(exchange, ASSET, asset);
  }

  private DefinitionView get(Exchange exchange, String kind, String name) {
    DefinitionView found =
        rows.find(kind, name)
            .orElseThrow(() -> ProblemException.notFound("definition of " + kind, name));
    exchange.setProperty(Answers.TAG, found.tag());
    return found;
  }

  /** {@code PUT /asset-types/{t}}: JSON or YAML. */
  @Transactional
  public DefinitionView putType(
      Exchange exchange, @Header("assetType") String type, @Body byte @Nullable [] body) {
    if (!type.matches("[\\p{L}\\p{N}._ -]{1,128}")) {
      throw ProblemException.badField(
          "assetType", "expected 1 to 128 letters, digits, blanks or . _ -");
    }
    return put(exchange, TYPE, type, body);
  }

  /** {@code PUT /assets/{a}/definition}: JSON or YAML. */
  @Transactional
  public DefinitionView putAsset(
      Exchange exchange, @Header("assetId") String asset, @Body byte @Nullable [] body) {
    assets.get(asset);
    return put(exchange, ASSET, asset, body);
  }

  private DefinitionView put(Exchange exchange, String kind, String name, byte @Nullable [] body) {
    HubPrincipal caller = CallerContext.current();
    JsonNode definition = text.read(exchange, body);
    reader.read(caller.tenant(), definition);
    DefinitionView before = rows.lock(kind, name).orElse(null);
    require(exchange, kind, name, before);
    rows.put(
        kind,
        name,
        before == null ? 1 : before.version() + 1,
        definition,
        caller.role() + ":" + caller.subject());
    health.forgetUnjudged();
    book.change(caller.tenant());
    DefinitionView after = rows.find(kind, name).orElseThrow();
    audit.record(
        "asset.define", kind + ":" + name, before == null ? null : before.definition(), definition);
    exchange.setProperty(Answers.TAG, after.tag());
    return after;
  }

  /** {@code DELETE /asset-types/{t}}: nothing is derived any more; what was stored stays. */
  @Transactional
  public DefinitionView deleteType(Exchange exchange, @Header("assetType") String type) {
    return delete(exchange, TYPE, type);
  }

  /** {@code DELETE /assets/{a}/definition}: that of its type alone counts again. */
  @Transactional
  public DefinitionView deleteAsset(Exchange exchange, @Header("assetId") String asset) {
    return delete(exchange, ASSET, asset);
  }

  private DefinitionView delete(Exchange exchange, String kind, String name) {
    DefinitionView before =
        rows.lock(kind, name)
            .orElseThrow(() -> ProblemException.notFound("definition of " + kind, name));
    require(exchange, kind, name, before);
    rows.delete(kind, name);
    health.forgetUnjudged();
    book.change(CallerContext.current().tenant());
    audit.record("asset.undefine", kind + ":" + name, before.definition(), null);
    return before;
  }

  /** The sender's If-Match must name the state that is. */
  private static void require(
      Exchange exchange, String kind, String name, @Nullable DefinitionView before) {
    String match = exchange.getMessage().getHeader("If-Match", String.class);
    if (!EntityTags.allow(match, before == null ? null : before.tag())) {
      throw ProblemException.changed(
          before == null
              ? "there is no definition of " + kind + " \"" + name + "\" now"
              : "version "
                  + before.version()
                  + " was saved by "
                  + before.author()
                  + " at "
                  + before.updatedAt()
                  + "; get it again and compare");
    }
  }
}
