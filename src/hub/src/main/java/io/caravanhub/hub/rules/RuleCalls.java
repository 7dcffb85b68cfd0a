package io.caravanhub.hub.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rule calls of the API. Thread-safe. */
@Component("ruleCalls")
public class RuleCalls {
  private final RuleLibrary library;
  private final RuleRows rows;
  private final RuleEdits edits;
  private final ObjectMapper json;

  RuleCalls(RuleLibrary library, RuleRows rows, RuleEdits edits, ObjectMapper json) {
    this.library = library;
    this.rows = rows;
    this.edits = edits;
    this.json = json;
  }

  /** {@code GET /rules}: the rules in force, then what is refused and why. */
  public Page<Object> list() {
    String tenant = CallerContext.current().tenant();
    List<Object> items = new ArrayList<>();
    for (RuleLibrary.ListedRule listed : library.list(tenant)) {
      items.add(
          Map.of(
              "state",
              state(listed.rule()),
              "source",
              listed.source(),
              "rule",
              listed.rule().written()));
    }
    for (RefusedRules refused : library.refused(tenant)) {
      items.add(
          Map.of(
              "state", "refused",
              "source", refused.source(),
              "field", refused.field(),
              "line", refused.line(),
              "reason", refused.reason()));
    }
    return new Page<>(items, null);
  }

  private static String state(Rule rule) {
    return !rule.enabled() ? "off" : rule.shadow() ? "shadow" : "in force";
  }

  /** {@code GET /rules/schema}: the JSON Schema of rules. */
  public JsonNode schema() {
    try (InputStream schema =
        Objects.requireNonNull(getClass().getResourceAsStream("/schema/rules.schema.json"))) {
      return json.readTree(schema);
    } catch (IOException e) {
      throw new IllegalStateException("the schema of rules cannot be read", e);
    }
  }

  /** {@code GET /rules/{id}}: a rule of the tenant's own. */
  public RuleView get(Exchange exchange, @Header("ruleId") String id) {
    return tagged(
        exchange,
        rows.find(id).orElseThrow(() -> ProblemException.notFound("rule of the tenant's own", id)));
  }

  /** {@code POST /rules}: JSON or YAML, one rule. */
  public RuleView create(Exchange exchange, @Body byte @Nullable [] body) {
    return tagged(exchange, edits.create(edits.read(body), RuleEdits.API));
  }

  /** {@code PUT /rules/{id}}. */
  public RuleView put(
      Exchange exchange, @Header("ruleId") String id, @Body byte @Nullable [] body) {
    Rule rule = edits.read(body);
    if (!rule.id().equals(id)) {
      throw ProblemException.badField("id", "expected \"" + id + "\", as the path has it");
    }
    return tagged(exchange, edits.put(rule, RuleEdits.API, match(exchange)));
  }

  /** {@code DELETE /rules/{id}}. */
  public RuleView delete(Exchange exchange, @Header("ruleId") String id) {
    return edits.delete(id, RuleEdits.API, match(exchange));
  }

  /** {@code GET /rules/{id}/versions}, newest first. */
  public Page<Object> versions(@Header("ruleId") String id) {
    List<Object> versions = List.copyOf(rows.versions(id));
    if (versions.isEmpty()) {
      throw ProblemException.notFound("rule of the tenant's own", id);
    }
    return new Page<>(versions, null);
  }

  /** {@code GET /rules/{id}/shadow}: what it would have raised while it was a shadow. */
  public Page<Object> shadow(@Header("ruleId") String id) {
    return new Page<>(List.copyOf(rows.shadows(id)), null);
  }

  private static RuleView tagged(Exchange exchange, RuleView view) {
    exchange.setProperty(Answers.TAG, view.tag());
    return view;
  }

  private static @Nullable String match(Exchange exchange) {
    return exchange.getMessage().getHeader("If-Match", String.class);
  }
}
